"""Writes that were fine fail.

## What it does
Names the constraints, NOT NULLs and unique indexes that a revision puts on columns that existed before it.

## Why it matters
The version of the application that is still running writes what it has always written, and from now on some of it is
refused. NOT VALID does not help against this: it spares the old rows, not the new ones.

## Instead
First a release that writes only what fits, then the constraint.

## Manual
PostgreSQL, 5.5. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity


@check(title="Writes that were fine fail", family=Family.BREAKAGE, severity=Severity.INFO)
def new_write_restriction(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ADD_CONSTRAINT, Verb.SET_NOT_NULL, Verb.CREATE_INDEX):
        what, columns = _restriction(place)
        if not what or (columns and all(place.world.has_new_column(place.table, column) for column in columns)):
            continue
        yield Hit(
            message=f"{what} restricts what may be written to {place.table}.",
            effect="The version that is still running is refused where it writes what does not fit.",
            remedy="# first a release that writes only what fits, then this revision",
            place=place,
            table=place.table,
            severity=Severity.INFO,
        )


def _restriction(place: Place) -> tuple[str, tuple[str, ...]]:
    """What restricts, and which columns; '' for what restricts nothing or only takes over what did so before."""
    action = place.action
    if action.verb is Verb.SET_NOT_NULL and action.column:
        return f"NOT NULL of {action.column.name}", (action.column.name,)
    if action.verb is Verb.CREATE_INDEX and action.index:
        what = f"Unique index {action.index.name or ''}".strip()
        return (what, action.index.columns) if action.index.unique else ("", ())
    spec = action.constraint
    if spec and not spec.using_index:
        return f"{spec.kind.value.capitalize()} {spec.name or ''}".strip(), spec.columns
    return "", ()
