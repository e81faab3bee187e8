"""The way back writes or reads a whole table while others wait.

## What it does
Runs the downgrade in the sandbox and reports each table that existed below the revision and that a statement of the way
back writes anew, or reads whole under a lock that makes writes wait.

## Why it matters
The way back is taken in an emergency, when nobody has time for a table that is locked for minutes. All versions of
PostgreSQL.

## Instead
A downgrade in steps as the upgrade's: new column beside the old one, CHECK NOT VALID and VALIDATE CONSTRAINT, indexes
CONCURRENTLY; or a decision, written down, that the way back is a restore.

## Manual
PostgreSQL, 13.3.1; ALTER TABLE, Notes. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.observed import downgrade_places
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import LockMode, Verb
from fingood.model.severity import Confidence, SafetyLevel, Severity

_READ_AS_THEY_LIKE = frozenset({Verb.SELECT, Verb.INSERT, Verb.UPDATE, Verb.DELETE, Verb.MERGE, Verb.COPY})
_REMEDY = "# in downgrade(): the same steps as on the way up, so that nobody waits for the whole table"


@check(
    title="The way back locks a table for as long as it is large",
    family=Family.LOCK,
    severity=Severity.INFO,
    at_level={SafetyLevel.HIGH: Severity.WARNING, SafetyLevel.CRITICAL: Severity.WARNING},
    needs=(Need.DOWNGRADE, Need.FACTS),
    dialects=POSTGRESQL,
)
def downgrade_under_lock(subject: Subject) -> Iterator[Hit]:
    for place, seen in downgrade_places(subject):
        for table in seen.rewritten:
            if subject.table(table) is not None:
                yield Hit(
                    message=f"On the way back this statement writes {table} anew.",
                    effect=held(LockMode.ACCESS_EXCLUSIVE, table, while_it="rewrites the table and its indexes"),
                    remedy=_REMEDY,
                    place=place,
                    table=table,
                    confidence=Confidence.OBSERVED,
                )
        heavy = {lock.relation: lock.mode for lock in place.statement.locks if lock.mode.blocks_writes}
        for table, _ in seen.scanned:
            light = place.action.verb in _READ_AS_THEY_LIKE or table in seen.rewritten
            if not light and table in heavy and subject.table(table) is not None:
                yield Hit(
                    message=f"On the way back this statement reads all of {table} under a lock.",
                    effect=held(heavy[table], table, while_it="reads the whole table"),
                    remedy=_REMEDY,
                    place=place,
                    table=table,
                    confidence=Confidence.OBSERVED,
                )
