"""DROP COLUMN.

## What it does
Finds DROP COLUMN of a column that existed before the revision.

## Why it matters
The values are gone and a downgrade brings back an empty column. Code that still reads or writes the column fails at
once, among it every ORM query of the old version.

## Instead
First a release that does not use the column; then keep the values aside, and drop.

## Manual
PostgreSQL, ALTER TABLE, DROP COLUMN. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.alembic_code import call, constraint_name, execute
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import RelationName, quote, quote_always
from fingood.model.severity import Severity


@check(title="A column and its values are dropped", family=Family.LOSS, severity=Severity.ERROR)
def drop_column(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.DROP_COLUMN):
        if place.world.has_new_column(place.table, place.column.name):
            continue
        yield Hit(
            message=f"{place.table}.{quote(place.column.name)} is dropped with all its values.",
            effect="A downgrade brings back an empty column; code that still uses it fails at once.",
            remedy=_remedy(subject, place),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(place.column.name)}",
        )


def _remedy(subject: Subject, place: Place) -> str:
    table, column = place.table, place.column.name
    kept = RelationName(table.schema, constraint_name(table.name, RelationName(None, column), "dropped"))
    known = subject.table(table)
    keys = next((one.columns for one in known.constraints if one.kind == "primary key"), ()) if known else ()
    columns = ", ".join(quote_always(name) for name in dict.fromkeys((*keys, column)))
    return "\n".join(
        (
            "# after a release that no longer uses the column: keep the values for the way back",
            execute(f"CREATE TABLE {kept.sql} AS SELECT {columns} FROM {table.sql}"),
            call("op.drop_column", table.name, column, schema=table.schema),
        )
    )
