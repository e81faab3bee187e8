"""Schema and rows change in one revision.

## What it does
Names revisions that alter a table that existed before them and also write rows of one.

## Why it matters
The locks of the schema change are held while the rows are written, a failure of either takes both back, and the two
cannot be repeated, reviewed or reverted apart. Where that lock is ACCESS EXCLUSIVE, work-under-exclusive-lock warns.

## Instead
One revision for the schema, the next for the rows.

## Manual
PostgreSQL, 13.3; Alembic, "Cookbook". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity

_ROWS = (Verb.UPDATE, Verb.DELETE, Verb.MERGE, Verb.INSERT)
_SCHEMA = (
    Verb.ADD_COLUMN,
    Verb.DROP_COLUMN,
    Verb.ALTER_TYPE,
    Verb.SET_NOT_NULL,
    Verb.ADD_CONSTRAINT,
    Verb.DROP_CONSTRAINT,
    Verb.RENAME_COLUMN,
)


@check(title="Schema and rows change in one revision", family=Family.DESIGN, severity=Severity.INFO)
def schema_and_data_mixed(subject: Subject) -> Iterator[Hit]:
    schema = [place for place in subject.places(*_SCHEMA) if not place.new]
    rows = [place for place in subject.places(*_ROWS) if place.action.relation is not None and not place.new]
    if not schema or not rows:
        return
    place: Place = rows[0]
    yield Hit(
        message=f"The revision alters {schema[0].table} and writes rows of {place.table}.",
        effect="The two can only be applied, repeated and taken back together.",
        remedy="# a revision of its own for the rows, after this one",
        place=place,
        table=place.table,
        severity=Severity.INFO,
    )
