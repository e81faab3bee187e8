"""Every invariant's own example, on both databases: silent on what is sound, exact on what is planted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from fingood.model.column_role import Role
from fingood.model.report import CheckRun
from fingood.model.severity import Severity
from fingood.settings import LedgerMapping
from fingood.validation import INVARIANTS
from fingood.validation.invariants.base import Example
from fingood.validation.pages import write_page

WITHOUT_EXAMPLES: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Case:
    invariant: str
    number: int
    example: Example
    dialect: str

    def __str__(self) -> str:
        return f"{self.invariant}-{self.number}-{self.dialect}"


CASES = [
    Case(invariant.id, number, example, dialect)
    for invariant in INVARIANTS.values()
    for number, example in enumerate(invariant.examples, 1)
    for dialect in ("postgresql", "sqlite")
    if dialect in example.dialects
]


def mapping(example: Example) -> tuple[LedgerMapping, ...]:
    said = dict(example.mapping)
    if not said:
        return ()
    roles = {role: str(said.pop(role.value)) for role in Role if role.value in said}
    return (LedgerMapping(**said, columns=roles),)  # type: ignore[arg-type]


def bad_rows(run: CheckRun) -> int:
    return sum(int(finding.evidence.get("rows", "1")) for finding in run.findings)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_sound_data_is_passed_and_planted_defects_are_counted(case: Case, request: pytest.FixtureRequest) -> None:
    bank = request.getfixturevalue("postgres" if case.dialect == "postgresql" else "sqlite")
    example = case.example
    bank.run(example.tables).run(example.good)
    runs = bank.validate("full", *mapping(example))
    loud = [f for run in runs.values() for f in run.findings if f.severity in (Severity.CRITICAL, Severity.ERROR)]
    assert [(finding.check, finding.message) for finding in loud] == []
    assert runs[case.invariant].findings == ()
    assert runs[case.invariant].outcome.value == "passed", runs[case.invariant].reason
    runs = bank.run(example.bad).validate("full", *mapping(example))
    assert bad_rows(runs[case.invariant]) == example.count, [f.message for f in runs[case.invariant].findings]
    others = {check for check, run in runs.items() if run.findings} - {case.invariant, *example.also}
    assert others == set()


def test_every_invariant_has_an_example() -> None:
    assert {one.id for one in INVARIANTS.values() if not one.examples} == set(WITHOUT_EXAMPLES)


def test_the_page_is_written_from_the_invariants() -> None:
    page = Path(__file__).parents[2] / "docs" / "invariants.md"
    assert page.read_text(encoding="utf-8") == write_page(), "python -m fingood.validation.pages"
