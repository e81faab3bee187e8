"""The legs of a transaction add up to zero on each posting date, too.

Needs a column of dates (not of timestamps) in the table of legs. It is an error where the settings name that column
(``date``), else a warning: some ledgers let the legs of a transfer fall on different days, through a clearing account.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.invariants.double_entry import tolerance_sql, transactions_of
from fingood.validation.invariants.sample_ledger import ROWS, tables
from fingood.validation.ledger import Certainty, LedgerTable, column_sql
from fingood.validation.rule import Rule
from fingood.validation.sides import sides_in, signed_sql


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    if not table.legs or not table.date or table.shape.columns[table.date].type.lower() != "date":
        return
    source = transactions_of(table, look)
    day = column_sql("t", table.date)
    by = (*source.by, (table.date, day))
    signed = signed_sql(table, sides_in(table, look))
    currency = source.by[1][1] if len(source.by) > 1 else ""
    yield Rule(
        condition=f"abs(sum({signed})) >= {tolerance_sql(table, currency)}",
        severity=Severity.ERROR if table.certainty is Certainty.MAPPED else Severity.WARNING,
        message=f"{{rows}} of {table.name} are not zero",
        effect="Balances at the end of those days do not add up, though the transactions do.",
        subject=f"{table.name}.{table.date}",
        source=replace(source, by=by, noun="sums by transaction, currency and day"),
    )


INVARIANT = RuleInvariant(
    id="posting-date-balance",
    meaning="the legs of a transaction add up to zero on each posting date",
    standard="LedgerSMB's consistency check of balances by posting date",
    severity=Severity.ERROR,
    rules=_rules,
    examples=(
        Example(
            tables=tables(postings="booked_on date DEFAULT '2024-03-01'"),
            good=ROWS,
            bad="UPDATE postings SET booked_on = '2024-03-02' WHERE id = 1",
            count=2,
        ),
    ),
)
