"""An index that another one makes superfluous.

## What it does
Finds CREATE INDEX with the same key, method and condition as an index that the table has already, or has in the
primary key or a UNIQUE constraint; and, as information, btree indexes whose key is the beginning of another's.

## Why it matters
Every write keeps both up to date, both take disk and cache, and no query is faster for it.

## Instead
Leave it out.

## Manual
PostgreSQL, 11.3; 11.9 "Index-Only Scans and Covering Indexes". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.indexes import dropped_names, indexes_below, indexes_written, is_prefix, same_key
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import IndexSpec, Verb
from fingood.model.names import quote
from fingood.model.severity import Severity


@check(
    title="An index repeats another one",
    family=Family.DESIGN,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def index_redundant(subject: Subject) -> Iterator[Hit]:
    dropped = dropped_names(subject)
    for place in subject.places(Verb.CREATE_INDEX):
        index = place.action.index
        if index is None or index.unique or index.name in dropped:
            continue
        others = [other for other in _others(subject, place) if other.name not in dropped and other.name != index.name]
        same = next((other for other in others if same_key(index, other)), None)
        found = same or next((other for other in others if is_prefix(index, other)), None)
        if found is None:
            continue
        name = quote(found.name) if found.name else f"the index on ({', '.join(found.columns)})"
        keys = ", ".join(index.columns)
        yield Hit(
            message=f"The index on {place.table} ({keys}) repeats {name}."
            if same
            else f"The index on {place.table} ({keys}) is the beginning of {name}.",
            effect="Every write keeps both; "
            + ("no query is faster." if same else "the longer one serves the same queries."),
            remedy=f"# leave it out: {name} serves the same queries",
            place=place,
            table=place.table,
            subject=f"{place.table} ({keys})",
            severity=None if same and not place.new else Severity.INFO,
        )


def _others(subject: Subject, place: Place) -> list[IndexSpec]:
    """The indexes that are there when the place is reached."""
    found = indexes_below(subject, place.table)
    for other, spec in indexes_written(subject, place.table):
        if other is place:
            break
        found.append(spec)
    return found
