"""ADD COLUMN of a domain with a constraint.

## What it does
Finds ADD COLUMN whose type is a domain with a CHECK or NOT NULL, from the database or from the same revision.

## Why it matters
To test the domain's constraint the server writes every row and every index anew under ACCESS EXCLUSIVE, even where the
new column has no default. A domain without constraints costs nothing. PostgreSQL up to 18.

## Instead
The base type, and the domain's CHECK as a CHECK of the table, NOT VALID first.

## Manual
PostgreSQL, ALTER TABLE, Notes; CREATE DOMAIN. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Claim, Family, Hit, check
from fingood.checks.alembic_code import Code, call, column_code, constraint_name
from fingood.checks.places import Place
from fingood.checks.rules.check_validating import remedy_for
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import LockMode, TypeSpec, Verb
from fingood.model.names import RelationName, quote, quote_always
from fingood.model.severity import Severity
from fingood.statements.reader import type_named


@check(
    title="A column of a constrained domain rewrites the table",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
    claim=Claim.REWRITE,
)
def add_column_constrained_domain(subject: Subject) -> Iterator[Hit]:
    domains = {**_below(subject), **_written(subject)}
    for place in subject.places(Verb.ADD_COLUMN):
        spec = place.column.type
        name = RelationName(spec.schema, spec.name).within(subject.schema) if spec and not spec.dimensions else None
        if name is None or name not in domains:
            continue
        yield Hit(
            message=f"{place.table}.{quote(place.column.name)} is of the domain {spec}, which is tested row by row.",
            effect=held(LockMode.ACCESS_EXCLUSIVE, place.table, while_it="rewrites the table and its indexes"),
            remedy=_remedy(place, domains[name]),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(place.column.name)}",
        )


def _below(subject: Subject) -> dict[RelationName, tuple[TypeSpec | None, str]]:
    """The domains with constraints that the database has: their base types, and no text of the CHECK."""
    known = subject.facts.domains.values() if subject.facts else ()
    return {one.name: (type_named(one.type), "") for one in known if one.constrained}


def _written(subject: Subject) -> dict[RelationName, tuple[TypeSpec | None, str]]:
    found = {}
    for place in subject.places(Verb.CREATE_DOMAIN):
        action = place.action
        if action.object and (action.constraints or action.detail == "not null"):
            texts = [spec.expression or "" for spec in action.constraints]
            found[action.object.within(subject.schema)] = (place.column.type, " AND ".join(texts))
    return found


def _remedy(place: Place, domain: tuple[TypeSpec | None, str]) -> str:
    base, check_text = domain
    column = column_code(place.column.name, base, nullable=True)
    add = call("op.add_column", place.table.name, Code(column), schema=place.table.schema)
    name = constraint_name("ck", place.table, place.column.name)
    quoted = quote_always(place.column.name)
    text = check_text.replace("VALUE", quoted).replace("value", quoted) or f"{quoted} IS NOT NULL  -- as in the domain"
    return f"{add}\n{remedy_for(place.table, name, text)}"
