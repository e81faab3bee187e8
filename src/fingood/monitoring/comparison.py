"""Two stretches of a database's work laid beside each other: what got slower, and how sure that is. No I/O.

A statement's times are compared as a ratio with its 95 % interval (delta method on the logarithm, from the counts,
means and spreads that pg_stat_statements keeps). What quiet times differ by among themselves is measured from their
samples (A against A); a change counts only beyond that noise and after correction for many comparisons
(Benjamini and Hochberg 1995).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from itertools import pairwise
from typing import TypeVar

from fingood.model.workload import MOST, StatementCount, Workload

T = TypeVar("T")

LEAST_CALLS = 10
LEAST_SAMPLES = 3
SLOWER = 1.2
FALSE_ALARMS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What was counted between two snapshots. ``whole`` is False where it begins with the counters themselves, at
    ``begun`` if known, and not with a snapshot."""

    begun: datetime | None
    ended: datetime
    database: Mapping[str, float]
    tables: Mapping[str, Mapping[str, float]]
    indexes: Mapping[str, Mapping[str, float]]
    statements: Mapping[str, StatementCount]
    whole: bool = True

    @property
    def seconds(self) -> float:
        """How long it lasted; 0 where its beginning is not known."""
        return (self.ended - self.begun).total_seconds() if self.begun else 0.0


def between(first: Workload | None, last: Workload) -> Stretch:
    """What was counted from ``first`` to ``last``; from the beginning of the counters where there is no first, or where
    they were reset meanwhile."""
    if first is not None and first.reset != last.reset:
        first = None
    statements = {}
    for key, count in _known(first.statements if first else {}, last.statements).items():
        grown = count.since(first.statements.get(key) if first else None)
        if grown is not None and grown.calls > 0:
            statements[key] = grown
    return Stretch(
        begun=first.taken if first else _begun(last.reset),
        ended=last.taken,
        database=_grown(first.database if first else {}, last.database),
        tables=_all_grown(first.tables if first else {}, last.tables),
        indexes=_all_grown(first.indexes if first else {}, last.indexes),
        statements=statements,
        whole=first is not None,
    )


def _known(first: Mapping[str, T], last: Mapping[str, T]) -> Mapping[str, T]:
    """What can be subtracted: where the first snapshot was full, only what stands in it."""
    return {key: count for key, count in last.items() if len(first) < MOST or key in first}


def _all_grown(
    first: Mapping[str, Mapping[str, float]], last: Mapping[str, Mapping[str, float]]
) -> Mapping[str, Mapping[str, float]]:
    return {name: _grown(first.get(name, {}), counts) for name, counts in _known(first, last).items()}


def _begun(reset: str) -> datetime | None:
    try:
        return datetime.fromisoformat(reset) if reset else None
    except ValueError:
        return None


def _grown(first: Mapping[str, float], last: Mapping[str, float]) -> Mapping[str, float]:
    """A counter that is not there has counted nothing."""
    return {key: value - first.get(key, 0.0) for key, value in last.items()}


class Sureness(Enum):
    """How sure a change is: beyond the noise that quiet times showed; by its own spread alone; or not to be told from
    chance."""

    CALIBRATED = "beyond the noise of the quiet time"
    UNCALIBRATED = "by its own spread; no quiet time was sampled"
    CHANCE = "not to be told from chance"

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A statement before and after. Times are seconds a call; ``ratio`` is after to before with its 95 % interval from
    ``low`` to ``high``, ``blocks`` the ratio of blocks a call, which does not depend on the machine's load."""

    text: str
    calls: tuple[float, float]
    seconds: tuple[float, float]
    ratio: float
    low: float
    high: float
    chance: float
    blocks: float | None = None
    sureness: Sureness = Sureness.CHANCE

    @property
    def slower(self) -> bool:
        return self.sureness is not Sureness.CHANCE and self.ratio > 1

    @property
    def faster(self) -> bool:
        return self.sureness is not Sureness.CHANCE and self.ratio < 1


@dataclass(frozen=True, slots=True)
class Noise:
    """By what factor the same statement differs between two quiet stretches: 95 of 100 stay below ``factor``.
    ``comparisons`` is how many it was taken from, 0 for none."""

    factor: float = 1.0
    comparisons: int = 0


def measure_noise(samples: Sequence[Workload]) -> Noise:
    """A against A: each quiet stretch against the next one. Needs three snapshots."""
    if len(samples) < LEAST_SAMPLES:
        return Noise()
    stretches = [between(first, last) for first, last in pairwise(samples)]
    return noise_of(ratio for one, other in pairwise(stretches) for ratio in _ratios(one, other))


def noise_of(ratios: Iterable[float]) -> Noise:
    """The noise that ratios of equal things show."""
    seen = sorted(abs(math.log(ratio)) for ratio in ratios)
    if not seen:
        return Noise()
    return Noise(math.exp(seen[min(len(seen) - 1, math.ceil(0.95 * len(seen)) - 1)]), len(seen))


def _ratios(one: Stretch, other: Stretch) -> Iterable[float]:
    for key, before in one.statements.items():
        after = other.statements.get(key)
        if after is not None and min(before.calls, after.calls) >= LEAST_CALLS and before.seconds > 0 < after.seconds:
            yield (after.seconds / after.calls) / (before.seconds / before.calls)


def compare_statements(before: Stretch, after: Stretch, noise: Noise) -> tuple[Change, ...]:
    """The statements that ran often enough in both, the largest change first."""
    pairs = [_change(count, other) for count, other in _pairs(before.statements, after.statements)]
    changes = [change for change in pairs if change is not None]
    limit = _significant([change.chance for change in changes])
    beyond = max(SLOWER, noise.factor)
    sure = Sureness.CALIBRATED if noise.comparisons else Sureness.UNCALIBRATED
    judged = [_judged(change, sure, beyond, limit) for change in changes]
    return tuple(sorted(judged, key=lambda change: -abs(math.log(change.ratio))))


def _pairs(
    before: Mapping[str, StatementCount], after: Mapping[str, StatementCount]
) -> Iterable[tuple[StatementCount, StatementCount]]:
    """By query id; where a migration made a table anew, whose number is in the id before PostgreSQL 18, by the text."""
    by_text = {count.text: count for key, count in before.items() if key not in after}
    for key, count in after.items():
        other = before.get(key) or by_text.get(count.text)
        if other is not None:
            yield other, count


def _change(before: StatementCount, after: StatementCount) -> Change | None:
    if min(before.calls, after.calls) < LEAST_CALLS or before.seconds <= 0 or after.seconds <= 0:
        return None
    means = before.seconds / before.calls, after.seconds / after.calls
    error = math.sqrt(_relative_variance(before) + _relative_variance(after)) or 1e-9
    distance = math.log(means[1] / means[0])
    blocks = None
    if before.blocks > 0 < after.blocks:
        blocks = (after.blocks / after.calls) / (before.blocks / before.calls)
    return Change(
        text=after.text,
        calls=(before.calls, after.calls),
        seconds=means,
        ratio=math.exp(distance),
        low=math.exp(distance - 1.96 * error),
        high=math.exp(distance + 1.96 * error),
        chance=math.erfc(abs(distance) / error / math.sqrt(2)),
        blocks=blocks,
    )


def _relative_variance(count: StatementCount) -> float:
    """The variance of the mean in units of the mean squared."""
    mean = count.seconds / count.calls
    spread = max(count.squares / count.calls - mean**2, 0.0)
    return spread / count.calls / mean**2


def _significant(chances: Sequence[float]) -> float:
    """The largest chance that still counts when 5 of 100 findings may be false (Benjamini and Hochberg)."""
    limit = 0.0
    for rank, chance in enumerate(sorted(chances), 1):
        if chance <= FALSE_ALARMS * rank / len(chances):
            limit = chance
    return limit


def _judged(change: Change, sure: Sureness, beyond: float, limit: float) -> Change:
    far = change.low > beyond or change.high < 1 / beyond
    if not far or change.chance > limit:
        return change
    return replace(change, sureness=sure)
