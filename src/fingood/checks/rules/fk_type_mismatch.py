"""A foreign key between columns of different types.

## What it does
Finds foreign keys whose column is of another type than the column it refers to: integer to bigint, text to uuid,
numbers of another precision. Lengths of texts do not count.

## Why it matters
An integer that refers to a bigint is full at 2,147,483,647, and then every INSERT into the child fails (SQLSTATE
22003). Between families, such as numeric and bigint, each lookup casts and may pass over the child's index.

## Instead
The type of the column that is referred to.

## Manual
PostgreSQL, 5.5.5 "Foreign Keys": number and type of the columns must match. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import Code, call, column_code, type_code
from fingood.checks.columns import written_columns, written_constraints
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import ConstraintKind, ConstraintSpec, TypeSpec, Verb
from fingood.model.names import RelationName, quote
from fingood.model.severity import Severity

_SAME = {"serial": "int4", "bigserial": "int8", "smallserial": "int2", "varchar": "text", "bpchar": "text"}


@check(
    title="A foreign key refers to a column of another type",
    family=Family.DESIGN,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def fk_type_mismatch(subject: Subject) -> Iterator[Hit]:
    for place, key in written_constraints(subject):
        if key.kind is not ConstraintKind.FOREIGN_KEY or key.references is None:
            continue
        for own, other in zip(key.columns, _referred(subject, key), strict=False):
            mine, theirs = _type(subject, place.table, own), _type(subject, key.references, other)
            if mine is None or theirs is None or _alike(mine, theirs):
                continue
            yield Hit(
                message=f"{place.table}.{quote(own)} is {mine}, {key.references}.{quote(other)} is {theirs}.",
                effect="Keys that the parent can hold do not fit into the child, or each lookup has to cast.",
                remedy=_remedy(place, own, theirs),
                place=place,
                table=place.table,
                subject=f"{place.table}.{quote(own)}",
            )


def _referred(subject: Subject, key: ConstraintSpec) -> tuple[str, ...]:
    """The columns referred to; those of the parent's primary key where none are named."""
    if key.referenced_columns or key.references is None:
        return key.referenced_columns
    known = subject.table(key.references)
    below = [one.columns for one in known.constraints if one.kind == "primary key"] if known else []
    return below[0] if below else ()


def _type(subject: Subject, table: RelationName, column: str) -> TypeSpec | None:
    """The column's type as the revision last wrote it, else as it is below."""
    full = table.within(subject.schema)
    written = [
        spec.type
        for place, spec in written_columns(subject)
        if place.table.within(subject.schema) == full and spec.name == column and spec.type
    ]
    return written[-1] if written else subject.type_of(table, column)


def _alike(mine: TypeSpec, theirs: TypeSpec) -> bool:
    if mine.dimensions != theirs.dimensions or mine.schema or theirs.schema:
        return True
    names = [_SAME.get(spec.name, spec.name) for spec in (mine, theirs)]
    return names[0] == names[1] and (names[0] != "numeric" or mine.modifiers == theirs.modifiers)


def _remedy(place: Place, column: str, theirs: TypeSpec) -> str:
    wanted = TypeSpec(
        name=_SAME.get(theirs.name, theirs.name) if "serial" in theirs.name else theirs.name, modifiers=theirs.modifiers
    )
    if place.action.verb is Verb.ADD_CONSTRAINT:
        code = Code(type_code(wanted) or "...")
        return call("op.alter_column", place.table.name, column, type_=code, schema=place.table.schema)
    return column_code(column, wanted)
