"""Estimates: what a migration will cost on the target, each with an interval and with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from fingood.model.action import LockMode
from fingood.model.finding import Location
from fingood.model.names import RelationName


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A quantity that is not known exactly: ``likely``, and ends that it should lie between. Seconds or bytes."""

    low: float
    likely: float
    high: float

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.likely + other.likely, self.high + other.high)

    @classmethod
    def exactly(cls, value: float) -> Interval:
        return cls(value, value, value)


NOTHING = Interval(0.0, 0.0, 0.0)


class Basis(Enum):
    """What an estimate rests on."""

    CONSTANT = "does not depend on the tables' sizes"
    MEASURED = "measured on as many rows as the target has"
    SCALED = "measured on a sample and scaled"
    UNSCALED = "measured in the sandbox, not scaled"
    UNKNOWN = "not measured"

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementEstimate:
    """One statement of a plan. ``index`` is its place in the plan; ``ratio`` how many times more the target holds than
    the sample it was measured on; ``reason`` says why nothing could be measured (``seconds`` is then None)."""

    index: int
    basis: Basis
    seconds: Interval | None
    ratio: float = 1.0
    tables: tuple[RelationName, ...] = ()
    location: Location | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedTable:
    """How long a table is locked, and against what: from the statement that takes the lock to the end of its
    transaction. ``complete`` is False where a statement within could not be estimated."""

    table: RelationName
    mode: LockMode
    seconds: Interval
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeChange:
    """A table with its indexes and TOAST in bytes; nothing ``before`` where the run makes it, nothing ``after`` where
    it drops it."""

    table: RelationName
    before: Interval
    after: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What one direction of a revision will cost on the target.

    ``seconds`` is the whole run; ``blocked`` the tables that others have to wait for, the longest first; ``disk``
    bytes of new files before the old ones are gone, sort files included; ``wal`` bytes of the write-ahead log;
    ``held`` is the strongest lock on each table, weak ones included, with how long it is held; ``changed`` counts rows
    inserted, updated and deleted, ``sizes`` are the tables whose size changes (both only where the run was measured);
    ``rows`` how many rows each sampled table held. ``reason`` says why there is no estimate at all.
    """

    statements: tuple[StatementEstimate, ...] = ()
    seconds: Interval | None = None
    blocked: tuple[BlockedTable, ...] = ()
    disk: Interval | None = None
    wal: Interval | None = None
    held: tuple[BlockedTable, ...] = ()
    changed: Interval | None = None
    sizes: tuple[SizeChange, ...] = ()
    rows: Mapping[RelationName, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    reason: str = ""

    def of(self, index: int) -> StatementEstimate | None:
        """The estimate of one statement."""
        return next((one for one in self.statements if one.index == index), None)
