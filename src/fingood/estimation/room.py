"""Room on disk: the files that a run made, scaled to the target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from fingood.estimation.shape import rows_of
from fingood.model.estimate import Interval
from fingood.model.names import RelationName


@dataclass(frozen=True, slots=True)
class Files:
    """Bytes of each file by its table and number; ``indexes`` are those that belong to an index."""

    bytes: Mapping[tuple[RelationName, int], int]
    indexes: frozenset[int]

    @classmethod
    def of(cls, connection: Connection) -> Files:
        rows = rows_of(connection, "files")
        return cls(
            bytes={(RelationName(row["schema"], row["table"]), row["file"]): row["bytes"] for row in rows},
            indexes=frozenset(row["file"] for row in rows if row["is_index"]),
        )

    def of_tables(self) -> Counter[RelationName]:
        """Bytes by table, with its indexes and its TOAST."""
        found: Counter[RelationName] = Counter()
        for (table, _), size in self.bytes.items():
            found[table] += size
        return found


def new_bytes(before: Files, after: Files, ratios: Mapping[RelationName, float], largest: float) -> tuple[float, float]:
    """Bytes that must be free while the old files are still there: those of tables, and those of indexes.

    The old files of a rewritten table are removed only when the transaction ends. A new table is scaled by the
    ``largest`` ratio, for want of a better one.
    """
    tables = indexes = 0.0
    for (table, file), size in after.bytes.items():
        grown = (size - before.bytes.get((table, file), 0)) * max(1.0, ratios.get(table, largest))
        if grown <= 0:
            continue
        if file in after.indexes:
            indexes += grown
        else:
            tables += grown
    return tables, indexes


def disk_interval(tables: float, indexes: float, sort_memory: float) -> Interval:
    """Index builds that do not fit into maintenance_work_mem sort in files of about the index's own size."""
    sorting = indexes if indexes > sort_memory else 0.0
    return Interval(tables + indexes, tables + indexes + sorting, (tables + indexes) * 1.3 + sorting)
