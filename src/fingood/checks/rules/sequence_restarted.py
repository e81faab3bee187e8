"""A sequence gives out numbers a second time.

## What it does
Finds ALTER SEQUENCE ... RESTART, identity columns that are restarted, TRUNCATE ... RESTART IDENTITY and setval() to a
fixed number, on sequences that existed before the revision.

## Why it matters
Numbers that were given out come again: primary keys collide, and where nothing collides, one document number means two
documents. setval(sequence, max(id)) does not lower anything and is fine.

## Instead
`SELECT setval('seq', greatest(last_value, max(id)))`, which only moves forward.

## Manual
PostgreSQL, ALTER SEQUENCE; 9.17. Since fingood 0.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import RelationName
from fingood.model.severity import Severity

_FIXED = re.compile(r"setval\s*\(\s*'(?P<name>[^']+)'[^,]*,\s*\d+\s*(?:,[^)]*)?\)", re.IGNORECASE)


@check(
    title="Numbers are given out twice",
    family=Family.MONEY,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def sequence_restarted(subject: Subject) -> Iterator[Hit]:
    made = {p.action.object.name for p in subject.places(Verb.CREATE_SEQUENCE) if p.action.object}
    for place in subject.places(Verb.ALTER_SEQUENCE, Verb.OTHER_TABLE, Verb.TRUNCATE, Verb.SELECT):
        named = _restarted(place)
        if named is None or named.name in made or _is_of_new_table(place, named):
            continue
        yield Hit(
            message=f"{named} starts again from a number that it may have given out before.",
            effect="Keys collide, or one number means two documents.",
            remedy=execute(f"SELECT setval('{named}', greatest((SELECT last_value FROM {named}), ...))"),
            place=place,
            subject=str(named),
        )


def _restarted(place: Place) -> RelationName | None:
    """The sequence, or the table whose identity column starts again."""
    action = place.action
    if action.verb is Verb.ALTER_SEQUENCE:
        return action.object if "restart" in action.detail.split(", ") else None
    if action.verb is Verb.SELECT:
        fixed = _FIXED.search(place.statement.sql) if "setval" in action.detail else None
        if fixed is None:
            return None
        schema, _, name = fixed["name"].replace('"', "").rpartition(".")
        return RelationName(schema or None, name)
    return action.relation if action.detail.endswith(("identity restart", "restart identity")) else None


def _is_of_new_table(place: Place, named: RelationName) -> bool:
    """Whether the table is new, or the sequence has the name that a new table's serial gets."""
    return place.world.has_new(named) or any(named.name.startswith(f"{table.name}_") for table in place.world.tables)
