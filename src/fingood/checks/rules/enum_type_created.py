"""Values in an enum type.

## What it does
Finds CREATE TYPE ... AS ENUM that the revision spells out itself. What `sa.Enum` creates is left alone.

## Why it matters
A value cannot be taken away from an enum, nor moved; a revision that adds one has no way back, and to remove one
means a new type and a rewrite of every table that uses it. All versions of PostgreSQL.

## Instead
A table of the values with a foreign key, or text with a CHECK.

## Manual
PostgreSQL, 8.7 and ALTER TYPE. Since fingood 0.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import Code, call
from fingood.checks.handwriting import written_as_text
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity

_ENUM = re.compile(r"\bAS\s+ENUM\b", re.IGNORECASE)


@check(
    title="Values that cannot be taken away again",
    family=Family.DESIGN,
    severity=Severity.INFO,
    dialects=POSTGRESQL,
)
def enum_type_created(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.CREATE_TYPE):
        named = place.action.object
        if named is None or not _ENUM.search(place.statement.sql) or not written_as_text(subject, place.statement):
            continue
        yield Hit(
            message=f"{named} is an enum: its values can be added to, not taken away.",
            effect="To remove a value later rewrites every table that uses the type.",
            remedy=call(
                "op.create_table",
                named.name,
                Code('sa.Column("code", sa.Text(), primary_key=True)'),
                schema=named.schema,
            ),
            place=place,
            subject=str(named),
        )
