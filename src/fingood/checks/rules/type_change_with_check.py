"""A type change that tests a CHECK again.

## What it does
Finds ALTER COLUMN TYPE that rewrites nothing by itself, of a column that a CHECK of the table names.

## Why it matters
The server adds the CHECK anew and reads every row for it under ACCESS EXCLUSIVE, even where varchar(20) becomes
varchar(50). All versions of PostgreSQL.

## Instead
Drop the CHECK, change the type, add the CHECK NOT VALID, all in one transaction of a moment; VALIDATE CONSTRAINT in the
next revision.

## Manual
PostgreSQL, ALTER TABLE, Notes. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Claim, Family, Hit, Need, check
from fingood.checks.alembic_code import call
from fingood.checks.places import Place
from fingood.checks.rules.check_validating import remedy_for
from fingood.checks.rules.type_change_rewrite import change_of, retyped
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import LockMode, Verb
from fingood.model.facts import ConstraintFacts
from fingood.model.names import quote
from fingood.model.severity import Severity
from fingood.statements.reader import parse


@check(
    title="A harmless type change reads all rows for a CHECK",
    family=Family.LOCK,
    severity=Severity.ERROR,
    needs=(Need.PLAN, Need.FACTS),
    dialects=POSTGRESQL,
    claim=Claim.SCAN,
)
def type_change_with_check(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ALTER_TYPE):
        change = change_of(subject, place)
        checks = _checks(subject, place)
        if change is None or change.rewrites or not checks:
            continue
        names = ", ".join(quote(one.name) for one in checks)
        yield Hit(
            message=f"The new type of {place.table}.{quote(place.column.name)} tests every row against {names} again.",
            effect=held(LockMode.ACCESS_EXCLUSIVE, place.table, while_it="reads the whole table"),
            remedy=_remedy(place, checks),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(place.column.name)}",
        )


def _checks(subject: Subject, place: Place) -> list[ConstraintFacts]:
    """The column's CHECKs that are there when the place is reached."""
    known = subject.table(place.table)
    gone = {
        other.action.object.name
        for other in subject.places(Verb.DROP_CONSTRAINT)
        if other.action.object and other.statement.index <= place.statement.index
    }
    return [
        one
        for one in (known.constraints if known else ())
        if one.kind == "check" and one.validated and place.column.name in one.columns and one.name not in gone
    ]


def _remedy(place: Place, checks: list[ConstraintFacts]) -> str:
    table = place.table
    before = [call("op.drop_constraint", one.name, table.name, schema=table.schema) for one in checks]
    return "\n".join(
        (*before, retyped(place), *(remedy_for(table, one.name, _expression(one.definition)) for one in checks))
    )


def _expression(definition: str) -> str:
    """``CHECK ((balance >= 0))`` without the word and what stands around it."""
    actions = parse(f"ALTER TABLE t ADD {definition}").actions
    spec = actions[0].constraint if actions else None
    return (spec.expression if spec else None) or definition
