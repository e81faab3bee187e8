"""SET NOT NULL on a column that may hold NULLs.

## What it does
Finds SET NOT NULL on a column without a validated CHECK (column IS NOT NULL).

## Why it matters
The server reads the whole table under ACCESS EXCLUSIVE to prove that no row is NULL, and fails at the first one that
is. Since PostgreSQL 12 a validated CHECK of exactly that is proof enough and nothing is read. Since 18 the same holds
for ADD CONSTRAINT ... NOT NULL, which can be NOT VALID.

## Instead
Three revisions: a CHECK NOT VALID, VALIDATE CONSTRAINT (which lets others read and write), SET NOT NULL. Since
PostgreSQL 18 two: NOT NULL ... NOT VALID, VALIDATE CONSTRAINT.

## Manual
PostgreSQL, ALTER TABLE, SET/DROP NOT NULL; 13.3.1. Since fingood 0.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Claim, Family, Hit, check
from fingood.checks.alembic_code import call, constraint_name, execute, steps
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import ConstraintKind, LockMode, Verb
from fingood.model.names import RelationName, quote, quote_always
from fingood.model.severity import Confidence, Severity


@check(
    title="SET NOT NULL reads the whole table while everybody waits",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
    claim=Claim.SCAN,
)
def set_not_null(subject: Subject) -> Iterator[Hit]:
    for place, column in _made_not_null(subject):
        if not must_read(subject, place, column):
            continue
        yield Hit(
            message=f"SET NOT NULL on {place.table}.{quote(column)} reads every row first.",
            effect=held(LockMode.ACCESS_EXCLUSIVE, place.table, while_it="reads the whole table"),
            remedy=remedy_for(place.table, column, subject.version),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(column)}",
            severity=None if subject.facts else Severity.WARNING,
            confidence=Confidence.PARSED if subject.facts else Confidence.POSSIBLE,
        )


def _made_not_null(subject: Subject) -> Iterator[tuple[Place, str]]:
    """SET NOT NULL, and since PostgreSQL 18 ADD CONSTRAINT ... NOT NULL."""
    for place in subject.places(Verb.SET_NOT_NULL, Verb.ADD_CONSTRAINT):
        spec = place.action.constraint
        if spec is None:
            yield place, place.column.name
        elif spec.kind is ConstraintKind.NOT_NULL and spec.valid:
            yield from ((place, column) for column in spec.columns)


def must_read(subject: Subject, place: Place, column: str) -> bool:
    """Whether the server has to read the table to know that the column holds no NULL."""
    known = subject.table(place.table)
    found = known.columns.get(column) if known else None
    if found is not None and not found.nullable:
        return False
    return not (_knows_proofs(subject) and _proven(subject, place, column))


def remedy_for(table: RelationName, column: str, version: int = 0) -> str:
    """The way to NOT NULL that nobody has to wait for. Since PostgreSQL 18 NOT NULL itself can be NOT VALID."""
    if version >= 180000:
        named = quote_always(constraint_name("nn", table, column))
        return steps(
            execute(f"ALTER TABLE {table.sql} ADD CONSTRAINT {named} NOT NULL {quote_always(column)} NOT VALID"),
            execute(f"ALTER TABLE {table.sql} VALIDATE CONSTRAINT {named}"),
        )
    name = constraint_name("ck", table, column, "not_null")
    return steps(
        call(
            "op.create_check_constraint",
            name,
            table.name,
            f"{quote_always(column)} IS NOT NULL",
            schema=table.schema,
            postgresql_not_valid=True,
        ),
        execute(f"ALTER TABLE {table.sql} VALIDATE CONSTRAINT {quote_always(name)}"),
        call("op.alter_column", table.name, column, nullable=False, schema=table.schema)
        + "\n"
        + call("op.drop_constraint", name, table.name, schema=table.schema),
    )


def _knows_proofs(subject: Subject) -> bool:
    """Whether the server takes a CHECK for proof; without facts the oldest supported server is younger than that."""
    return subject.facts is None or subject.version >= 120000


def _proven(subject: Subject, place: Place, column: str) -> bool:
    """Whether a validated CHECK says that the column is not NULL, from below or from earlier in the revision."""
    known = subject.table(place.table)
    table = place.world.full(place.table)
    below = [
        one
        for one in (known.constraints if known else ())
        if one.validated or (table, one.name) in place.world.validated
    ]
    added = [
        spec.expression or ""
        for owner, spec in place.world.constraints
        if owner == table and (spec.valid or (table, spec.name or "") in place.world.validated)
    ]
    texts = [one.definition for one in below if one.kind == "check"] + added
    return any(_says_not_null(text, column) for text in texts)


def _says_not_null(text: str, column: str) -> bool:
    names = "|".join(re.escape(form) for form in {quote_always(column), quote(column), column})
    return re.search(rf"(?:^|[\s(])(?:{names})\s+IS\s+NOT\s+NULL", text, re.IGNORECASE) is not None and not re.search(
        r"\bOR\b", text, re.IGNORECASE
    )
