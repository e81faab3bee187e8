"""The locks of an upgrade or a downgrade as rows: which statement, which table, what it blocks and until when."""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks import Subject
from fingood.model.action import Lock, LockMode
from fingood.model.finding import Direction
from fingood.model.names import RelationName
from fingood.model.plan import Plan, Statement

_SHOWN = (
    LockMode.SHARE_UPDATE_EXCLUSIVE,
    LockMode.SHARE,
    LockMode.SHARE_ROW_EXCLUSIVE,
    LockMode.EXCLUSIVE,
    LockMode.ACCESS_EXCLUSIVE,
)


COLUMNS = ("where", "statement", "table", "lock", "blocks", "known", "from", "to")


def lock_rows(subject: Subject, plan: Plan | None) -> tuple[tuple[str, ...], ...]:
    """Rows of :data:`COLUMNS` for tables that existed before the plan ran.

    ``known`` says how: observed in the run, or parsed from the statement's text. ``from`` and ``to`` are seconds of the
    run in the sandbox, whose tables may be small: they show the order and the overlap, not what the target will take.
    What was not run has the end in words, and no seconds.

    A table that the transaction already holds as strongly is not named again. Weak locks, which ordinary reads and
    writes take too, are left out; so are SQLite's, which locks the database as a whole.
    """
    if plan is None or subject.dialect != "postgresql":
        return ()
    return tuple(_rows(subject, plan))


def _rows(subject: Subject, plan: Plan) -> Iterator[tuple[str, ...]]:
    held: dict[tuple[int, RelationName], int] = {}
    for statement in plan.statements:
        for lock in statement.locks:
            strength = _SHOWN.index(lock.mode) if lock.mode in _SHOWN else -1
            name = lock.relation.within(subject.schema)
            key = (statement.transaction or 0, name)
            if strength < 0 or not _existed(subject, name, plan):
                continue
            if statement.transaction is not None:
                if held.get(key, -1) >= strength:
                    continue
                held[key] = strength
            yield _row(statement, lock, plan)


def _existed(subject: Subject, name: RelationName, plan: Plan) -> bool:
    """Whether others may use the table by then: on the way back also one that the upgrade made."""
    known = subject.facts is None or plan.direction is Direction.DOWNGRADE or subject.table(name) is not None
    return known and name.name != "alembic_version"


def _row(statement: Statement, lock: Lock, plan: Plan) -> tuple[str, ...]:
    verb = statement.actions[0].verb.value if statement.actions else "statement"
    return (
        str(statement.location) if statement.location else "",
        verb,
        str(lock.relation),
        str(lock.mode),
        _blocks(lock.mode),
        "observed" if lock.observed else "parsed",
        *_held(statement, plan),
    )


def _held(statement: Statement, plan: Plan) -> tuple[str, str]:
    """From when and until when the lock is held: to the end of the transaction, or of a statement without one."""
    words = "end of statement" if statement.autocommit else "end of transaction"
    if statement.started is None or statement.duration is None:
        return "its start", words
    start = statement.started
    if statement.autocommit:
        end = start + statement.duration
    else:
        end = max(_ends(statement, plan), default=start)
    return f"{start:.3f} s", f"{end:.3f} s, {words}"


def _ends(statement: Statement, plan: Plan) -> Iterator[float]:
    """When the statements of the transaction were done; a transaction that outlives them ends after the revision."""
    mine = [one for one in plan.statements if one.transaction == statement.transaction]
    yield from ((one.started or 0.0) + (one.duration or 0.0) for one in mine)
    if plan.duration is not None and mine and mine[-1] is plan.statements[-1]:
        yield plan.duration


def _blocks(mode: LockMode) -> str:
    if mode.blocks_reads:
        return "reads, writes, DDL"
    return "writes, DDL" if mode.blocks_writes else "DDL"
