"""Every leg of a transaction has an amount and a currency."""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant, graded
from fingood.validation.invariants.sample_ledger import ROWS, TABLES
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.rule import Rule


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    amounts = [name for name in (table.amount, table.debit, table.credit) if name]
    if table.legs and amounts:
        yield Rule(
            condition=" AND ".join(f"{column_sql('t', name)} IS NULL" for name in amounts),
            severity=graded(table, Severity.CRITICAL),
            message=f"{{rows}} of {table.name} have no {' and no '.join(amounts)}",
            effect="Sums pass over NULL: the balance is wrong by these amounts and nothing shows it.",
            subject=f"{table.name}.{amounts[0]}",
        )
    for column in table.money:
        if column.currency and (table.legs or not column.nullable):
            yield Rule(
                condition=f"{column_sql('t', column.name)} IS NOT NULL AND {column_sql('t', column.currency)} IS NULL",
                severity=Severity.WARNING if table.account_link else graded(table, Severity.ERROR),
                message=f"{{rows}} of {table.name} have {column.name} without {column.currency}",
                effect="The account's currency is taken for them."
                if table.account_link
                else "An amount without a currency cannot be added to anything.",
                subject=f"{table.name}.{column.currency}",
            )


INVARIANT = RuleInvariant(
    id="amount-missing",
    meaning="a leg has an amount, and an amount has a currency",
    standard="double-entry bookkeeping: every posting carries an amount in a unit",
    severity=Severity.CRITICAL,
    rules=_rules,
    examples=(
        Example(
            tables=TABLES,
            good=ROWS,
            bad="UPDATE postings SET amount = NULL WHERE entry_id = 1;UPDATE postings SET currency = NULL WHERE id = 3",
            count=3,
        ),
    ),
)
