"""DROP SCHEMA.

## What it does
Finds DROP SCHEMA ... CASCADE.

## Why it matters
Everything in the schema is gone, whatever it is, and so is what others built upon it.

## Instead
Drop the objects one by one, by name; then DROP SCHEMA without CASCADE, which fails if something was forgotten.

## Manual
PostgreSQL, DROP SCHEMA. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import RelationName, quote_always
from fingood.model.severity import Severity


@check(
    title="A schema is dropped with everything in it",
    family=Family.LOSS,
    severity=Severity.CRITICAL,
    dialects=POSTGRESQL,
)
def drop_schema(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.DROP_SCHEMA):
        named = place.action.object or RelationName(None, "")
        held = (
            [table.name for table in subject.facts.tables.values() if table.name.schema == named.name]
            if subject.facts
            else []
        )
        if not place.action.cascade or (subject.facts and not held):
            continue
        tables = f" with {len(held)} tables: {', '.join(str(table.name) for table in held[:5])}" if held else ""
        yield Hit(
            message=f"Schema {named} is dropped{tables}.",
            effect="Everything in it is gone, and what depends on it elsewhere.",
            remedy=execute(f"DROP SCHEMA {quote_always(named.name)}"),
            place=place,
            subject=str(named),
        )
