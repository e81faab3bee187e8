"""A new enum value is used in the transaction that adds it.

## What it does
Finds ALTER TYPE ... ADD VALUE whose value is used later in the same transaction, and ADD VALUE in a transaction on
servers before PostgreSQL 12.

## Why it matters
The server refuses to use the value until the transaction that added it is committed (SQLSTATE 55P04); before
PostgreSQL 12 it refuses ADD VALUE in a transaction at all (25001). The revision fails every time.

## Instead
ADD VALUE in an autocommit block or in a revision of its own.

## Manual
PostgreSQL, ALTER TYPE, Notes. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute, outside_transaction
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.plan import Rendering
from fingood.model.severity import Confidence, Severity

_UNSAFE_USE = "55P04"


@check(
    title="A new enum value cannot be used before it is committed",
    family=Family.RUN,
    severity=Severity.CRITICAL,
    dialects=POSTGRESQL,
)
def enum_value_used_at_once(subject: Subject) -> Iterator[Hit]:
    made = {place.action.object for place in subject.places(Verb.CREATE_TYPE)}
    for place in subject.places(Verb.ALTER_ENUM_ADD):
        named, value = place.action.object, place.action.new_name or ""
        transaction = place.statement.transaction
        if named is None or named in made or transaction is None:
            continue
        refused = _refused(subject, place)
        old_server = 0 < subject.version < 120000
        if not refused and not old_server and not _named_later(subject, place, value):
            continue
        quoted = value.replace("'", "''")
        yield Hit(
            message=f"'{value}' is added to {named} and used in one transaction."
            if not old_server
            else f"'{value}' is added to {named} in a transaction, which this server refuses.",
            effect=f"The upgrade stops with SQLSTATE {'25001' if old_server else _UNSAFE_USE}.",
            remedy=outside_transaction(execute(f"ALTER TYPE {named.sql} ADD VALUE IF NOT EXISTS '{quoted}'")),
            place=place,
            subject=f"{named}.{value}",
            severity=None if refused or old_server else Severity.WARNING,
            confidence=Confidence.OBSERVED if refused else Confidence.POSSIBLE,
        )


def _refused(subject: Subject, place: Place) -> bool:
    return any(
        statement.failure is not None and statement.failure.sqlstate == _UNSAFE_USE
        for statement in (subject.upgrade.statements if subject.upgrade else ())
        if statement.transaction == place.statement.transaction
    )


def _named_later(subject: Subject, place: Place, value: str) -> bool:
    """Whether a later statement of a plan that was not run has the value in it; a run would have failed."""
    plan = subject.upgrade
    if plan is None or plan.rendering is not Rendering.STATIC:
        return False
    return any(
        statement.transaction == place.statement.transaction
        and statement.index > place.statement.index
        and f"'{value}'" in statement.sql
        and not any(action.verb is Verb.ALTER_ENUM_ADD for action in statement.actions)
        for statement in plan.statements
    )
