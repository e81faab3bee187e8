"""No amount carries what binary floating point left behind: 0.30000000000000004 where 0.3 was meant.

Judged are amounts whose currency is known. A column of floating point holds an amount exactly enough where its shortest
text has no more digits than the currency; a numeric column holds a residue where it differs from the rounded amount by
less than a billionth. Columns declared with up to eight digits cannot hold one. Text and integers are left alone, and
so are codes that ISO 4217 does not have, whose amounts may be as fine as that. On SQLite, which knows no other numbers
with a point and computes in them, it is a remark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.currencies import DIGITS, case_sql
from fingood.validation.invariants.base import Example, Look, RuleInvariant, currency_join, currency_sql
from fingood.validation.ledger import Kind, LedgerTable, MoneyColumn, column_sql
from fingood.validation.lexicon import AMOUNT, words
from fingood.validation.rule import Rule

_DECLARED = re.compile(r"(?:numeric|decimal)\(\d+, ?(\d+)\)|money")
_FINE = 8
"""Digits after the point up to which a numeric column has no room for a residue."""


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    for column in table.money:
        currency = currency_sql(table, column.currency)
        if not currency or table.minor or column.kind is Kind.INTEGER or not words(column.name) & AMOUNT:
            continue
        if column.kind is Kind.DECIMAL and look.dialect == "postgresql" and not _has_room(table, column):
            continue
        yield Rule(
            condition=case_sql(currency, {d: _noise(column, d, look.dialect) for d in DIGITS}, "false"),
            severity=Severity.INFO if look.dialect == "sqlite" else Severity.WARNING,
            message=f"{{rows}} of {table.name} carry the noise of floating point in {column.name}",
            effect="They equal no amount that anybody can pay: comparisons with 0.3 fail, and sums drift.",
            remedy="find what computes them in floating point; then round each to its currency's digits",
            subject=f"{table.name}.{column.name}",
            joins=currency_join(table, column.currency),
        )


def _has_room(table: LedgerTable, column: MoneyColumn) -> bool:
    declared = _DECLARED.match(table.shape.columns[column.name].type.lower())
    return declared is None or int(declared[1] or 0) > _FINE


def _noise(column: MoneyColumn, digits: int, dialect: str) -> str:
    name = column_sql("t", column.name)
    if dialect == "sqlite":
        # round() gives the double that is nearest to the decimal; an amount that is not that one was computed.
        off = f"{name} <> round({name}, {digits})"
        return f"typeof({name}) = 'real' AND {off} AND {_close(name, digits, 'max')}"
    if column.kind is Kind.FLOAT:
        # The shortest text that reads back as the same number (PostgreSQL manual 8.1.3); a cast would round it.
        shown = f"CAST(CAST({name} AS text) AS numeric)"
        return f"{shown} <> round({shown}, {digits})"
    return f"{name} <> round({name}, {digits}) AND {_close(name, digits, 'greatest')}"


def _close(name: str, digits: int, largest: str) -> str:
    return f"abs({name} - round({name}, {digits})) <= 0.000000001 * {largest}(1, abs({name}))"


INVARIANT = RuleInvariant(
    id="float-noise",
    meaning="no amount carries what floating point left behind",
    standard="IEEE 754; PostgreSQL manual 8.1.3: the shortest text of a floating-point number",
    severity=Severity.WARNING,
    rules=_rules,
    examples=(
        Example(
            tables="CREATE TABLE imports (id bigint PRIMARY KEY, amount numeric, currency char(3))",
            good="INSERT INTO imports VALUES (1, 0.3, 'EUR'), (2, 99999999999.99, 'EUR'), (3, 1.125, 'BHD'),"
            " (4, -1500, 'JPY'), (5, NULL, 'EUR'), (6, 0.1, NULL)",
            bad="UPDATE imports SET amount = 0.30000000000000004 WHERE id = 1;"
            "UPDATE imports SET amount = -1499.9999999999998 WHERE id = 4",
            count=2,
            also=frozenset({"amount-precision"}),
            dialects=frozenset({"postgresql"}),
        ),
        Example(
            tables="CREATE TABLE imports (id bigint PRIMARY KEY, amount numeric, currency char(3))",
            good="INSERT INTO imports VALUES (1, 0.3, 'EUR'), (2, 99999999999.99, 'EUR'), (3, 1.125, 'BHD')",
            bad="UPDATE imports SET amount = 0.1 + 0.2 WHERE id = 1;UPDATE imports SET amount = 1.1 + 2.2 WHERE id = 2",
            count=2,
            dialects=frozenset({"sqlite"}),
        ),
        Example(
            tables="CREATE TABLE bills (id bigint PRIMARY KEY, note text, currency char(3));"
            "CREATE TABLE imports (id bigint PRIMARY KEY, amount numeric(40, 20), currency char(3))",
            good="INSERT INTO imports VALUES (1, 0.3, 'EUR'), (2, 0.00000000000000000001, NULL)",
            bad="ALTER TABLE bills ADD COLUMN amount double precision;"
            "INSERT INTO bills VALUES (1, '', 'EUR', 0.3), (2, '', 'EUR', 0.1::float8 + 0.2::float8),"
            " (3, '', 'JPY', 7.5)",
            count=2,
            also=frozenset({"amount-float"}),
            dialects=frozenset({"postgresql"}),
        ),
    ),
)
