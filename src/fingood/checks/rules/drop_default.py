"""DROP DEFAULT of a NOT NULL column.

## What it does
Finds a default that is dropped from a NOT NULL column of a table that existed before, when nothing else fills the
column.

## Why it matters
The version of the application that is still running leaves the column out of its INSERTs, and they fail from then on
(SQLSTATE 23502).

## Instead
Drop the default one release after the code that always writes the column.

## Manual
PostgreSQL, ALTER TABLE, SET/DROP DEFAULT. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.alembic_code import Code, call
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import quote
from fingood.model.severity import Severity

_FILLS = (Verb.SET_DEFAULT, Verb.OTHER_TABLE, Verb.DROP_COLUMN, Verb.RENAME_COLUMN, Verb.DROP_NOT_NULL)


@check(
    title="Inserts that left the column out fail",
    family=Family.BREAKAGE,
    severity=Severity.WARNING,
    needs=(Need.PLAN, Need.FACTS),
    dialects=POSTGRESQL,
)
def drop_default(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.DROP_DEFAULT):
        known = subject.table(place.table)
        column = known.columns.get(place.column.name) if known else None
        if column is None or column.nullable or column.default is None or _filled(subject, place):
            continue
        yield Hit(
            message=f"{place.table}.{quote(column.name)} is NOT NULL and loses its default, {column.default}.",
            effect="INSERTs that leave it out fail, those of the version that is still running first.",
            remedy=call(
                "op.alter_column",
                place.table.name,
                column.name,
                server_default=Code(f"sa.text({column.default!r})"),
                schema=place.table.schema,
            ),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(column.name)}",
        )


def _filled(subject: Subject, place: Place) -> bool:
    """Whether the revision gives the column another default, takes NOT NULL or the column away."""
    return any(
        other.table == place.table and other.action.column and other.action.column.name == place.column.name
        for other in subject.places(*_FILLS)
        if other.action.relation
    )
