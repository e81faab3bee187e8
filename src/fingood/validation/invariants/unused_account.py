"""An account that nothing was ever booked on. Information only: it may be new, or open for years without use."""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.invariants.sample_ledger import ROWS, TABLES
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.links import legs_of
from fingood.validation.rule import Rule


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    users = list(legs_of(table, look))
    if not users:
        return
    pairs = [(legs, f"{column_sql('l', link.column)} = {column_sql('t', link.key)}") for legs, link in users]
    none = " AND ".join(f"NOT EXISTS (SELECT 1 FROM {legs.name.sql} l WHERE {same})" for legs, same in pairs)
    yield Rule(
        condition=none,
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
