"""Times get a zone that nobody named.

## What it does
Finds changes between timestamp and timestamptz without USING ... AT TIME ZONE.

## Why it matters
The server takes every value for local time in the TimeZone of the session that happens to migrate. Where that is not
the zone in which the application wrote them, all of them shift by hours, silently. Only with TimeZone UTC nothing is
rewritten; with any other the whole table is, under ACCESS EXCLUSIVE.

## Instead
`postgresql_using="booked_at AT TIME ZONE 'UTC'"`, with the zone that the values were written in.

## Manual
PostgreSQL, 8.5.1.3 and 9.9.4. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.alembic_code import Code, call
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import quote, quote_always
from fingood.model.severity import Severity

_ZONES = {("timestamp", "timestamptz"), ("timestamptz", "timestamp")}


@check(
    title="Times are shifted by whoever runs the migration",
    family=Family.MONEY,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
    needs=(Need.PLAN, Need.FACTS),
)
def time_zone_assumed(subject: Subject) -> Iterator[Hit]:
    said = [place.statement.index for place in subject.places(Verb.SET) if place.action.detail.lower() == "timezone"]
    for place in subject.places(Verb.ALTER_TYPE):
        if any(index < place.statement.index for index in said):
            continue
        old, new = subject.type_of(place.table, place.column.name), place.column.type
        if old is None or new is None or (old.name, new.name) not in _ZONES or place.new:
            continue
        using = (place.column.using or "").lower()
        if "time zone" in using or "timezone(" in using or place.world.has_new_column(place.table, place.column.name):
            continue
        column = quote_always(place.column.name)
        known = f"TimeZone is {subject.facts.timezone} there." if subject.facts and subject.facts.timezone else ""
        yield Hit(
            message=f"{place.table}.{quote(place.column.name)} becomes {new} in the TimeZone of the migrating session.",
            effect=f"Values written in another zone shift by hours, silently. {known}".strip(),
            remedy=call(
                "op.alter_column",
                place.table.name,
                place.column.name,
                type_=Code(f"sa.DateTime(timezone={new.name == 'timestamptz'})"),
                postgresql_using=f"{column} AT TIME ZONE 'UTC'",
                schema=place.table.schema,
            ),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(place.column.name)}",
        )
