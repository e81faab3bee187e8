"""Two snapshots of a SQLite database laid beside each other: what an upgrade changed, and how sure that is. No I/O.

The times of counting a table's rows are compared as statements of a server are (comparison.py). Noise is what times
differ by that nothing can have changed: the two halves of one table's times within a snapshot (A against A), and
tables that the upgrade left as they were, before against after.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fingood.model.file_snapshot import FileSnapshot, TableShape
from fingood.model.workload import StatementCount
from fingood.monitoring.comparison import LEAST_CALLS, SLOWER, Change, Noise, Stretch, compare_statements, noise_of

LEAST_DIFFERENCE = 0.0005
"""Seconds. What differs by less is nothing that anybody waits for, however sure it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChange:
    """A table before and after; None where it was not there."""

    name: str
    before: TableShape | None
    after: TableShape | None

    @property
    def lost_rows(self) -> int:
        """How many rows fewer there are; 0 where that is not known, or where the table is new or gone."""
        if self.before is None or self.after is None or self.before.rows is None or self.after.rows is None:
            return 0
        return max(self.before.rows - self.after.rows, 0)

    @property
    def untouched(self) -> bool:
        """Whether nothing of its size changed."""
        return (
            self.before is not None
            and self.after is not None
            and (self.before.rows, self.before.pages) == (self.after.rows, self.after.pages)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FileComparison:
    """The snapshots around an upgrade and what differs; ``broken`` are files that are no snapshots."""

    before: FileSnapshot
    after: FileSnapshot
    tables: tuple[TableChange, ...]
    reads: tuple[Change, ...]
    noise: Noise
    broken: tuple[str, ...]

    @property
    def unseen(self) -> tuple[str, ...]:
        """What either snapshot could not read, each once."""
        lines = (*self.before.unseen, *self.after.unseen)
        return (*dict.fromkeys(lines), *(f"{name} cannot be read as a snapshot" for name in self.broken))


def tables_of(before: FileSnapshot, after: FileSnapshot) -> tuple[TableChange, ...]:
    """Every table of either snapshot, the largest first."""
    names = sorted(
        {*before.tables, *after.tables},
        key=lambda name: (-max(_pages(before.tables.get(name)), _pages(after.tables.get(name))), name),
    )
    return tuple(TableChange(name=name, before=before.tables.get(name), after=after.tables.get(name)) for name in names)


def reads_of(before: FileSnapshot, after: FileSnapshot) -> tuple[tuple[Change, ...], Noise]:
    """How long counting each table took, before and after, where it was counted often enough in both; and the noise."""
    same = {
        change.name
        for change in tables_of(before, after)
        if change.untouched and _indexes(before, change.name) == _indexes(after, change.name)
    }
    noise = noise_of((*_halves(before), *_halves(after), *_pairs(before, after, same)))
    return compare_statements(_stretch(before), _stretch(after), noise), noise


def slower_reads(changes: tuple[Change, ...], before: FileSnapshot, after: FileSnapshot) -> Iterator[Change]:
    """The reads that are slower by more than their rows are more, and by so much that somebody may notice."""
    for change in changes:
        more = _ratio(before.tables[change.text].rows, after.tables[change.text].rows)
        noticed = change.seconds[1] - change.seconds[0] >= LEAST_DIFFERENCE
        if change.slower and noticed and change.ratio / max(more, 1.0) > SLOWER:
            yield change


def lost_indexes(before: FileSnapshot, after: FileSnapshot) -> tuple[str, ...]:
    """Indexes that are gone while their table, under its own name, is still there."""
    gone = [name for name in before.indexes if name not in after.indexes]
    return tuple(name for name in gone if before.indexes[name].table in after.tables and not _automatic(name))


def lost_triggers(before: FileSnapshot, after: FileSnapshot) -> tuple[str, ...]:
    """Triggers that are gone while what they stood on is still there."""
    there = {*after.tables, *after.plans}
    return tuple(name for name, on in before.triggers.items() if name not in after.triggers and on in there)


def broken_views(before: FileSnapshot, after: FileSnapshot) -> tuple[str, ...]:
    """Views that can no longer be read."""
    return tuple(view for view, lines in after.plans.items() if not lines and before.plans.get(view))


def worse_plans(before: FileSnapshot, after: FileSnapshot) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Views that read more tables from end to end than before, and what they read so now."""
    for view, lines in after.plans.items():
        if before.plans.get(view):
            scans = _scans(lines)
            if len(scans) > len(_scans(before.plans[view])):
                yield view, tuple(line for line in scans if line not in _scans(before.plans[view]))


def changed_plans(before: FileSnapshot, after: FileSnapshot) -> tuple[str, ...]:
    """Views that are read in another way than before."""
    return tuple(
        view for view, lines in after.plans.items() if lines and before.plans.get(view, lines) not in (lines, ())
    )


def _scans(lines: tuple[str, ...]) -> list[str]:
    """The steps that read all of a table or index: SCAN, as against SEARCH (sqlite.org/eqp.html, 1.1)."""
    return [line.strip() for line in lines if line.strip().startswith("SCAN ") and "CONSTANT ROW" not in line]


def _automatic(name: str) -> bool:
    return name.startswith("sqlite_autoindex_")


def _indexes(snapshot: FileSnapshot, table: str) -> set[str]:
    return {name for name, index in snapshot.indexes.items() if index.table == table}


def _pages(table: TableShape | None) -> int:
    return (table.pages or 0) if table else 0


def _ratio(before: int | None, after: int | None) -> float:
    return after / before if before and after else 1.0


def _count(table: str, times: tuple[float, ...]) -> StatementCount:
    squares = sum(one**2 for one in times)
    return StatementCount(text=table, calls=float(len(times)), seconds=sum(times), squares=squares)


def _stretch(snapshot: FileSnapshot) -> Stretch:
    counts: Mapping[str, StatementCount] = {name: _count(name, table.times) for name, table in snapshot.tables.items()}
    return Stretch(begun=None, ended=snapshot.taken, database={}, tables={}, indexes={}, statements=counts)


def _halves(snapshot: FileSnapshot) -> Iterator[float]:
    for table in snapshot.tables.values():
        if len(table.times) >= LEAST_CALLS:
            middle = len(table.times) // 2
            one, other = table.times[:middle], table.times[middle:]
            yield (sum(other) / len(other)) / (sum(one) / len(one))


def _pairs(before: FileSnapshot, after: FileSnapshot, names: set[str]) -> Iterator[float]:
    for name in sorted(names):
        one, other = before.tables[name].times, after.tables[name].times
        if min(len(one), len(other)) >= LEAST_CALLS and math.fsum(one) > 0 < math.fsum(other):
            yield (sum(other) / len(other)) / (sum(one) / len(one))
