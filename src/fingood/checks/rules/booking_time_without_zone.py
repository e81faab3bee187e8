"""The time of a booking without its time zone.

## What it does
Finds columns of type timestamp (without time zone) that say when something was posted, booked, traded, settled or
cleared, and all of them on protected tables.

## Why it matters
Which day a booking belongs to decides about value dates, interest and the period that is closed. Without a zone the
same row means another moment on a server or client with another TimeZone, and the hour that daylight saving repeats is
ambiguous.

## Instead
`sa.DateTime(timezone=True)`; for a value date, `sa.Date()`.

## Standard
MiFID II RTS 25 (UTC timestamps); PostgreSQL, 8.5.1. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.columns import written_columns
from fingood.checks.money_names import words_of
from fingood.checks.subject import Subject
from fingood.model.names import quote
from fingood.model.severity import Severity

_BOOKING_WORDS = """
    posted posting booked booking settled settlement traded trade cleared clearing captured
    transacted transaction valuation accrued.split(
"""
_BOOKING = frozenset(_BOOKING_WORDS.split())


@check(
    title="When it was booked depends on the reader's time zone",
    family=Family.MONEY,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def booking_time_without_zone(subject: Subject) -> Iterator[Hit]:
    for place, column in written_columns(subject):
        if column.type is None or column.type.name != "timestamp":
            continue
        if not _BOOKING.intersection(words_of(column.name)) and not subject.is_protected(place.table):
            continue
        yield Hit(
            message=f"{place.table}.{quote(column.name)} is a timestamp without time zone.",
            effect="The same row is another moment, and perhaps another day, in a session with another TimeZone.",
            remedy=f'sa.Column("{column.name}", sa.DateTime(timezone=True))',
            place=place,
            subject=f"{place.table}.{quote(column.name)}",
        )
