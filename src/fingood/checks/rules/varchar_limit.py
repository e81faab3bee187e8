"""A text limit in the type.

## What it does
Finds varchar(n) and char(n) for columns in SQL that the revision spells out itself. Types that SQLAlchemy writes for
sa.String(n) are left alone.

## Why it matters
Making the limit smaller rewrites the table under ACCESS EXCLUSIVE, and char(n) does so in either direction. A CHECK on
text can be tightened NOT VALID and validated while others write. All versions of PostgreSQL; nothing is faster or
smaller for varchar(n).

## Instead
`text` with a CHECK on its length.

## Manual
PostgreSQL, 8.3 "Character Types". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import call, constraint_name
from fingood.checks.columns import written_columns
from fingood.checks.handwriting import written_as_text
from fingood.checks.subject import Subject
from fingood.model.names import quote, quote_always
from fingood.model.severity import Severity


@check(
    title="A text's limit stands in its type",
    family=Family.DESIGN,
    severity=Severity.INFO,
    dialects=POSTGRESQL,
)
def varchar_limit(subject: Subject) -> Iterator[Hit]:
    for place, column in written_columns(subject):
        spec = column.type
        if spec is None or spec.name not in ("varchar", "bpchar") or not spec.modifiers or spec.dimensions:
            continue
        if not written_as_text(subject, place.statement):
            continue
        limit = spec.modifiers[0]
        yield Hit(
            message=f"{place.table}.{quote(column.name)} has its limit of {limit} in the type.",
            effect="To make it smaller later rewrites the table while everybody waits.",
            remedy="# the column as text, and:\n"
            + call(
                "op.create_check_constraint",
                constraint_name("ck", place.table, column.name, "length"),
                place.table.name,
                f"length({quote_always(column.name)}) <= {limit}",
                schema=place.table.schema,
                postgresql_not_valid=None if place.world.has_new(place.table) else True,
            ),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(column.name)}",
        )
