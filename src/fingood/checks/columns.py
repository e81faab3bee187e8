"""The columns and constraints that a revision writes, wherever they stand: CREATE TABLE, ADD, ALTER TYPE."""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import ColumnSpec, ConstraintKind, ConstraintSpec, Verb


def written_columns(subject: Subject) -> Iterator[tuple[Place, ColumnSpec]]:
    """Every column that gets a type."""
    for place in subject.places(Verb.CREATE_TABLE):
        yield from ((place, column) for column in place.action.columns)
    for place in subject.places(Verb.ADD_COLUMN, Verb.ALTER_TYPE):
        yield place, place.column


def written_constraints(subject: Subject) -> Iterator[tuple[Place, ConstraintSpec]]:
    """Every constraint that is written, of new tables too."""
    for place in subject.places(Verb.CREATE_TABLE, Verb.ADD_COLUMN, Verb.ADD_CONSTRAINT):
        columns = (*place.action.columns, *((place.action.column,) if place.action.column else ()))
        specs = [spec for column in columns for spec in column.constraints]
        specs += [*place.action.constraints, *((place.action.constraint,) if place.action.constraint else ())]
        yield from ((place, spec) for spec in specs)


def added_keys(subject: Subject, *verbs: Verb) -> Iterator[tuple[Place, ConstraintSpec]]:
    """The foreign keys that these actions add to tables that existed before the revision."""
    for place, spec in written_constraints(subject):
        if spec.kind is not ConstraintKind.FOREIGN_KEY or spec.references is None or place.action.verb not in verbs:
            continue
        known = subject.facts is None or subject.table(spec.references) is not None
        if known and not place.world.has_new(spec.references):
            yield place, spec
