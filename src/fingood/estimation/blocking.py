"""Who has to wait, and for how long: locks laid over the statements' estimated times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fingood.model.action import LockMode
from fingood.model.estimate import NOTHING, BlockedTable, StatementEstimate
from fingood.model.names import RelationName
from fingood.model.plan import Plan, Statement

_MODES = tuple(LockMode)


def blocked_tables(
    plan: Plan, estimates: Sequence[StatementEstimate], schema: str, existed: frozenset[RelationName]
) -> tuple[BlockedTable, ...]:
    """For each table that was there before: from when on its writers have to wait, and from when on its readers too.

    A lock is held from its statement to the end of the transaction, in autocommit to the end of the statement.
    """
    by_index = {one.index: one for one in estimates}
    found: dict[tuple[RelationName, bool, int], BlockedTable] = {}
    for statement in plan.statements:
        for lock in statement.locks:
            name = lock.relation.within(schema)
            if name not in existed or not lock.mode.blocks_writes:
                continue
            transaction = -1 - statement.index if statement.transaction is None else statement.transaction
            window = _window(name, lock.mode, list(_until_the_end(plan, statement)), by_index)
            for reads in (False, True) if lock.mode.blocks_reads else (False,):
                found.setdefault((name, reads, transaction), window)
    longest: dict[tuple[RelationName, LockMode], BlockedTable] = {}
    for window in found.values():
        key = (window.table, window.mode)
        if key not in longest or longest[key].seconds.likely < window.seconds.likely:
            longest[key] = window
    return tuple(sorted(longest.values(), key=lambda one: -one.seconds.likely))


def held_locks(
    plan: Plan, estimates: Sequence[StatementEstimate], schema: str, existed: frozenset[RelationName]
) -> tuple[BlockedTable, ...]:
    """The strongest lock on each table that was there before, and how long it is held, the strongest first."""
    by_index = {one.index: one for one in estimates}
    found: dict[RelationName, BlockedTable] = {}
    for statement in plan.statements:
        for lock in statement.locks:
            name = lock.relation.within(schema)
            if name not in existed:
                continue
            window = _window(name, lock.mode, list(_until_the_end(plan, statement)), by_index)
            if name not in found or _weight(found[name]) < _weight(window):
                found[name] = window
    return tuple(sorted(found.values(), key=_weight, reverse=True))


def _weight(window: BlockedTable) -> tuple[int, float]:
    return _MODES.index(window.mode), window.seconds.likely


def _until_the_end(plan: Plan, first: Statement) -> Iterator[Statement]:
    if first.transaction is None:
        yield first
        return
    for statement in plan.statements:
        if statement.index >= first.index and statement.transaction == first.transaction:
            yield statement


def _window(
    table: RelationName, mode: LockMode, statements: Sequence[Statement], by_index: dict[int, StatementEstimate]
) -> BlockedTable:
    total, complete = NOTHING, True
    for statement in statements:
        estimate = by_index.get(statement.index)
        if estimate is None or estimate.seconds is None:
            complete = False
        else:
            total += estimate.seconds
    return BlockedTable(table=table, mode=mode, seconds=total, complete=complete)
