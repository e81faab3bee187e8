"""Settings and roles of the whole server.

## What it does
Finds ALTER SYSTEM, ALTER ROLE, CREATE ROLE and ALTER DATABASE ... SET in a revision.

## Why it matters
They reach beyond the schema, are not undone by a downgrade that forgets them, need rights that a migration should not
have, and other applications on the server feel them.

## Instead
The server's configuration management; in a revision, SET LOCAL.

## Manual
PostgreSQL, 19.1. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity

_COMMANDS = {"AlterDatabaseSet": "ALTER DATABASE ... SET", "CreateRole": "CREATE ROLE"}


@check(
    title="The revision changes the server, not the schema",
    family=Family.SOURCE,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def server_settings(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ALTER_SYSTEM, Verb.ALTER_ROLE, Verb.OTHER):
        command = place.action.verb.value.upper()
        if place.action.verb is Verb.OTHER:
            command = _COMMANDS.get(place.action.detail, "")
        if command:
            yield Hit(
                message=f"{command} in a revision.",
                effect="It holds for every application of the server, also after a downgrade that forgets it.",
                remedy=execute("SET LOCAL ... = ..."),
                place=place,
                severity=Severity.ERROR if place.action.verb is Verb.ALTER_SYSTEM else None,
                subject=command,
            )
