"""Rights come or go in a revision.

## What it does
Finds memberships of roles, default privileges and rights WITH GRANT OPTION; every other GRANT and REVOKE is an info.
Rights on protected tables and those of PUBLIC have a check of their own, ledger-grant.

## Why it matters
Who may do what is decided by others than those who write revisions, and is proven to auditors from one place. A
membership gives all that the role has and will have; a default privilege holds for tables that do not exist yet.

## Instead
A role for each duty, made and granted outside the schema's history; in a revision only the new object's own rights.

## Standard
SOX 404 (segregation of duties), PCI DSS 4.0 7.2.2; PostgreSQL, GRANT. Since fingood 0.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity

_COMMANDS = {
    "GrantRole": "The membership of a role changes.",
    "AlterDefaultPrivileges": "Rights on tables that do not exist yet change.",
}
_HANDED_ON = re.compile(r"\bWITH\s+GRANT\s+OPTION\b", re.IGNORECASE)


@check(
    title="Rights come or go in a revision",
    family=Family.MONEY,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def rights_changed(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.GRANT, Verb.REVOKE, Verb.OTHER):
        action = place.action
        message = (
            _COMMANDS.get(action.detail, "")
            if action.verb is Verb.OTHER
            else f"{action.verb.value.upper()} {action.detail}."
        )
        if not message:
            continue
        grave = action.verb is Verb.OTHER or _HANDED_ON.search(place.statement.sql) is not None
        yield Hit(
            message=message,
            effect="Who may do what follows from the history of the schema, not from one place."
            if not grave
            else "More rights follow from it than the statement names.",
            remedy="# in the place where the roles are kept; here only the rights on what the revision creates",
            place=place,
            subject=str(action.relation or action.object or "roles"),
            severity=None if grave else Severity.INFO,
        )
