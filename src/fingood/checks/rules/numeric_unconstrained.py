"""Money in a numeric without precision and scale.

## What it does
Finds money columns of type NUMERIC without (precision, scale).

## Why it matters
Nothing says how many decimals an amount has: 1.005 and 1.00500000001 are both stored, two programs round differently,
and later nobody can say which one was right.

## Instead
`sa.Numeric(19, 4)`, or the scale that your currencies need.

## Standard
ISO 4217 minor units; PostgreSQL, 8.1.2. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import EVERYWHERE, Family, Hit, check
from fingood.checks.columns import written_columns
from fingood.checks.money_names import is_money
from fingood.checks.subject import Subject
from fingood.model.names import quote
from fingood.model.severity import Severity


@check(
    title="Money has no fixed number of decimals",
    family=Family.MONEY,
    severity=Severity.WARNING,
    dialects=EVERYWHERE,
)
def numeric_unconstrained(subject: Subject) -> Iterator[Hit]:
    for place, column in written_columns(subject):
        if column.type is None or column.type.name != "numeric" or column.type.modifiers:
            continue
        if is_money(column.name, subject.money):
            yield Hit(
                message=f"{place.table}.{quote(column.name)} is NUMERIC without precision and scale.",
                effect="Nothing says how many decimals an amount has; each program rounds as it likes.",
                remedy=f'sa.Column("{column.name}", sa.Numeric(19, 4))',
                place=place,
                table=place.table,
                subject=f"{place.table}.{quote(column.name)}",
            )
