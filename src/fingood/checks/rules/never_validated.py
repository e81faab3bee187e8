"""A constraint that was never proven.

## What it does
Looks, at the head of the history, for constraints that an earlier revision added NOT VALID and that neither it nor any
later one validates.

## Why it matters
NOT VALID checks new rows only. The old ones may break the rule that everybody believes in, a dump of them may fail to
restore, and the planner does not use the constraint.

## Instead
VALIDATE CONSTRAINT in a revision of its own: it lets others read and write.

## Manual
PostgreSQL, ALTER TABLE, VALIDATE CONSTRAINT. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.alembic_code import execute
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import RelationName, quote, quote_always
from fingood.model.severity import Severity

_ENDS = (Verb.VALIDATE_CONSTRAINT, Verb.DROP_CONSTRAINT)


@check(
    title="A constraint holds for new rows only",
    family=Family.BREAKAGE,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
    needs=(Need.PLAN, Need.FACTS, Need.HISTORY),
)
def never_validated(subject: Subject) -> Iterator[Hit]:
    if subject.revision not in subject.heads or subject.facts is None:
        return
    ended = {
        (place.world.full(place.table), place.action.object.name)
        for place in subject.places(*_ENDS)
        if place.action.object
    }
    gone = {place.world.full(place.table) for place in subject.places(Verb.DROP_TABLE)}
    for table in subject.facts.tables.values():
        for found in table.constraints:
            if found.validated or table.name in gone or (table.name, found.name) in ended:
                continue
            if "NOT ENFORCED" in found.definition.upper():
                continue
            name = _short(subject, table.name)
            yield Hit(
                message=f"{found.name} on {name} is NOT VALID since an earlier revision, and no revision validates it.",
                effect="The rows that were there before were never checked.",
                remedy=execute(f"ALTER TABLE {name.sql} VALIDATE CONSTRAINT {quote_always(found.name)}"),
                location=subject.location(subject.shape.upgrade_line if subject.shape else None),
                subject=f"{name}.{quote(found.name)}",
            )


def _short(subject: Subject, table: RelationName) -> RelationName:
    return RelationName(None, table.name) if table.schema == subject.schema else table
