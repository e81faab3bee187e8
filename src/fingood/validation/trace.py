"""What a text must hold before a rule can be met: characters and runs of digits, looked for in one search a text.

PostgreSQL builds its automaton anew for every text that it searches, and pays for each state that it comes to, for each
kind of character it meets there. So a search is cheap with few states and few kinds of characters, and dear with many
alternatives, whatever they are; beginning one costs as much as half of it. All rules on a text therefore share a
search for what they have in common, and only what it lets in is asked for each rule's own gate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fingood.validation.ledger import literal

_FIRST, _NEXT = "(?<![0-9])[0-9]", "[0-9 ]"
"""What a run begins with, which leaves the blanks of words out, and what it goes on with."""

_HYPHENS = "[0-9]{2}(?:-[0-9]{2}-|[0-9]-[0-9]{4}(?:[0-9]{2})?[ -])"
"""Groups with hyphens that are no run, after their first digit: 3-2- as of a social security number; 4-4- and 4-6- as
cards print them. A date and an invoice's number (``2024-01-05``, ``2024-00012345``) have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What a rule's texts have: ``text`` is the SQL that it reads, ``least`` how many octets it has at least.

    One of ``characters``, written as inside of a bracket expression of PostgreSQL's; or a ``run`` of so many digits and
    blanks that begins with a digit, or groups with hyphens in its place (3-2- or 4-4- or 4-6- digits); or a run of at
    least ``before_capital``, which hyphens may end, and then a capital letter. What is empty or 0 is not looked for.

    ``sought`` are dearer patterns that say more: a text that breaks the rule matches them all, and so does whatever it
    is a part of, between commas.
    """

    text: str
    characters: str = ""
    run: int = 0
    before_capital: int = 0
    least: int = 1
    sought: tuple[str, ...] = ()


def traces_sql(text: str, traces: Sequence[Trace]) -> str:
    """A condition that every text meets that has one of the traces; NULL does not meet it.

    Texts that are too short for a run are searched for characters alone, which is cheaper.
    """
    arms: list[tuple[int, str]] = []
    for least in sorted({1, *(trace.least for trace in traces if trace.run or trace.before_capital)}):
        pattern = _pattern(traces, least)
        if pattern and (not arms or arms[-1][1] != pattern):
            arms.append((least, pattern))
    whens = [f"WHEN octet_length({text}) >= {least} THEN {_matches(text, pattern)}" for least, pattern in arms[::-1]]
    return f"CASE {' '.join(whens)} ELSE false END"


def of_many_sql(text: str, traces: Sequence[Trace]) -> str:
    """A condition that a text of many texts with commas between them meets, if a rule of these traces is broken by one
    of them."""
    dear = dict.fromkeys(" AND ".join(_matches(text, one) for one in trace.sought) for trace in traces if trace.sought)
    cheap = _pattern(plain := [trace for trace in traces if not trace.sought], _least_of(plain))
    any_of = " OR ".join((*([_matches(text, cheap)] if cheap else ()), *(f"({one})" for one in dear)))
    return f"{_matches(text, _pattern(traces, _least_of(traces)))} AND ({any_of})"


def _matches(text: str, pattern: str) -> str:
    return f"{text} ~ {literal(pattern)}"


def _least_of(traces: Sequence[Trace]) -> int:
    return max((trace.least for trace in traces), default=1)


def _pattern(traces: Sequence[Trace], octets: int) -> str:
    """What a text of so many octets and more is searched for."""
    long_enough = [trace for trace in traces if trace.least <= octets]
    run = _least(trace.run for trace in long_enough)
    before = _least(trace.before_capital for trace in long_enough)
    characters = dict.fromkeys(trace.characters for trace in traces if trace.characters)
    parts = []
    if before and (not run or before < run):
        more, groups = (f"{_NEXT}{{{run - before}}}|", f"|{_HYPHENS}") if run else ("", "")
        parts.append(f"{_FIRST}(?:{_NEXT}{{{before - 1}}}(?:{more}[0-9 -]*[A-Z]){groups})")
    elif run:
        parts.append(f"{_FIRST}(?:{_NEXT}{{{run - 1}}}|{_HYPHENS})")
    if characters:
        parts.append(f"[{''.join(characters)}]")
    return "|".join(parts)


def _least(lengths: Iterable[int]) -> int:
    return min(filter(None, lengths), default=0)
