"""An extension comes, goes or gets another version.

## What it does
Finds ALTER EXTENSION UPDATE and DROP EXTENSION; CREATE EXTENSION is an info.

## Why it matters
An update runs SQL that the revision does not show, may rebuild what indexes are sorted by, and has no way back.
DROP EXTENSION takes its types and functions. All need the extension's files on every server, replicas too, and rights
that a migration should not have.

## Instead
A step of the database's administrators before the release; the revision may check that it is done.

## Manual
PostgreSQL, 36.17. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity


@check(
    title="What the extension does is not in the revision",
    family=Family.SOURCE,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def extension_changed(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.CREATE_EXTENSION, Verb.ALTER_EXTENSION, Verb.DROP_EXTENSION):
        named = place.action.object
        created = place.action.verb is Verb.CREATE_EXTENSION
        yield Hit(
            message=f"{place.action.verb.value.upper()} {named} in a revision.",
            effect="It needs the extension's files on every server, and mostly a superuser."
            if created
            else "It runs SQL that the revision does not show, and has no way back.",
            remedy=execute(f"CREATE EXTENSION IF NOT EXISTS {named.sql}")
            if created and named and not place.action.if_not_exists
            else "# a step of the database's administrators before the release",
            place=place,
            severity=Severity.INFO if created else None,
            subject=str(named),
        )
