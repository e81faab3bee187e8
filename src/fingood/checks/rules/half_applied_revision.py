"""A revision that can stop halfway.

## What it does
Finds revisions with an autocommit block in which a change that cannot be made twice is committed before a later
statement, which may still fail.

## Why it matters
An autocommit block commits what came before it. When it, or what comes after it, fails, alembic_version still says
the old revision, and the next `upgrade` fails at the first statement because it is done already.

## Instead
One revision for the autocommit block alone; or IF NOT EXISTS and IF EXISTS on all that comes before.

## Manual
Alembic, `MigrationContext.autocommit_block`. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity

_NO_CHANGE = (Verb.SET, Verb.SELECT, Verb.TRANSACTION, Verb.ANALYZE, Verb.VACUUM, Verb.COMMENT, Verb.LOCK)
_REPEATABLE = (
    Verb.VALIDATE_CONSTRAINT,
    Verb.SET_NOT_NULL,
    Verb.DROP_NOT_NULL,
    Verb.SET_DEFAULT,
    Verb.DROP_DEFAULT,
    Verb.REINDEX,
    Verb.REFRESH_MATVIEW,
    Verb.ENABLE_TRIGGER,
    Verb.DISABLE_TRIGGER,
    Verb.GRANT,
    Verb.REVOKE,
    Verb.OWNER,
    Verb.UPDATE,
    Verb.DELETE,
)


@check(
    title="A failure leaves the revision half applied",
    family=Family.RUN,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def half_applied_revision(subject: Subject) -> Iterator[Hit]:
    steps_taken = [place for place in subject.places() if place.action.verb not in _NO_CHANGE]
    if not any(place.statement.autocommit for place in steps_taken):
        return
    last = steps_taken[-1]
    for place in steps_taken:
        if place.statement.index == last.statement.index or _together(place, last) or _repeatable(place):
            continue
        yield Hit(
            message=f"{place.action.verb.value.upper()} is committed before {last.action.verb.value.upper()} is done.",
            effect="If that fails, alembic_version still says the old revision, and the next upgrade stops here.",
            remedy="# a revision of its own for the autocommit block, or IF NOT EXISTS / IF EXISTS here",
            place=place,
            subject=subject.revision,
        )
        return


def _together(place: Place, last: Place) -> bool:
    """Whether the two are committed at once."""
    return not last.statement.autocommit and place.statement.transaction == last.statement.transaction


def _repeatable(place: Place) -> bool:
    return place.action.verb in _REPEATABLE or place.action.if_exists or place.action.if_not_exists
