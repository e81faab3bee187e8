"""Definitions that a server spells otherwise once it has read its own spelling.

PostgreSQL prints ``varchar_column IN ('a', 'b')`` as ``... = ANY ((ARRAY['a'::varchar, 'b'::varchar])::text[])``, reads
that as casts of each element, and prints it so from then on; ``a BETWEEN 1 AND 2 AND b`` gets and loses a pair of
brackets. After a dump and a restore the text is another one and the meaning the same (ruleutils.c, get_rule_expr;
parse_expr.c, transformArrayExpr, transformAExprBetween).
"""

from __future__ import annotations

import re

from fingood.statements.grammar import canonical_text

_ARRAY = "ARRAY["
_CAST = re.compile(r"(\)?)::([^\[\]()']+(?:\([\d, ]+\))?)\[\]")
_CLOSING = {"[": "]", "(": ")"}
_FRAMES = ("{}", "ALTER TABLE t ADD {}", "SELECT {}")
"""Around a view's query or an index, a constraint, an expression."""


def mean_the_same(one: str, other: str) -> bool:
    """Whether two definitions are one, as far as the grammar tells."""
    if not one or not other:
        return one == other
    left, right = settled(one), settled(other)
    for frame in () if left == right else _FRAMES:
        canonical = canonical_text(frame.format(left))
        if canonical:
            return canonical == canonical_text(frame.format(right))
    return left == right


def settled(text: str) -> str:
    """The definition with every cast of an array written as casts of its elements: what the server prints at last."""
    done, rest = "", text
    while _ARRAY in rest:
        head, _, tail = rest.partition(_ARRAY)
        elements, after = _elements(tail)
        cast = _CAST.match(after)
        bracketed = bool(cast and cast[1] and head.endswith("("))
        if cast and elements and (bracketed or not cast[1]):
            form = "({})::{}" if bracketed else "{}::{}"
            inner = ", ".join(form.format(settled(element), cast[2]) for element in elements)
            done += f"{head.removesuffix('(') if bracketed else head}{_ARRAY}{inner}]"
            rest = after[cast.end() :]
        else:
            done += head + _ARRAY
            rest = tail
    return done + rest


def _elements(text: str) -> tuple[list[str], str]:
    """The elements before the bracket that closes, and what stands behind it; none where it does not close."""
    open_: list[str] = []
    found, start, quote = [], 0, ""
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in _CLOSING:
            open_.append(_CLOSING[letter])
        elif open_:
            if letter == open_[-1]:
                open_.pop()
        elif letter == "]":
            found.append(text[start:place].strip())
            return (found if found != [""] else []), text[place + 1 :]
        elif letter == ",":
            found.append(text[start:place].strip())
            start = place + 1
    return [], text
