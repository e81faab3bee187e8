"""An index on an expression without statistics.

## What it does
Finds CREATE INDEX on an expression of a table that existed before, without ANALYZE of the table after it.

## Why it matters
The planner knows the values of columns, but not those of an expression, until the table is analysed. Until autovacuum
comes by, which on a large quiet table may take days, the new index is used by chance. Indexes on plain columns need
nothing.

## Instead
ANALYZE the table after the index is built.

## Manual
PostgreSQL, CREATE INDEX, Notes. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.indexes import is_column
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity


@check(
    title="A new index on an expression has no statistics",
    family=Family.DESIGN,
    severity=Severity.INFO,
    dialects=POSTGRESQL,
)
def analyze_after_expression_index(subject: Subject) -> Iterator[Hit]:
    places = subject.places(Verb.CREATE_INDEX, Verb.ANALYZE)
    for number, place in enumerate(places):
        if place.action.verb is Verb.ANALYZE or place.new or _analysed(place, places[number:]):
            continue
        computed = _computed(subject, place)
        if not computed:
            continue
        yield Hit(
            message=f"Nothing is known of the values of {', '.join(computed)} on {place.table} before ANALYZE.",
            effect="Until autovacuum comes by the planner guesses, and may not use the index.",
            remedy=execute(f"ANALYZE {place.table.sql}"),
            place=place,
            table=place.table,
        )


def _computed(subject: Subject, place: Place) -> list[str]:
    """The keys that are more than a column."""
    keys = place.action.index.columns if place.action.index else ()
    return [key for key in keys if not is_column(subject, place.table, key)]


def _analysed(place: Place, later: tuple[Place, ...]) -> bool:
    tables = [other.action.relation for other in later if other.action.verb is Verb.ANALYZE]
    return any(table is None or place.world.full(table) == place.world.full(place.table) for table in tables)
