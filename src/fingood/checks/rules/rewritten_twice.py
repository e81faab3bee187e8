"""One table is rewritten twice.

## What it does
Finds two or more statements of a revision that each write every row of the same table anew.

## Why it matters
Each rewrite holds ACCESS EXCLUSIVE for as long as the whole table takes, and the sub-commands of one ALTER TABLE
share a single rewrite. All versions of PostgreSQL.

## Instead
The type changes as sub-commands of one ALTER TABLE, if the rewrite cannot be avoided.

## Manual
PostgreSQL, ALTER TABLE, Notes. Since fingood 0.1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.places import Place
from fingood.checks.rules.type_change_rewrite import type_change_rewrite
from fingood.checks.subject import Subject
from fingood.model.names import RelationName, quote_always
from fingood.model.severity import Severity


@check(
    title="One table is rewritten twice",
    family=Family.LOCK,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def rewritten_twice(subject: Subject) -> Iterator[Hit]:
    rewrites: defaultdict[RelationName, list[Place]] = defaultdict(list)
    for hit in type_change_rewrite(subject):
        if hit.place is not None:
            rewrites[hit.place.world.full(hit.place.table)].append(hit.place)
    for places in rewrites.values():
        statements = {place.statement.index for place in places}
        if len(statements) < 2:
            continue
        table = places[0].table
        changes = ", ".join(_change(place) for place in places)
        yield Hit(
            message=f"{len(statements)} statements rewrite {table}, one after the other.",
            effect="Nobody reads or writes the table for the sum of their times; one statement would do it once.",
            remedy=execute(f"ALTER TABLE {table.sql} {changes}"),
            place=places[-1],
            table=table,
        )


def _change(place: Place) -> str:
    column = quote_always(place.column.name)
    using = f" USING {place.column.using}" if place.column.using else ""
    return f"ALTER COLUMN {column} TYPE {place.column.type}{using}"
