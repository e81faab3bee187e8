"""No text was broken by a wrong encoding, and none has control characters in it.

U+FFFD stands where a letter was lost for good. Mojibake (UTF-8 read as Latin-1, ``MÃ¼ller``) can be turned back as long
as it happened only once. Tabs and ends of lines are no control characters here. Other wrong encodings are not seen.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, text_sql
from fingood.validation.roles import length_of, texts_of
from fingood.validation.rule import Rule
from fingood.validation.sqlite_functions import add_functions
from fingood.validation.trace import Trace

_SHORT = 4
"""Characters of a code of countries, currencies or states."""

# By numbers, not as letters: an encoding that does not have the letters refuses a statement with them.
_LOST = r"\ufffd"
_BEGINS = r"\u00c2\u00c3\u00e2"
_MOJIBAKE = r"[\u00c2\u00c3][\u0080-\u00bf]|\u00e2\u20ac"
_CONTROL = r"\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f"


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    for column in texts_of(table.shape):
        if (length_of(column) or _SHORT + 1) <= _SHORT:
            continue  # codes, which have invariants of their own
        add_functions(look)
        text = text_sql("t", column.name, look.dialect)
        # Only texts with letters beyond ASCII are searched for them, and none where a byte is a letter.
        wide = "" if look.dialect == "sqlite" else f"octet_length({text}) <> length({text}) AND "
        for condition, characters, what, effect in (
            (
                wide + _matches(text, _LOST, look),
                _LOST,
                "characters that were lost (U+FFFD)",
                "The letters are gone for good.",
            ),
            (
                wide + _matches(text, _MOJIBAKE, look),
                _BEGINS,
                "letters of a wrong encoding",
                "Names and searches fail on them.",
            ),
            (
                _matches(text, f"[{_CONTROL}]", look),
                _CONTROL,
                "control characters",
                "Payment files and XML reports refuse them.",
            ),
        ):
            yield Rule(
                condition=condition,
                trace=Trace(text=text, characters=characters),
                severity=Severity.WARNING,
                message=f"{{rows}} of {table.name} have {what} in {column.name}",
                effect=effect,
                remedy="load them again from their source with the right client_encoding",
                subject=f"{table.name}.{column.name}",
            )


def _matches(text: str, pattern: str, look: Look) -> str:
    return f"fingood_matches('{pattern}', {text}) = 1" if look.dialect == "sqlite" else f"{text} ~ '{pattern}'"


INVARIANT = RuleInvariant(
    id="text-broken",
    meaning="no text was broken by a wrong encoding or has control characters in it",
    standard="Unicode 15, 23.8 (U+FFFD); XML 1.0, 2.2 (characters)",
    severity=Severity.WARNING,
    rules=_rules,
    texts=True,
    financial=False,
    examples=(
        Example(
            tables="CREATE TABLE parties (id bigint PRIMARY KEY, name text)",
            good="INSERT INTO parties VALUES (1, 'Müller'), (2, 'SÃO JOÃO'), (3, 'a\tb\nc'), (4, NULL), (5, '')",
            bad="UPDATE parties SET name = 'M\u00c3\u00bcller' WHERE id = 1;"
            "UPDATE parties SET name = 'M\ufffdller' WHERE id = 2;",
            count=2,
        ),
        Example(
            tables="CREATE TABLE parties (id bigint PRIMARY KEY, name text)",
            good="INSERT INTO parties VALUES (1, 'a\tb')",
            bad="UPDATE parties SET name = 'a\u0007'",
            count=1,
        ),
    ),
)
