"""Nothing keeps a request from being booked twice.

## What it does
Finds unique constraints and unique indexes that are dropped without a new one on the same columns, where the columns
are a key of an idempotent request (idempotency, request, external, reference, correlation, message id, ...) or the
table is protected.

## Why it matters
A payment that the client sends again after a timeout is then booked again. Once there are duplicates the constraint
cannot be put back.

## Instead
The new unique index CONCURRENTLY first, then drop the old one.

## Standard
PSD2 RTS and ISO 20022 (end-to-end identification); PostgreSQL, 5.5.3. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.alembic_code import call, constraint_name, outside_transaction
from fingood.checks.money_names import words_of
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import ConstraintKind, Verb
from fingood.model.names import RelationName, quote
from fingood.model.severity import Severity

_KEYS_WORDS = """
    idempotency request external reference ref correlation message endtoend dedup nonce
"""
_KEYS = frozenset(_KEYS_WORDS.split())


@check(
    title="A request can be booked twice", family=Family.MONEY, severity=Severity.ERROR, needs=(Need.PLAN, Need.FACTS)
)
def idempotency_key_dropped(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.DROP_CONSTRAINT, Verb.DROP_INDEX):
        for table, columns in _unique_on(subject, place):
            guards = any(_KEYS.intersection(words_of(column)) for column in columns) or subject.is_protected(table)
            if not guards or _kept(subject, place, table, columns):
                continue
            listed = ", ".join(quote(column) for column in columns)
            name = constraint_name("ux", table, *columns)
            yield Hit(
                message=f"{place.action.object} is dropped: ({listed}) of {table} need no longer be unique.",
                effect="What is sent twice is booked twice, and duplicates keep the constraint from coming back.",
                remedy=outside_transaction(
                    call(
                        "op.create_index",
                        name,
                        table.name,
                        list(columns),
                        unique=True,
                        schema=table.schema,
                        postgresql_concurrently=True,
                    )
                ),
                place=place,
                table=table,
                subject=f"{table} ({listed})",
                severity=Severity.ERROR,
            )


def _unique_on(subject: Subject, place: Place) -> Iterator[tuple[RelationName, tuple[str, ...]]]:
    """The tables and columns that the dropped object kept unique; a primary key's index is not dropped here."""
    named = place.action.object
    for table in subject.facts.tables.values() if subject.facts else ():
        if named is None:
            return
        if place.action.relation and place.world.full(place.action.relation) != table.name:
            continue
        for found in table.constraints:
            if place.action.verb is Verb.DROP_CONSTRAINT and found.name == named.name and found.kind == "unique":
                yield table.name, found.columns
        for index in table.indexes:
            if place.action.verb is Verb.DROP_INDEX and index.name == named.name and index.unique:
                yield table.name, index.columns


def _kept(subject: Subject, dropped: Place, table: RelationName, columns: tuple[str, ...]) -> bool:
    """Whether another index keeps the same columns, or fewer of them, unique, or the revision makes them so again."""
    known = subject.table(table)
    made = [
        index.columns
        for index in (known.indexes if known else ())
        if index.unique
        and index.valid
        and index.name != (dropped.action.object.name if dropped.action.object else "")
        and " WHERE " not in index.definition.upper()
    ]
    made += [
        place.action.index.columns
        for place in subject.places(Verb.CREATE_INDEX)
        if place.action.index and place.action.index.unique and place.world.full(place.table) == table
    ]
    made += [
        place.action.constraint.columns
        for place in subject.places(Verb.ADD_CONSTRAINT)
        if place.action.constraint
        and place.world.full(place.table) == table
        and place.action.constraint.kind in (ConstraintKind.UNIQUE, ConstraintKind.PRIMARY_KEY)
    ]
    return any(set(keys) <= set(columns) and keys for keys in made)
