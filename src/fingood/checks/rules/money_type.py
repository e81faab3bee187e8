"""The type `money`.

## What it does
Finds columns of PostgreSQL's type money.

## Why it matters
Its number of decimals and its currency sign come from lc_monetary of whoever reads it: a dump restored under another
locale shows other amounts. It knows no currency and no fractions of a cent.

## Instead
`sa.Numeric(19, 4)` and a currency column.

## Manual
PostgreSQL, 8.2. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.columns import written_columns
from fingood.checks.subject import Subject
from fingood.model.names import quote
from fingood.model.severity import Severity


@check(
    title="The type money depends on the reader's locale",
    family=Family.MONEY,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def money_type(subject: Subject) -> Iterator[Hit]:
    for place, column in written_columns(subject):
        if column.type is not None and column.type.name == "money" and column.type.schema is None:
            yield Hit(
                message=f"{place.table}.{quote(column.name)} is of type money, which reads differently in each locale.",
                effect="Decimals and currency follow lc_monetary of the session.",
                remedy=f'sa.Column("{column.name}", sa.Numeric(19, 4))\nsa.Column("currency", sa.CHAR(3))',
                place=place,
                table=place.table,
                subject=f"{place.table}.{quote(column.name)}",
            )
