"""A constraint added to a domain that tables use.

## What it does
Finds ALTER DOMAIN ADD CONSTRAINT without NOT VALID, and ALTER DOMAIN SET NOT NULL, of a domain that columns are made
of.

## Why it matters
SHARE is held on every table that uses the domain, while each is read in full: writers of all of them wait. All versions
of PostgreSQL. NOT VALID takes no lock on the tables at all.

## Instead
ADD CONSTRAINT ... NOT VALID, VALIDATE CONSTRAINT in a quiet hour; or a CHECK on each table, whose validation lets
others write.

## Manual
PostgreSQL, ALTER DOMAIN, ADD domain_constraint and Notes. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Claim, Family, Hit, Need, check
from fingood.checks.alembic_code import execute, steps
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import LockMode, Verb
from fingood.model.names import RelationName, quote_always
from fingood.model.severity import Severity
from fingood.statements.reader import type_named


@check(
    title="A domain's constraint is tested in every table that uses it",
    family=Family.LOCK,
    severity=Severity.ERROR,
    needs=(Need.PLAN, Need.FACTS),
    dialects=POSTGRESQL,
    claim=Claim.SCAN,
)
def domain_check_validating(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ALTER_DOMAIN):
        domain = place.action.object
        if domain is None or not _tests(place):
            continue
        for table in _users(subject, domain):
            yield Hit(
                message=f"Every row of {table} is tested against the domain {domain}.",
                effect=held(LockMode.SHARE, table, while_it="reads the whole table"),
                remedy=_remedy(place, domain),
                place=place,
                table=table,
                subject=f"{domain} in {table}",
            )


def _tests(place: Place) -> bool:
    added = place.action.constraint
    return place.action.detail == "set not null" or (added is not None and added.valid)


def _users(subject: Subject, domain: RelationName) -> list[RelationName]:
    """The tables with a column of the domain, named as the revision would."""
    wanted = domain.within(subject.schema)
    found = []
    for table in subject.facts.tables.values() if subject.facts else ():
        specs = [type_named(column.type) for column in table.columns.values()]
        names = {RelationName(spec.schema, spec.name).within(subject.schema) for spec in specs if spec}
        if table.kind in ("table", "partitioned") and wanted in names:
            found.append(RelationName(None, table.name.name) if table.name.schema == subject.schema else table.name)
    return found


def _remedy(place: Place, domain: RelationName) -> str:
    added = place.action.constraint
    if added is None:
        text, name = "VALUE IS NOT NULL", f"{domain.name}_not_null"
    else:
        text, name = added.expression or "...", added.name or f"{domain.name}_check"
    named = quote_always(name)
    return steps(
        execute(f"ALTER DOMAIN {domain.sql} ADD CONSTRAINT {named} CHECK ({text}) NOT VALID"),
        execute(f"ALTER DOMAIN {domain.sql} VALIDATE CONSTRAINT {named}"),
    )
