"""A number loses digits.

## What it does
Finds ALTER COLUMN TYPE from numeric to fewer decimal places, to an integer, to a float or to money.

## Why it matters
PostgreSQL rounds without an error and without a word: 1.2345 becomes 1.23 in every row, sums change, and no downgrade
brings the digits back.

## Instead
Keep the scale. Where fewer digits are right, round into a new column, compare the sums, and keep the old column until
the books are closed.

## Standard
IFRS and GAAP books must foot; ISO 4217 gives each currency's decimals (BHD has 3, CLF 4). PostgreSQL, 8.1.2.
Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.alembic_code import Code, call, column_code, execute, type_code
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.checks.type_changes import judge
from fingood.model.action import TypeSpec, Verb
from fingood.model.names import quote, quote_always
from fingood.model.severity import Severity


@check(
    title="A type change silently rounds numbers",
    family=Family.LOSS,
    severity=Severity.CRITICAL,
)
def scale_reduced(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ALTER_TYPE):
        new = place.column.type
        old = subject.type_of(place.table, place.column.name)
        rounds = judge(old, new).rounds if old and new else ""
        if not rounds or old is None:
            continue
        yield Hit(
            message=f"{place.table}.{quote(place.column.name)} from {old} to {new} loses {rounds}, without an error.",
            effect="Sums change, and no downgrade brings the digits back.",
            remedy=_remedy(place, old),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(place.column.name)}",
            evidence={"old type": str(old), "new type": str(new)},
        )


def _remedy(place: Place, old: TypeSpec) -> str:
    table, column = place.table, place.column.name
    beside = f"{column}_exact"
    keep = call("op.add_column", table.name, Code(column_code(beside, old)), schema=table.schema)
    fill = execute(f"UPDATE {table.sql} SET {quote_always(beside)} = {quote_always(column)}")
    exact = type_code(old) or str(old)
    return f"# leave the column {exact}; or keep every digit beside it first:\n{keep}\n{fill}"
