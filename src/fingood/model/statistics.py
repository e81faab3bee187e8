"""Statistics: how much lies in a database's tables, and of what kind, as the server itself counts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fingood.model.names import RelationName


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnStatistics:
    """A column in the view pg_stats (manual, 52.28), its values as text.

    ``null_share`` is the share of rows without a value, ``width`` the average width in bytes, ``common`` the most
    common values with their shares, ``bounds`` values that cut the rest into parts of equal size, ``correlation``
    how far the order on disk is that of the values, from -1 to 1.
    """

    null_share: float = 0.0
    width: int = 0
    distinct: float = 0.0
    common: tuple[tuple[str, float], ...] = ()
    bounds: tuple[str, ...] = ()
    correlation: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TableStatistics:
    """A table with storage of its own (a partition, not what it is a partition of).

    ``rows`` is the planner's count, None where it has never been analysed; ``dead_rows`` what VACUUM would clear;
    sizes are bytes on disk: ``heap_bytes`` of the table itself, ``toast_bytes`` of values too long for it,
    ``index_bytes`` of all its indexes. ``columns`` holds those whose statistics the role may read.
    """

    name: RelationName
    rows: int | None = None
    dead_rows: int = 0
    heap_bytes: int = 0
    toast_bytes: int = 0
    index_bytes: int = 0
    columns: Mapping[str, ColumnStatistics] = field(default_factory=dict)

    @property
    def total_bytes(self) -> int:
        return self.heap_bytes + self.toast_bytes + self.index_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Tables that have storage, and ``leaves``: for every partitioned table the partitions that hold its rows.
    ``settings`` are the server's own that decide how fast it works, each in the words SET takes."""

    tables: Mapping[RelationName, TableStatistics] = field(default_factory=dict)
    leaves: Mapping[RelationName, tuple[RelationName, ...]] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)

    def storage_of(self, name: RelationName) -> tuple[RelationName, ...]:
        """The tables that hold the rows of this one: itself, or its partitions; none where it is not known."""
        if name in self.leaves:
            return self.leaves[name]
        return (name,) if name in self.tables else ()
