"""An account that nothing was ever booked on. Information only: it may be new, or open for years without use."""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.booked import named_once
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.invariants.sample_ledger import ROWS, TABLES
from fingood.validation.ledger import LedgerTable
from fingood.validation.links import legs_of
from fingood.validation.rule import Rule


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    users = list(legs_of(table, look))
    if not users:
        return
    used = [named_once(legs, link, f"used{number}") for number, (legs, link) in enumerate(users)]
    yield Rule(
        condition=" AND ".join(f"{one.name} IS NULL" for one in used),
        joins=tuple(one.join for one in used),
        severity=Severity.INFO,
        message=f"{{rows}} of {table.name} were never booked on",
        effect="Nothing by itself; many at once after a migration may mean that legs were lost.",
        subject=str(table.name),
    )


INVARIANT = RuleInvariant(
    id="unused-account",
    meaning="accounts are used",
    standard="beancount: nounused; hledger: declared accounts",
    severity=Severity.INFO,
    rules=_rules,
    examples=(Example(tables=TABLES, good=ROWS, bad="INSERT INTO accounts VALUES (9, 'EUR'), (10, 'USD')", count=2),),
)
