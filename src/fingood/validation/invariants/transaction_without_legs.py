"""Every transaction has legs: a header that nothing was booked for is a booking that was lost on its way.

Needs a table of legs that refers to a table of transactions by a declared foreign key; where several do, a row in any
of them will do.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.booked import named_once, names_of
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.invariants.sample_ledger import ROWS, TABLES
from fingood.validation.ledger import LedgerTable
from fingood.validation.links import transaction_of
from fingood.validation.rule import Rule


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    users = [(legs, link) for legs in look.recognised.tables if legs.legs and (link := transaction_of(legs, look))]
    mine = [(legs, link) for legs, link in users if link.table.name == table.name]
    if not mine:
        return
    booked = [named_once(legs, link, f"booked{number}") for number, (legs, link) in enumerate(mine)]
    yield Rule(
        condition=" AND ".join(f"{one.name} IS NULL" for one in booked),
        joins=tuple(one.join for one in booked),
        severity=Severity.WARNING,
        message=f"{{rows}} of {table.name} have no row in {names_of(mine)}",
        effect="They say that something was booked, and no account was moved.",
        subject=str(table.name),
    )


INVARIANT = RuleInvariant(
    id="transaction-without-legs",
    meaning="every transaction has legs",
    standard="double-entry bookkeeping: a transaction is its postings",
    severity=Severity.WARNING,
    rules=_rules,
    examples=(
        Example(
            tables=TABLES,
            good=ROWS,
            bad="INSERT INTO journal_entries VALUES (5, '2024-03-07'), (6, '2024-03-07')",
            count=2,
        ),
    ),
)
