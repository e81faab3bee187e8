"""A time loses digits.

## What it does
Finds ALTER COLUMN TYPE of a timestamp or time to fewer fractional digits, and of a timestamp to a date or a time.

## Why it matters
PostgreSQL rounds without an error: 23:59:59.7 becomes the next day, two postings of one second become simultaneous,
their order is lost, and no downgrade brings it back.

## Instead
Keep the column; give readers a view, or a generated column with fewer digits beside it.

## Standard
FINRA rule 6820 and MiFID II RTS 25 ask for times of trades to the millisecond or better. PostgreSQL, 8.5.
Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import EVERYWHERE, Family, Hit, check
from fingood.checks.alembic_code import Code, call, column_code, execute
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import TypeSpec, Verb
from fingood.model.names import quote, quote_always
from fingood.model.severity import Severity

_STAMPS = ("timestamp", "timestamptz")
_TIMES = (*_STAMPS, "time", "timetz")
_DIGITS = 6
"""Fractional digits of a time type without a modifier."""


@check(
    title="A type change silently rounds times",
    family=Family.LOSS,
    severity=Severity.ERROR,
    dialects=EVERYWHERE,
)
def time_precision_reduced(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ALTER_TYPE):
        new = place.column.type
        old = subject.type_of(place.table, place.column.name)
        lost = _lost(old, new) if old and new else ""
        if not lost or old is None:
            continue
        yield Hit(
            message=f"{place.table}.{quote(place.column.name)} from {old} to {new} loses {lost}, without an error.",
            effect="The order of rows changes, and no downgrade brings the times back.",
            remedy=_remedy(place, old),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(place.column.name)}",
            evidence={"old type": str(old), "new type": str(new)},
        )


def _lost(old: TypeSpec, new: TypeSpec) -> str:
    if old.name in _STAMPS and new.name == "date":
        return "the time of day"
    if old.name in _STAMPS and new.name in ("time", "timetz"):
        return "the day"
    if old.name not in _TIMES or new.name not in _TIMES or _digits(new) >= _digits(old):
        return ""
    return f"digits after decimal place {_digits(new)} of the second"


def _digits(spec: TypeSpec) -> int:
    return spec.modifiers[0] if spec.modifiers else _DIGITS


def _remedy(place: Place, old: TypeSpec) -> str:
    table, column = place.table, place.column.name
    beside = f"{column}_exact"
    keep = call("op.add_column", table.name, Code(column_code(beside, old)), schema=table.schema)
    fill = execute(f"UPDATE {table.sql} SET {quote_always(beside)} = {quote_always(column)}")
    return f"# leave the column as it is; or keep every digit beside it first:\n{keep}\n{fill}"
