"""A type change that builds indexes anew.

## What it does
Finds ALTER COLUMN TYPE that does not rewrite the table but one of its indexes: one on an expression of the column or
with a condition on it, one of the column where its collation changes, or where the new type sorts by another operator
class (timestamp to timestamptz, text to citext and back).

## Why it matters
The indexes are built under ACCESS EXCLUSIVE: nobody reads or writes the table until the last one is done. All versions
of PostgreSQL.

## Instead
Drop the index CONCURRENTLY, change the type, build it CONCURRENTLY again, in three revisions.

## Manual
PostgreSQL, ALTER TABLE, SET DATA TYPE and Notes. Since fingood 0.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.alembic_code import execute, outside_transaction, steps
from fingood.checks.indexes import spec_of
from fingood.checks.places import Place
from fingood.checks.rules.type_change_rewrite import change_of, retyped
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import IndexSpec, LockMode, TypeSpec, Verb
from fingood.model.facts import IndexFacts
from fingood.model.names import RelationName, quote
from fingood.model.severity import Severity

_SORTED_ALIKE = ({"text", "varchar"}, {"cidr", "inet"})
"""Types that share an operator class, so that their indexes stay."""


@check(
    title="A type change builds indexes anew while everybody waits",
    family=Family.LOCK,
    severity=Severity.ERROR,
    needs=(Need.PLAN, Need.FACTS),
    dialects=POSTGRESQL,
)
def type_change_rebuilds_index(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ALTER_TYPE):
        change = change_of(subject, place)
        rebuilt = _rebuilt(subject, place)
        if change is None or change.rewrites or not rebuilt:
            continue
        names = ", ".join(quote(index.name) for index in rebuilt)
        yield Hit(
            message=f"The new type of {place.table}.{quote(place.column.name)} builds {names} anew.",
            effect=held(LockMode.ACCESS_EXCLUSIVE, place.table, while_it="builds the index"),
            remedy=_remedy(place, rebuilt),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(place.column.name)}",
        )


def _rebuilt(subject: Subject, place: Place) -> list[IndexFacts]:
    """The table's indexes that do not survive the change and are still there."""
    known = subject.table(place.table)
    if known is None:
        return []
    gone = {other.action.object.name for other in subject.places(Verb.DROP_INDEX) if other.action.object}
    bound = {one.name for one in known.constraints}
    resorted = _resorted(subject, place)
    return [
        index
        for index in known.indexes
        if index.name not in gone | bound and _touches(spec_of(index, subject.dialect), place.column.name, resorted)
    ]


def _resorted(subject: Subject, place: Place) -> bool:
    old, new = subject.type_of(place.table, place.column.name), place.column.type
    return bool(place.column.collation) or (old is not None and new is not None and not _alike(old, new))


def _alike(old: TypeSpec, new: TypeSpec) -> bool:
    return old.name == new.name or any({old.name, new.name} <= family for family in _SORTED_ALIKE)


def _touches(index: IndexSpec, column: str, resorted: bool) -> bool:
    keys = [key.strip('"') for key in index.columns]
    if resorted and column in keys:
        return True
    texts = [key for key in keys if "(" in key or " " in key] + [index.predicate or ""]
    special = bool(index.predicate) and column in keys
    return special or any(re.search(rf"(?<![\w]){re.escape(column)}(?![\w])", text) for text in texts)


def _remedy(place: Place, rebuilt: list[IndexFacts]) -> str:
    schema = place.table.schema
    drops = [f"DROP INDEX CONCURRENTLY {RelationName(schema, index.name).sql}" for index in rebuilt]
    builds = [index.definition.replace(" INDEX ", " INDEX CONCURRENTLY ", 1) for index in rebuilt]
    return steps(
        outside_transaction(*map(execute, drops)),
        retyped(place),
        outside_transaction(*map(execute, builds)),
    )
