"""DROP DATABASE, DROP OWNED, DROP TABLESPACE.

## What it does
Finds DROP DATABASE, DROP OWNED BY, DROP TABLESPACE and DROP ROLE in a revision.

## Why it matters
They reach beyond the schema that the revision is about. DROP OWNED takes every object of a role in this database,
whichever those are on the target by then, and there is no way back but a restore.

## Instead
By hand, after a proven backup; in revisions, DROP of single objects by name.

## Manual
PostgreSQL, DROP DATABASE, DROP OWNED. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity

_COMMANDS = {
    "Dropdb": "DROP DATABASE",
    "DropOwned": "DROP OWNED",
    "DropTableSpace": "DROP TABLESPACE",
    "DropRole": "DROP ROLE",
}


@check(
    title="The revision drops far more than tables",
    family=Family.LOSS,
    severity=Severity.CRITICAL,
    dialects=POSTGRESQL,
)
def drop_database(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.OTHER):
        command = _COMMANDS.get(place.action.detail)
        if command:
            yield Hit(
                message=f"{command} in a revision.",
                effect="What goes is not named in the revision, and only a restored backup brings it back.",
                remedy="# outside of migrations, by hand, after: fingood create-backup --type deployment",
                place=place,
                severity=Severity.WARNING if command == "DROP ROLE" else None,
                subject=command,
            )
