"""Rights to change what may only be added to.

## What it does
Finds GRANT of UPDATE, DELETE, TRUNCATE or ALL on protected tables, and GRANT of anything on tables to PUBLIC.

## Why it matters
An append-only ledger is one because nobody has the right to change it. PUBLIC is every role of the server, those
of next year too.

## Instead
INSERT and SELECT to the roles that need them, by name.

## Standard
SOX 404 (segregation of duties), PCI DSS 4.0 7.2 (least privilege). Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import RelationName, quote_always
from fingood.model.severity import Severity

_CHANGING = frozenset({"update", "delete", "truncate", "all", "trigger"})


@check(
    title="A role may change recorded books",
    family=Family.MONEY,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def ledger_grant(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.GRANT):
        table = place.action.relation or place.action.object
        rights, _, whom = place.action.detail.partition(" to ")
        changing = sorted(_CHANGING.intersection(rights.split(", ")))
        public = "public" in whom.split(", ")
        if table is None or not (public or (changing and subject.is_protected(table))):
            continue
        given = ", ".join(changing).upper() if subject.is_protected(table) and changing else rights.upper()
        yield Hit(
            message=f"{given} on {table} is granted to {'everybody (PUBLIC)' if public else whom}.",
            effect="What was recorded can be changed without a new entry."
            if subject.is_protected(table)
            else "Every role of the server has the right, those of next year too.",
            remedy=_remedy(place.action.relation, place.action.object, "a_role" if public else whom),
            place=place,
            subject=f"{table} to {whom}",
        )


def _remedy(table: RelationName | None, named: RelationName | None, whom: str) -> str:
    where = table.sql if table else f"ALL TABLES IN SCHEMA {quote_always(named.schema or '')}" if named else "..."
    return execute(f"GRANT SELECT, INSERT ON {where} TO {whom}")
