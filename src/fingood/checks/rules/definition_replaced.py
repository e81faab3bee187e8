"""CREATE OR REPLACE.

## What it does
Names views, functions, procedures and triggers that CREATE OR REPLACE changes under their callers.

## Why it matters
Nothing fails at once: callers get other columns, other results, other defaults from the moment of the COMMIT. A
downgrade needs the old definition, which the revision does not hold. A replaced view is locked with ACCESS EXCLUSIVE.
All versions of PostgreSQL.

## Instead
A new name beside the old one where callers must notice; otherwise the old definition in downgrade().

## Manual
PostgreSQL, CREATE VIEW and CREATE FUNCTION. Since fingood 0.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity

_REPLACE = re.compile(r"\s*CREATE\s+OR\s+REPLACE\s+(?:TEMP\w*\s+|RECURSIVE\s+|CONSTRAINT\s+)*(\w+)", re.IGNORECASE)


@check(
    title="Callers get another definition under the same name",
    family=Family.BREAKAGE,
    severity=Severity.INFO,
    dialects=POSTGRESQL,
)
def definition_replaced(subject: Subject) -> Iterator[Hit]:
    made = set()
    for place in subject.places(Verb.CREATE_VIEW, Verb.CREATE_FUNCTION, Verb.CREATE_TRIGGER):
        named = place.action.object or place.action.relation
        found = _REPLACE.match(place.statement.sql)
        new = named in made or (
            place.action.verb is Verb.CREATE_VIEW and subject.facts is not None and subject.table(named) is None
        )
        made.add(named)
        if found is None or named is None or new:
            continue
        yield Hit(
            message=f"{found[1].capitalize()} {named} gets another definition.",
            effect="Whoever uses it gets other results from the COMMIT on, and nothing fails.",
            remedy="# downgrade(): CREATE OR REPLACE with the definition that it has now",
            place=place,
            subject=str(named),
        )
