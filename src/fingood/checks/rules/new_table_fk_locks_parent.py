"""CREATE TABLE with a foreign key to a table that is in use.

## What it does
Finds CREATE TABLE ... REFERENCES a table that existed before the revision.

## Why it matters
Nothing is read, but SHARE ROW EXCLUSIVE is taken on the parent until the transaction ends: the statement waits for all
who are writing the parent, everybody who wants to write it later waits behind, and whatever else the revision does is
done under this lock. All versions of PostgreSQL.

## Instead
A lock_timeout and a revision that does nothing else; or the table without the key, which a revision of its own adds.

## Manual
PostgreSQL, CREATE TABLE, REFERENCES; 13.3.1. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import call, constraint_name
from fingood.checks.columns import added_keys
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import ConstraintSpec, Verb
from fingood.model.names import RelationName
from fingood.model.severity import Severity


@check(
    title="A new table locks the tables that it refers to",
    family=Family.LOCK,
    severity=Severity.INFO,
    dialects=POSTGRESQL,
)
def new_table_fk_locks_parent(subject: Subject) -> Iterator[Hit]:
    for place, key in added_keys(subject, Verb.CREATE_TABLE):
        parent = key.references
        assert parent is not None
        if parent == place.table:
            continue
        yield Hit(
            message=f"Creating {place.table} locks {parent} against writers.",
            effect=f"SHARE ROW EXCLUSIVE on {parent}: nobody writes the table until the transaction ends.",
            remedy=_remedy(place, key, parent),
            place=place,
            table=parent,
            subject=f"{place.table} → {parent}",
            severity=Severity.INFO,
        )


def _remedy(place: Place, key: ConstraintSpec, parent: RelationName) -> str:
    add = call(
        "op.create_foreign_key",
        key.name or constraint_name("fk", place.table, *key.columns),
        place.table.name,
        parent.name,
        list(key.columns),
        list(key.referenced_columns or ("id",)),
        source_schema=place.table.schema,
        referent_schema=parent.schema,
        ondelete=key.on_delete.upper() if key.on_delete != "no action" else None,
    )
    return f"op.execute(\"SET LOCAL lock_timeout = '2s'\")\n{add}"
