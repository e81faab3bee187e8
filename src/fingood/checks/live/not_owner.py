"""The user may not change a table of the plan.

## What it does
Compares the owners of the tables that the revision alters with the roles that the configured user is a member of.

## Why it matters
ALTER TABLE and CREATE INDEX are the owner's; the migration fails with SQLSTATE 42501, perhaps half-way.

## Instead
Run the migration as a member of the owner, or hand the table over.

## Manual
PostgreSQL, 5.8 "Privileges"; 22.3 "Role Membership". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.live_tables import NEEDS_OWNER, live_facts, touched
from fingood.checks.subject import Subject
from fingood.model.live import Look
from fingood.model.names import quote_always
from fingood.model.severity import Confidence, Severity


@check(
    title="The user may not change a table of the plan",
    family=Family.LIVE,
    severity=Severity.ERROR,
    needs=(Need.PLAN, Need.LIVE),
    dialects=POSTGRESQL,
    looks=(Look.TABLES,),
)
def not_owner(subject: Subject) -> Iterator[Hit]:
    user, told = live_facts(subject).server.user, set()
    for table, place in touched(subject, *NEEDS_OWNER):
        if table.owned or table.name in told:
            continue
        told.add(table.name)
        yield Hit(
            message=f"{table.name} belongs to {table.owner}, and {user} is no member of that role.",
            effect=f"{place.action.verb.value.upper()} fails: only the owner may (SQLSTATE 42501).",
            remedy=f"GRANT {table.owner} TO {quote_always(user)};",
            place=place,
            subject=str(table.name),
            confidence=Confidence.OBSERVED,
        )
