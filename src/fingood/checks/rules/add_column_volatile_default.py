"""ADD COLUMN with a volatile default.

## What it does
Finds ADD COLUMN with a default that is computed anew for each row: random(), gen_random_uuid(), clock_timestamp(),
nextval(), or a function whose volatility is not known. now() and CURRENT_TIMESTAMP are stable and fine.

## Why it matters
Every row is rewritten under ACCESS EXCLUSIVE, with all indexes. A default that is not volatile is kept in the catalog
and no row is touched (since PostgreSQL 11).

## Instead
Add the column without a default, set the default for new rows, fill the old rows in batches.

## Manual
PostgreSQL, ALTER TABLE, Notes. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Claim, Family, Hit, check
from fingood.checks.alembic_code import Code, call, column_code
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import LockMode, Verb
from fingood.model.names import quote
from fingood.model.severity import Confidence, Severity
from fingood.statements.volatility import is_surely_volatile


@check(
    title="A default computed per row rewrites the table",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
    claim=Claim.REWRITE,
)
def add_column_volatile_default(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ADD_COLUMN):
        if not place.column.volatile_default:
            continue
        default = place.column.default or ""
        sure = is_surely_volatile(default)
        yield Hit(
            message=f"The default {default} of {place.table}.{quote(place.column.name)} "
            + ("is computed for every row" if sure else "may be computed for every row: its volatility is not known")
            + ".",
            effect=held(LockMode.ACCESS_EXCLUSIVE, place.table, while_it="rewrites the table and its indexes"),
            remedy=remedy_for(place, default),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(place.column.name)}",
            confidence=Confidence.PARSED if sure else Confidence.POSSIBLE,
        )


def remedy_for(place: Place, default: str) -> str:
    """The default for new rows only; the old ones are filled later."""
    name, schema = place.table.name, place.table.schema
    column = column_code(place.column.name, place.column.type, nullable=True)
    text = Code(call("sa.text", default))
    return "\n".join(
        (
            call("op.add_column", name, Code(column), schema=schema),
            call("op.alter_column", name, place.column.name, server_default=text, schema=schema),
            "# then fill the old rows in batches, in a revision of its own",
        )
    )
