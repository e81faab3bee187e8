"""No amount is within a hundredth of the most that its column can hold.

Such values are sentinels (999999999.99), results of an overflow that was cut off, or a column that is too narrow. Needs
a declared precision or an integer type; SQLite has neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.invariants.sample_ledger import ROWS, TABLES
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.rule import Rule
from fingood.validation.sides import NOT_FINITE, not_finite_possible

_DECLARED = re.compile(r"numeric\((\d+),(-?\d+)\)")
_INTEGERS = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    for column in table.money if look.dialect == "postgresql" else ():
        limit = _limit(table.shape.columns[column.name].type)
        if not limit:
            continue
        name = column_sql("t", column.name)
        finite = f"{name} NOT IN ({NOT_FINITE}) AND " if not_finite_possible(table, column.name) else ""
        yield Rule(
            gate=f"NOT ({name} > -{limit} AND {name} < {limit})",
            condition=f"{finite}abs(CAST({name} AS numeric)) >= {limit}",
            severity=Severity.WARNING,
            message=f"{{rows}} of {table.name} have a {column.name} that nearly fills its type",
            effect="It is a stand-in for 'none', or the next sum overflows.",
            subject=f"{table.name}.{column.name}",
        )


def _limit(type_: str) -> str:
    """99 % of the most that the type holds; '' where it declares no limit, or holds so little that prices reach it."""
    declared = _DECLARED.fullmatch(type_)
    if declared:
        whole = int(declared[1]) - int(declared[2])
        return f"99{'0' * (whole - 2)}" if whole >= 5 else ""
    most = _INTEGERS.get(type_)
    return str(most * 99 // 100) if most and type_ != "smallint" else ""


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
