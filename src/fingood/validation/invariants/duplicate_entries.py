"""No leg is booked twice: same transaction, account, amount and day.

Two equal fees in one transaction are possible, so it is a warning. Quick validation leaves large tables alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.invariants.sample_ledger import ROWS, TABLES
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.rule import NotEvaluated, Rule, Source


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    if not (table.legs and table.account):
        return
    if look.too_large(table):
        raise NotEvaluated(f"{table.name} is large; --mode full looks at it")
    names = [table.transaction, table.account, table.amount, table.debit, table.credit, table.direction]
    names += [table.currency, table.date]
    amount = column_sql("t", table.amount or table.debit)
    yield Rule(
        condition="count(*) > 1",
        severity=Severity.WARNING,
        message=f"{{rows}} of {table.name} are booked more than once",
        effect="If one of them is a repetition, an account is charged twice.",
        subject=str(table.name),
        source=Source(
            by=tuple((name, column_sql("t", name)) for name in dict.fromkeys(filter(None, names))),
            where=f"{column_sql('t', table.transaction)} IS NOT NULL AND {amount} <> 0",
            noun="different legs",
        ),
    )


INVARIANT = RuleInvariant(
    id="duplicate-entries",
    meaning="no leg is booked twice",
    standard="beancount: noduplicates",
    severity=Severity.WARNING,
    rules=_rules,
    examples=(
        Example(
            tables=TABLES,
            good=ROWS,
            bad="INSERT INTO postings VALUES (9, 1, 1, 10.25, 'EUR'), (10, 1, 2, -10.25, 'EUR')",
            count=2,
        ),
    ),
)
