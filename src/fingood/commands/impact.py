"""What a revision and its way back would cost on the target: what `test-rollback` tells beside the proof."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fingood.commands.costs import Costs, interval_of
from fingood.commands.ground import Ground
from fingood.estimation import as_measured
from fingood.model.estimate import BlockedTable, Estimate, Interval
from fingood.model.plan import Plan
from fingood.model.quantities import in_words, size_in_words
from fingood.model.report import Section, Table, Text
from fingood.revisions import Revision
from fingood.rollback import Proof, target_below

_PAGE = 8192
"""PostgreSQL writes and grows in pages: less than one is next to nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """One estimate for each direction; one with a reason says why there is none. ``unscaled`` says why the numbers are
    those of the sandbox itself, '' where they are the target's."""

    up: Estimate
    down: Estimate
    unscaled: str = ""

    @property
    def directions(self) -> tuple[tuple[str, Estimate], ...]:
        return ("upgrade", self.up), ("downgrade", self.down)


def impact_of(costs: Costs, ground: Ground, revision: Revision, proof: Proof) -> Impact | None:
    """Both directions, measured once more on rows like the target's. Without a target they are what the proof's own
    runs took; None where there were none."""
    if proof.up is None:
        return None
    gone = _why_not(proof.up, "upgrade"), _why_not(proof.down, "downgrade")
    if costs.estimator is None or gone[0]:
        up, down = (
            Estimate(reason=why) if why or plan is None else as_measured(plan)
            for why, plan in zip(gone, (proof.up, proof.down), strict=True)
        )
        return Impact(up=up, down=down, unscaled=costs.reason)
    spare = ground.below(revision).clone()
    try:
        if gone[1] or proof.down is None:
            return Impact(up=costs.estimator.estimate(spare, proof.up), down=Estimate(reason=gone[1]))
        up, down = costs.estimator.there_and_back(spare, proof.up, proof.down, target_below(revision))
        return Impact(up=up, down=down)
    finally:
        spare.drop()


def _why_not(plan: Plan | None, name: str) -> str:
    if plan is None:
        return f"the {name} was not run"
    return f"the {name} fails in the sandbox" if plan.failure is not None else ""


def sections_of(impact: Impact | None) -> tuple[Section, ...]:
    """What it takes, which locks it holds, which tables grow or shrink; or why nobody knows."""
    if impact is None:
        return ()
    told = [(name, one) for name, one in impact.directions if one.statements or not one.reason]
    place = "in the sandbox" if impact.unscaled else "on the target"
    tables = (
        Table(
            title=f"impact {place}",
            columns=("direction", "seconds", "rows changed", "WAL"),
            rows=tuple((name, *_cells(one)) for name, one in told),
        ),
        Table(
            title=f"locks {place}",
            columns=("direction", "table", "strongest lock", "held for"),
            rows=tuple((name, *_lock(lock)) for name, one in told for lock in one.held),
        ),
        Table(
            title=f"sizes {place}",
            columns=("direction", "table", "size before", "size after"),
            rows=tuple(
                (name, str(size.table), _bytes(size.before), _bytes(size.after))
                for name, one in told
                for size in one.sizes
            ),
        ),
    )
    lines = tuple(_remarks(impact, bool(told)))
    remarks = (Text(title="about the impact", lines=lines),) if lines else ()
    return (*(table for table in tables if table.rows), *remarks)


def _remarks(impact: Impact, told: bool) -> Iterator[str]:
    if told and impact.unscaled:
        yield f"measured on the sandbox's own few rows, not scaled to a target: {impact.unscaled}"
    for name, one in impact.directions:
        if one.reason and one.statements:
            yield f"{name} not estimated: {one.reason}"


def data_of(impact: Impact | None) -> dict[str, object] | None:
    """Both directions as JSON values, in seconds, bytes and rows."""
    if impact is None:
        return None
    directions = {name: _values(one) for name, one in impact.directions}
    return {"scaled": not impact.unscaled, "not_scaled": impact.unscaled, **directions}


def _values(one: Estimate) -> dict[str, object]:
    return {
        "reason": one.reason,
        "seconds": interval_of(one.seconds),
        "rows_changed": interval_of(one.changed),
        "wal_bytes": interval_of(one.wal),
        "locks": [
            {
                "table": str(lock.table),
                "lock": str(lock.mode),
                "seconds": interval_of(lock.seconds),
                "complete": lock.complete,
            }
            for lock in one.held
        ],
        "sizes": [
            {
                "table": str(size.table),
                "before_bytes": interval_of(size.before),
                "after_bytes": interval_of(size.after),
            }
            for size in one.sizes
        ],
        "statements": [
            {"index": each.index, "basis": each.basis.value, "seconds": interval_of(each.seconds), "why": each.reason}
            for each in one.statements
        ],
    }


def _cells(one: Estimate) -> tuple[str, str, str]:
    unknown = next((each.reason for each in one.statements if each.seconds is None), "unknown")
    return (
        in_words(one.seconds) if one.seconds is not None else unknown,
        _count(one.changed),
        _bytes(one.wal),
    )


def _lock(lock: BlockedTable) -> tuple[str, str, str]:
    return str(lock.table), str(lock.mode), in_words(lock.seconds) + ("" if lock.complete else " or longer")


def _count(rows: Interval | None) -> str:
    if rows is None:
        return "unknown"
    return f"about {rows.likely:,.0f}" if rows.likely >= 1 else "none"


def _bytes(size: Interval | None) -> str:
    if size is None:
        return "unknown"
    if not size.high:
        return "none"
    if size.high < _PAGE:
        return f"under {size_in_words(_PAGE)}"
    if size.high - size.low <= 0.05 * size.likely:
        return size_in_words(size.likely)
    return f"about {size_in_words(size.likely)} ({size_in_words(size.low)}–{size_in_words(size.high)})"
