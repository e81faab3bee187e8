"""DROP TABLE of a table with foreign keys.

## What it does
Finds DROP TABLE of a table whose foreign keys refer to other tables that stay.

## Why it matters
The foreign keys go with the table, and for that the server takes ACCESS EXCLUSIVE on every parent: tables that nobody
meant to touch can neither be read nor written until the transaction ends, and waiting for several of them may deadlock.
All versions of PostgreSQL.

## Instead
Drop the foreign keys first, each in a revision of its own and with a lock_timeout.

## Manual
PostgreSQL, DROP TABLE; ALTER TABLE, DROP CONSTRAINT; 13.3.4. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.alembic_code import call, steps
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.facts import ConstraintFacts
from fingood.model.names import RelationName
from fingood.model.severity import Severity


@check(
    title="A dropped table locks the tables that it refers to",
    family=Family.LOCK,
    severity=Severity.WARNING,
    needs=(Need.PLAN, Need.FACTS),
    dialects=POSTGRESQL,
)
def drop_table_locks_parents(subject: Subject) -> Iterator[Hit]:
    dropped = {place.world.full(place.table) for place in subject.places(Verb.DROP_TABLE)}
    for place in subject.places(Verb.DROP_TABLE):
        keys = [key for key in _keys(subject, place) if key.references not in dropped]
        if not keys:
            continue
        parents = list(dict.fromkeys(key.references for key in keys if key.references))
        names = ", ".join(str(_short(parent, subject.schema)) for parent in parents)
        yield Hit(
            message=f"DROP TABLE {place.table} also locks {names}, which its foreign keys refer to.",
            effect=f"ACCESS EXCLUSIVE on {names}: nobody reads or writes until the transaction ends.",
            remedy=steps(
                *(call("op.drop_constraint", key.name, place.table.name, schema=place.table.schema) for key in keys),
                call("op.drop_table", place.table.name, schema=place.table.schema),
            ),
            place=place,
            table=parents[0],
            subject=f"{place.table} → {names}",
        )


def _keys(subject: Subject, place: Place) -> list[ConstraintFacts]:
    """The table's foreign keys that are still there."""
    known = subject.table(place.table)
    gone = {
        other.action.object.name
        for other in subject.places(Verb.DROP_CONSTRAINT)
        if other.action.object and other.statement.index < place.statement.index
    }
    keys = [one for one in known.constraints if one.kind == "foreign key"] if known else []
    return [key for key in keys if key.name not in gone and key.references != place.world.full(place.table)]


def _short(name: RelationName, schema: str) -> RelationName:
    return RelationName(None, name.name) if name.schema == schema else name
