"""How the times of a column lie within the day, and whether a migration moved them all.

A type change under another TimeZone, or a conversion done twice, moves every time by the same hours, or by one hour
less in summer: no row is lost and no sum changes. What is taken is the number of times in each quarter of an hour, the
earliest, the latest and their sum. Times with a zone are taken by UTC and by the clock of the table's zone (of the
settings, else the session's), so that they compare with times that were written without one before. PostgreSQL manual:
8.5.1.3 (conversion between timestamp and timestamp with time zone).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.engine import Connection

from fingood.model.facts import ColumnFacts
from fingood.model.names import RelationName
from fingood.validation.dates import ISO_DATE
from fingood.validation.ledger import LedgerTable, Recognised, column_sql, literal
from fingood.validation.query import read
from fingood.validation.roles import dates_of

SLOT = 900
"""Seconds of a quarter of an hour; all zones of today are whole quarters from UTC."""

_SLOTS = 86_400 // SLOT
_FURTHEST = 26 * 3600
"""Seconds between the zones furthest apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Times as one clock shows them: how many in each quarter of the day; ``first``, ``last`` and ``total`` are seconds
    since 1970 on that clock."""

    slots: tuple[int, ...]
    first: int
    last: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The times of a column: as they are written, or with a zone by UTC (``plain``) and by the clock of ``zone``
    (``local``). ``zone_said`` says that the settings name the zone."""

    table: RelationName
    column: str
    rows: int
    plain: Clock
    local: Clock | None = None
    zone: str = ""
    zone_said: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """All times moved, the earliest by ``first`` seconds and the latest by ``last``; the same where all moved alike."""

    first: int
    last: int

    def __str__(self) -> str:
        return _span(self.first) if self.first == self.last else f"{_span(self.first)} to {_span(self.last)}"


def take_times(
    connection: Connection, recognised: Recognised, *, watch: Callable[[str], None] = lambda label: None
) -> tuple[Times, ...]:
    """Of every timestamp column of tables with money, and of those that they refer to. Raises CannotRead."""
    found = []
    for table in _tables(recognised):
        for column in dates_of(table.shape):
            if not column.type.lower().startswith(("timestamp", "datetime")):
                continue
            watch(f"times of {table.name}.{column.name}")
            taken = _take(connection, table, column, table.time_zone or recognised.facts.timezone)
            found += [taken] if taken else []
    return tuple(found)


def _tables(recognised: Recognised) -> Iterator[LedgerTable]:
    money = [table for table in recognised.tables if table.money]
    names = dict.fromkeys(table.name for table in money)
    for table in money:
        for constraint in table.shape.constraints:
            if constraint.references is not None:
                names.setdefault(constraint.references.within(recognised.facts.default_schema))
    yield from filter(None, map(recognised.table, names))


def _take(connection: Connection, table: LedgerTable, column: ColumnFacts, zone: str) -> Times | None:
    name = column_sql("t", column.name)
    zoned = "with time zone" in column.type.lower()
    if connection.dialect.name == "sqlite":
        # Texts that only begin as a date are NULL to strftime, and no time.
        seconds = [f"CAST(strftime('%s', {name}) AS integer)"]
        where = f"{name} GLOB '{ISO_DATE}' AND strftime('%s', {name}) IS NOT NULL"
    else:
        clocks = [name, f"{name} AT TIME ZONE {literal(zone)}"] if zoned else [name]
        seconds, where = [_seconds(clock) for clock in clocks], f"isfinite({name})"
    slots = [f"(({one} / {SLOT}) % {_SLOTS} + {_SLOTS}) % {_SLOTS} AS s{n}" for n, one in enumerate(seconds)]
    values = [f"{one} AS v{n}" for n, one in enumerate(seconds)]
    numbers = range(len(seconds))
    told = ", ".join(f"s{n}, min(v{n}) AS first{n}, max(v{n}) AS last{n}, sum(v{n}) AS total{n}" for n in numbers)
    by = ", ".join(f"s{n}" for n in numbers)
    inner = f"SELECT {', '.join([*slots, *values])} FROM {table.name.sql} t WHERE {where}"
    rows = read(connection, f"SELECT count(*) AS n, {told} FROM ({inner}) v GROUP BY {by}")
    if not rows:
        return None
    return Times(
        table=table.name,
        column=column.name,
        rows=sum(int(row["n"]) for row in rows),
        plain=_clock(rows, 0),
        local=_clock(rows, 1) if len(seconds) > 1 else None,
        zone=zone if zoned else "",
        zone_said=bool(table.time_zone),
    )


def _seconds(clock: str) -> str:
    return f"CAST(floor(date_part('epoch', {clock})) AS bigint)"


def _clock(rows: Sequence[Mapping[str, Any]], number: int) -> Clock:
    slots = [0] * _SLOTS
    for row in rows:
        slots[int(row[f"s{number}"])] += int(row["n"])
    return Clock(
        slots=tuple(slots),
        first=min(int(row[f"first{number}"]) for row in rows),
        last=max(int(row[f"last{number}"]) for row in rows),
        total=sum(int(row[f"total{number}"]) for row in rows),
    )


def find_move(old: Times, new: Times) -> Move | None:
    """How all times moved; None where they did not, or not together. Where a zone was added to the type, or taken from
    it, nothing moved that either UTC's clock or the zone's still shows as it was."""
    if old.rows != new.rows:
        return None
    if (old.local is None) == (new.local is None):
        return _move(old.plain, new.plain, old.rows)
    pairs = [(one, other) for one in (old.local, old.plain) if one for other in (new.local, new.plain) if other]
    if any(one == other for one, other in pairs):
        return None
    moves = [move for one, other in pairs if (move := _move(one, other, old.rows))]
    return min(moves, key=lambda move: (move.first != move.last, abs(move.first)), default=None)


def _move(old: Clock, new: Clock, rows: int) -> Move | None:
    first, last, sums = new.first - old.first, new.last - old.last, new.total - old.total
    if old.first == old.last and (first % SLOT or abs(first) > _FURTHEST):
        return None  # one moment alone, written anew, is no zone's doing
    if first == last:
        turned = first % SLOT or tuple(old.slots[(n - first // SLOT) % _SLOTS] for n in range(_SLOTS)) == new.slots
        return Move(first=first, last=last) if first and sums == rows * first and turned else None
    low, high = sorted((first, last))
    zones = low % SLOT == 0 == high % SLOT and low * high > 0 and max(abs(low), abs(high)) <= _FURTHEST
    return Move(first=first, last=last) if zones and high - low <= 7200 and _between(sums, rows, low, high) else None


def _between(sums: int, rows: int, low: int, high: int) -> bool:
    """Whether the mean move lies between that of the earliest and that of the latest."""
    return rows * low < sums < rows * high


def _span(seconds: int) -> str:
    """``+2 h``, ``-5 h 30 min``, ``+3 d``."""
    left, parts = abs(seconds), []
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        number, left = divmod(left, size)
        parts += [f"{number} {unit}"] if number else []
    return f"{'-' if seconds < 0 else '+'}{' '.join(parts)}"


def times_as_data(times: Times) -> dict[str, Any]:
    """For a file; :func:`times_of_data` reads it."""
    return {**asdict(times), "table": [times.table.schema, times.table.name]}


def times_of_data(data: Mapping[str, Any]) -> Times:
    """Raises KeyError, TypeError where the file is another's."""
    clocks = {
        name: Clock(**{**data[name], "slots": tuple(data[name]["slots"])}) for name in ("plain", "local") if data[name]
    }
    return Times(**{**data, "table": RelationName(*data["table"]), **clocks})
