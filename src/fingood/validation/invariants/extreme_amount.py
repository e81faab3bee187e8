"""No amount is within a hundredth of the most that its column can hold.

Such values are sentinels (999999999.99), results of an overflow that was cut off, or a column that is too narrow. Needs
a declared precision or an integer type; SQLite has neither.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.invariants.sample_ledger import ROWS, TABLES
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.rule import Rule
from fingood.validation.sides import NOT_FINITE, beyond_sql, limit_of, not_finite_possible


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    for column in table.money if look.dialect == "postgresql" else ():
        limit = limit_of(table, column.name)
        if not limit:
            continue
        name = column_sql("t", column.name)
        finite = f"{name} NOT IN ({NOT_FINITE}) AND " if not_finite_possible(table, column.name) else ""
        yield Rule(
            gate=beyond_sql(table, column.name),
            condition=f"{finite}abs(CAST({name} AS numeric)) >= {limit}",
            severity=Severity.WARNING,
            message=f"{{rows}} of {table.name} have a {column.name} that nearly fills its type",
            effect="It is a stand-in for 'none', or the next sum overflows.",
            subject=f"{table.name}.{column.name}",
        )


INVARIANT = RuleInvariant(
    id="extreme-amount",
    meaning="no amount nearly fills its type",
    standard="TigerBeetle: overflows_debits and overflows_credits; PostgreSQL manual 8.1",
    severity=Severity.WARNING,
    rules=_rules,
    examples=(
        Example(
            tables=TABLES,
            good=ROWS,
            bad="UPDATE postings SET amount = 99999999999999.99 WHERE id = 1;"
            "UPDATE postings SET amount = -99999999999999.99 WHERE id = 2",
            count=2,
            dialects=frozenset({"postgresql"}),
        ),
    ),
)
