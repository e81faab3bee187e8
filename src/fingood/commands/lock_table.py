"""The locks of an upgrade as rows for people: which statement, which table, what it blocks and until when."""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks import Subject
from fingood.model.action import Lock, LockMode
from fingood.model.names import RelationName
from fingood.model.plan import Plan, Statement

_SHOWN = (
    LockMode.SHARE_UPDATE_EXCLUSIVE,
    LockMode.SHARE,
    LockMode.SHARE_ROW_EXCLUSIVE,
    LockMode.EXCLUSIVE,
    LockMode.ACCESS_EXCLUSIVE,
)


def lock_rows(subject: Subject) -> tuple[tuple[str, ...], ...]:
    """Rows ``(where, statement, table, lock, blocks, until)`` for tables that existed before the revision.

    A table that the transaction already holds as strongly is not named again. Weak locks, which ordinary reads and
    writes take too, are left out; so are SQLite's, which locks the database as a whole.
    """
    if subject.upgrade is None or subject.dialect != "postgresql":
        return ()
    return tuple(_rows(subject, subject.upgrade))


def _rows(subject: Subject, plan: Plan) -> Iterator[tuple[str, ...]]:
    held: dict[tuple[int, RelationName], int] = {}
    for statement in plan.statements:
        for lock in statement.locks:
            strength = _SHOWN.index(lock.mode) if lock.mode in _SHOWN else -1
            name = lock.relation.within(subject.schema)
            key = (statement.transaction or 0, name)
            if strength < 0 or not _existed(subject, name):
                continue
            if statement.transaction is not None:
                if held.get(key, -1) >= strength:
                    continue
                held[key] = strength
            yield _row(statement, lock)


def _existed(subject: Subject, name: RelationName) -> bool:
    return name.name != "alembic_version" and (subject.facts is None or subject.table(name) is not None)


def _row(statement: Statement, lock: Lock) -> tuple[str, ...]:
    verb = statement.actions[0].verb.value if statement.actions else "statement"
    return (
        str(statement.location) if statement.location else "",
        verb,
        str(lock.relation),
        str(lock.mode),
        _blocks(lock.mode),
        "end of statement" if statement.autocommit else "end of transaction",
    )


def _blocks(mode: LockMode) -> str:
    if mode.blocks_reads:
        return "reads and writes"
    return "writes" if mode.blocks_writes else "schema changes"
