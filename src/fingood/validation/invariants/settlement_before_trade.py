"""No trade is settled before it is made, and none on a weekend.

Known by the names of the dates. A weekend is a remark: some markets settle on Sundays, and holidays are not known here.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.rule import Rule


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    trade, settle = table.column(Role.TRADED), table.column(Role.SETTLED)
    if not trade or not settle:
        return
    mapped = {Role.TRADED, Role.SETTLED} <= table.by_settings
    made, settled = (_day(column_sql("t", name), look.dialect) for name in (trade, settle))
    yield Rule(
        condition=f"{settled} < {made}",
        severity=Severity.ERROR if mapped else Severity.WARNING,
        message=f"{{rows}} of {table.name} have {settle} before {trade}",
        effect="Positions and cash are counted on days on which they were not there.",
        remedy=f"SELECT the rows; most often {trade} and {settle} were swapped",
        subject=f"{table.name}.{settle}",
    )
    yield Rule(
        condition=_weekend(column_sql("t", settle), look.dialect),
        severity=Severity.INFO,
        message=f"{{rows}} of {table.name} have a weekend in {settle}",
        effect="Most markets settle on working days alone.",
        remedy="nothing, where the market settles then",
        subject=f"{table.name}.{settle}",
    )


def _day(column: str, dialect: str) -> str:
    """Days, so that a time of day makes no difference; PostgreSQL's infinity stays above all days."""
    return f"date({column})" if dialect == "sqlite" else f"CAST({column} AS date)"


def _weekend(column: str, dialect: str) -> str:
    if dialect == "sqlite":
        return f"strftime('%w', {column}) IN ('0', '6')"
    return f"isfinite({column}) AND extract(isodow FROM {column}) >= 6"


INVARIANT = RuleInvariant(
    id="settlement-before-trade",
    meaning="no trade is settled before it is made, and none on a weekend",
    standard="market practice: settlement on or after the trade date, on working days",
    severity=Severity.ERROR,
    rules=_rules,
    financial=False,
    examples=(
        Example(
            tables="CREATE TABLE deals (id bigint PRIMARY KEY, trade_date date, settlement_date date)",
            good="INSERT INTO deals VALUES (1, '2024-03-01', '2024-03-05'), (2, '2024-03-04', '2024-03-04'),"
            " (3, NULL, '2024-03-05'), (4, '2024-03-05', NULL)",
            bad="UPDATE deals SET settlement_date = '2024-02-29' WHERE id = 1;"
            "UPDATE deals SET settlement_date = '2024-03-09' WHERE id = 2",
            count=2,
        ),
    ),
)
