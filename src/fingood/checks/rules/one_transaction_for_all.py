"""All pending revisions in one transaction.

## What it does
Finds an env.py without `transaction_per_migration=True` when several revisions are pending and more than one of them
locks existing tables against everybody.

## Why it matters
Every lock of every revision is held until the last one is done; a failure at the end takes all of it back.

## Instead
`context.configure(..., transaction_per_migration=True)`.

## Manual
Alembic, `EnvironmentContext.configure`. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.subject import Subject
from fingood.model.action import LockMode
from fingood.model.names import RelationName
from fingood.model.plan import Plan, Statement
from fingood.model.severity import Severity
from fingood.statements.locks import locks_of


@check(
    title="Locks of all revisions are held until the last is done",
    family=Family.LOCK,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
    needs=(Need.PLAN, Need.TARGET),
)
def one_transaction_for_all(subject: Subject) -> Iterator[Hit]:
    plan = subject.upgrade
    if plan is None or plan.transaction_per_migration:
        return
    own = next((place for place in subject.places() if _locked(subject, place.statement)), None)
    before = [(earlier.revision, _first(subject, earlier)) for earlier in subject.earlier]
    holding = [(revision, table) for revision, table in before if table]
    if own is None or not holding:
        return
    revision, table = holding[0]
    yield Hit(
        message=f"{table}, locked by {revision}, stays locked until {subject.revision} is done.",
        effect=f"{len(holding) + 1} pending revisions that lock tables run in one transaction.",
        remedy="context.configure(connection=connection, transaction_per_migration=True)",
        place=own,
        table=table,
    )


def _first(subject: Subject, plan: Plan) -> RelationName | None:
    return next((table for statement in plan.statements for table in _locked(subject, statement)), None)


def _locked(subject: Subject, statement: Statement) -> list[RelationName]:
    """The target's tables that the statement locks against everybody, to the end of its transaction."""
    if statement.autocommit:
        return []
    return [
        lock.relation
        for lock in locks_of(statement.actions, subject.version or 170000)
        if lock.mode is LockMode.ACCESS_EXCLUSIVE and subject.rows(lock.relation) is not None
    ]
