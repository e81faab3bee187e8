"""Money in a binary float.

## What it does
Finds columns whose name says money (amount, balance, price, fee, interest, ...) of type real or double precision, in
CREATE TABLE, ADD COLUMN and ALTER COLUMN TYPE. `[tool.fingood] money` adds names.

## Why it matters
0.1 + 0.2 is 0.30000000000000004 in a float. Sums depend on the order of the rows, comparisons for equality fail, and
the books do not foot.

## Instead
`sa.Numeric(19, 4)`, or an integer number of minor units.

## Standard
ISO 4217 minor units; PostgreSQL, 8.1.3. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.columns import written_columns
from fingood.checks.money_names import is_money
from fingood.checks.subject import Subject
from fingood.model.names import quote
from fingood.model.severity import Severity

FLOATS = ("float4", "float8")


@check(title="Money is kept in a binary float", family=Family.MONEY, severity=Severity.ERROR)
def money_float(subject: Subject) -> Iterator[Hit]:
    for place, column in written_columns(subject):
        if column.type is None or column.type.name not in FLOATS or not is_money(column.name, subject.money):
            continue
        words = "double precision" if column.type.name == "float8" else "real"
        yield Hit(
            message=f"{place.table}.{quote(column.name)} keeps money as {words}: 0.1 + 0.2 is not 0.3 in it.",
            effect="Sums depend on the order of rows, and totals that must agree do not.",
            remedy=f'sa.Column("{column.name}", sa.Numeric(19, 4))',
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(column.name)}",
        )
