"""Uniqueness that the rows may not have.

## What it does
Finds unique indexes and UNIQUE constraints on columns that a table already has and that nothing has kept unique so far.
Silent where a unique index on some of the columns proves it, and where the target has no rows.

## Why it matters
One duplicate makes the statement fail (SQLSTATE 23505); built CONCURRENTLY it leaves an invalid index behind, which
every write still has to serve. Whether it works is decided by data that no review sees.

## Instead
Count the duplicates in the target before the revision is released, and decide which row stays.

## Manual
PostgreSQL, CREATE INDEX, UNIQUE; 11.6. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.alembic_code import Code, call, literal
from fingood.checks.indexes import indexes_below, key_sql
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import ConstraintKind, Verb
from fingood.model.names import RelationName
from fingood.model.severity import Severity


@check(
    title="Whether a column is unique depends on its rows",
    family=Family.BREAKAGE,
    severity=Severity.INFO,
)
def unique_data_dependent(subject: Subject) -> Iterator[Hit]:
    for place, columns, predicate in _wanted(subject):
        if subject.rows(place.table) == 0 or _proven(subject, place, columns):
            continue
        query = duplicates_query(subject, place.table, columns, predicate)
        yield Hit(
            message=f"({', '.join(columns)}) becomes unique on {place.table}; nothing has kept duplicates out so far.",
            effect="One duplicate makes the upgrade fail with SQLSTATE 23505.",
            remedy=_remedy(query),
            place=place,
            table=place.table,
            subject=f"{place.table} ({', '.join(columns)})",
        )


def duplicates_query(
    subject: Subject, table: RelationName, columns: tuple[str, ...], predicate: str | None = None
) -> str:
    """SQL that finds nothing where the columns are unique."""
    keys = ", ".join(key_sql(subject, table, column) for column in columns)
    where = f" WHERE {predicate}" if predicate else ""
    return f"SELECT {keys}, count(*) FROM {table}{where} GROUP BY {keys} HAVING count(*) > 1"


def _wanted(subject: Subject) -> Iterator[tuple[Place, tuple[str, ...], str | None]]:
    for place in subject.places(Verb.CREATE_INDEX, Verb.ADD_CONSTRAINT):
        index, spec = place.action.index, place.action.constraint
        if index and index.unique:
            yield place, index.columns, index.predicate
        elif spec and spec.kind is ConstraintKind.UNIQUE and not spec.using_index:
            yield place, spec.columns, None


def _proven(subject: Subject, place: Place, columns: tuple[str, ...]) -> bool:
    """Whether a unique index below covers some of the columns, or a column is new and holds NULLs only."""
    names = {column.strip('"') for column in columns}
    below = [spec for spec in indexes_below(subject, place.table) if spec.unique and not spec.predicate]
    if any({column.strip('"') for column in spec.columns} <= names for spec in below):
        return True
    added = {one.column.name: one.column for one in subject.places(Verb.ADD_COLUMN) if one.table == place.table}
    return any(name in added and (added[name].default is None or added[name].volatile_default) for name in names)


def _remedy(query: str) -> str:
    found = call("op.get_bind().execute", Code(call("sa.text", query)))
    return f"if {found}.first():\n    raise RuntimeError({literal('duplicates are left; see the query above')})"
