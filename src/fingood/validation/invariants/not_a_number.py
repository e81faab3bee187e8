"""No amount is NaN or infinite. PostgreSQL sorts NaN above every number and sums turn NaN (manual, 8.1.2)."""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.invariants.base import RowInvariant, RowRule, graded
from fingood.validation.ledger import Kind, LedgerTable, MoneyColumn, column_sql


def _condition(column: MoneyColumn, dialect: str) -> str:
    name = column_sql("t", column.name)
    if dialect == "sqlite":
        return f"(typeof({name}) IN ('text', 'blob') OR {name} IN (9e999, -9e999))"
    return f"CAST({name} AS text) IN ('NaN', 'Infinity', '-Infinity')"


def _rules(table: LedgerTable, dialect: str) -> Iterator[RowRule]:
    for column in table.money:
        if column.kind is Kind.INTEGER and dialect != "sqlite":
            continue
        yield RowRule(
            condition=_condition(column, dialect),
            severity=graded(table, Severity.CRITICAL, Severity.ERROR),
            message=f"{{rows}} of {table.name} hold no number in {column.name} (NaN, infinite or text)",
            effect="Every sum over them is NaN, and comparisons such as amount > 0 are true for them.",
            subject=f"{table.name}.{column.name}",
        )


INVARIANT = RowInvariant(
    id="amount-not-a-number",
    meaning="no amount is NaN or infinite",
    standard="PostgreSQL manual 8.1.2: NaN and Infinity in numeric",
    rules=_rules,
)
