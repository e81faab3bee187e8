"""A column of type json on a table that queries read.

## What it does
Finds ADD COLUMN of type json on a table that existed before the revision. Silent where the revision says sa.JSON(), for
which SQLAlchemy chose the type.

## Why it matters
The type json has no `=`: SELECT DISTINCT, GROUP BY and UNION of whole rows fail from then on (SQLSTATE 42883). It keeps
the text as it came, duplicate keys included, and can hardly be indexed.

## Instead
`postgresql.JSONB()`.

## Manual
PostgreSQL, 8.14 "JSON Types". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import Code, call
from fingood.checks.handwriting import says_generic, written_as_text
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import quote
from fingood.model.severity import Severity


@check(
    title="The type json has no equality",
    family=Family.BREAKAGE,
    severity=Severity.INFO,
    dialects=POSTGRESQL,
)
def add_json_column(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ADD_COLUMN):
        spec = place.column.type
        if spec is None or spec.name != "json" or spec.dimensions:
            continue
        if not written_as_text(subject, place.statement) and says_generic(subject, "JSON"):
            continue
        column = call("sa.Column", place.column.name, Code("sa.dialects.postgresql.JSONB()"))
        yield Hit(
            message=f"{place.table}.{quote(place.column.name)} is of type json, which has no equality.",
            effect="SELECT DISTINCT, GROUP BY and UNION of whole rows fail from then on with SQLSTATE 42883.",
            remedy=call("op.add_column", place.table.name, Code(column), schema=place.table.schema),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(place.column.name)}",
        )
