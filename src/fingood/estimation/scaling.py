"""Times of a sample → intervals for the target. Nothing but arithmetic."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from fingood.model.action import Verb
from fingood.model.estimate import Basis, Interval, StatementEstimate
from fingood.model.names import RelationName
from fingood.model.plan import Plan, Statement
from fingood.model.statistics import Statistics

_SORTS = frozenset({Verb.CREATE_INDEX, Verb.REINDEX, Verb.CLUSTER, Verb.VACUUM_FULL, Verb.REFRESH_MATVIEW})
_DML = frozenset({Verb.INSERT, Verb.UPDATE, Verb.DELETE, Verb.MERGE, Verb.COPY})

# From benchmarks/estimates.py: how far real runs lie from the scaled time, with some room.
LOW, HIGH = 0.62, 2.3
JOINED = 0.42, 1.65
"""Checking a foreign key joins two tables: the more rows, the more the server's plan makes of them."""
_WIDEST = 4.0
_DML_SPREAD = 1.7
"""Changed rows cost more where a checkpoint has just been: the page of each is then written to the log whole."""
_LOW_MEASURED, _HIGH_MEASURED = 0.6, 1.9
_SAME = 1.15
"""Up to this ratio the sample counts as the whole table."""
_NOISE = 0.010
"""Seconds that a statement may take more or less, whatever it does: a checkpoint, a busy core."""
_CONSTANT = Interval(0.2, 1.0, 5.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How many times more the target holds than the sample, counted in rows and in bytes."""

    rows: float
    bytes: float
    tables: tuple[RelationName, ...] = ()
    sample_rows: int = 1

    @property
    def low(self) -> float:
        return min(self.rows, self.bytes)

    @property
    def high(self) -> float:
        return max(self.rows, self.bytes)

    @property
    def likely(self) -> float:
        return math.sqrt(self.rows * self.bytes)


def ratio_of(tables: Mapping[RelationName, None], target: Statistics, sample: Statistics) -> Ratio | None:
    """The ratio of tables that one statement works on together; None where the sample holds none of them."""
    names = [name for name in tables if name in target.tables and name in sample.tables]
    rows = sum(sample.tables[name].rows or 0 for name in names)
    size = sum(_stored(sample, name) for name in names)
    if not names or not rows or not size:
        return None
    by_bytes = sum(_stored(target, name) for name in names) / size
    counted = [target.tables[name].rows for name in names]
    by_rows = by_bytes if None in counted else sum(count or 0 for count in counted) / rows
    return Ratio(rows=max(by_rows, 1e-6), bytes=max(by_bytes, 1e-6), tables=tuple(names), sample_rows=rows)


def _stored(statistics: Statistics, name: RelationName) -> int:
    table = statistics.tables[name]
    return table.heap_bytes + table.toast_bytes


def constant(statement: Statement) -> StatementEstimate:
    """A statement whose time is the same on every table: what it took, and some room."""
    took = statement.duration or 0.0
    seconds = Interval(took * _CONSTANT.low, took, took * _CONSTANT.high + _NOISE)
    return StatementEstimate(index=statement.index, basis=Basis.CONSTANT, seconds=seconds, location=statement.location)


def unknown(statement: Statement, reason: str) -> StatementEstimate:
    """A statement that was not measured."""
    return StatementEstimate(
        index=statement.index, basis=Basis.UNKNOWN, seconds=None, location=statement.location, reason=reason
    )


def scaled(statement: Statement, base: float, ratio: Ratio) -> StatementEstimate:
    """A statement that took its ``duration`` on the sample and ``base`` seconds on next to no rows."""
    took = statement.duration or 0.0
    fixed = min(base, took)
    work = took - fixed
    changes = any(action.verb in _DML for action in statement.actions)
    joins = not changes and statement.observed is not None and len(statement.observed.scanned) > 1
    spread, widest = (_DML_SPREAD, 2 * _WIDEST) if changes else (1.0, _WIDEST)
    low, high = JOINED if joins else (LOW, HIGH)
    if ratio.high <= _SAME:
        seconds = _interval(took * _LOW_MEASURED, took, took * _HIGH_MEASURED * spread + _NOISE, widest)
        basis = Basis.MEASURED
    else:
        work *= _growth(statement, ratio)
        seconds = _interval(
            fixed * 0.5 + work * ratio.low * low,
            fixed + work * ratio.likely,
            fixed * 2 + work * ratio.high * high * spread + _NOISE,
            widest,
        )
        basis = Basis.SCALED
    return StatementEstimate(
        index=statement.index,
        basis=basis,
        seconds=seconds,
        ratio=ratio.likely,
        tables=ratio.tables,
        location=statement.location,
    )


def _interval(low: float, likely: float, high: float, widest: float) -> Interval:
    """Ends no more than a factor ``widest`` apart: what takes a few milliseconds is not quicker for being uncertain."""
    low = max(low, high / widest)
    return Interval(low, max(low, likely), high)


def _growth(statement: Statement, ratio: Ratio) -> float:
    """Sorting takes n log n, whatever else happens to a table takes n."""
    sorts = any(
        action.verb in _SORTS or (action.constraint is not None and action.constraint.kind.builds_index)
        for action in statement.actions
    )
    if not sorts or ratio.rows <= 1:
        return 1.0
    few = max(ratio.sample_rows, 1000)
    return math.log2(few * ratio.rows) / math.log2(few)


def worked_on(statement: Statement, schema: str, target: Statistics) -> dict[RelationName, None]:
    """The tables whose rows decide how long the statement takes, in order: read whole, written anew, or changed."""
    names: list[RelationName] = []
    seen = statement.observed
    if seen is not None:
        names += [*seen.rewritten, *(name for name, _ in seen.scanned)]
    for action in statement.actions:
        told = action.verb in _DML or action.concurrently or seen is None
        if told and action.relation is not None:
            names += [action.relation, *action.others]
    found = (table for name in names for table in target.storage_of(name.within(schema)))
    return dict.fromkeys(found)


def changed_by(statement: Statement) -> int:
    """Rows inserted, updated and deleted: what the server counted in tables that were there before, and what the
    driver said of a statement that fills a new one."""
    counted = statement.observed.rows_changed if statement.observed is not None else 0
    tells = any(action.verb in _DML for action in statement.actions)
    return max(counted, (statement.rows or 0) if tells else 0)


def base_seconds(statement: Statement, first: Plan) -> float:
    """What the statement took on next to no rows."""
    same = [one for one in first.statements if one.sql == statement.sql]
    near = [one for one in same if one.index == statement.index] or same
    return (near[0].duration or 0.0) if near else 0.0
