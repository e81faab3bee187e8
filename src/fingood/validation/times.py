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

_UTC = ("UTC", "GMT", "Etc/UTC", "Etc/GMT", "Etc/UCT", "UCT")
_DAY = 86_400
_SLOTS = _DAY // SLOT
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
    """How far ``rows`` times moved, in seconds: all by ``low``, or some by ``low`` and the rest by ``high``, as where
    clocks change in summer."""

    rows: int
    low: int
    high: int

    def __str__(self) -> str:
        return _span(self.low) if self.low == self.high else f"{_span(self.low)} to {_span(self.high)}"


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
        clocks = [name, f"{name} AT TIME ZONE {literal(zone)}"] if zoned and zone not in _UTC else [name]
        seconds, where = [_seconds(clock) for clock in clocks], f"isfinite({name})"
    values = ", ".join(f"{one} AS v{n}" for n, one in enumerate(seconds))
    numbers = range(len(seconds))
    # Seconds before 1970 are negative, and so is their remainder.
    slots = [f"(v{n} % {_DAY} + {_DAY}) % {_DAY} / {SLOT}" for n in numbers]
    told = ", ".join(
        f"{slot} AS s{n}, min(v{n}) AS first{n}, max(v{n}) AS last{n}, sum(v{n}) AS total{n}"
        for n, slot in enumerate(slots)
    )
    # Behind OFFSET 0 the seconds are worked out once a row, and not once for each sum over them.
    behind = "LIMIT -1 OFFSET 0" if connection.dialect.name == "sqlite" else "OFFSET 0"
    inner = f"SELECT {values} FROM {table.name.sql} t WHERE {where} {behind}"
    rows = read(connection, f"SELECT count(*) AS n, {told} FROM ({inner}) v GROUP BY {', '.join(slots)}")
    if not rows:
        return None
    return Times(
        table=table.name,
        column=column.name,
        rows=sum(int(row["n"]) for row in rows),
        plain=_clock(rows, 0),
        local=_clock(rows, len(seconds) - 1) if zoned else None,
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
    return min(moves, key=lambda move: (move.low != move.high, abs(move.low)), default=None)


def _move(old: Clock, new: Clock, rows: int) -> Move | None:
    """All by the same, where the earliest, the latest, the sum and the times of day say so; else by two."""
    by = new.first - old.first
    if old.first == old.last and (by % SLOT or abs(by) > _FURTHEST):
        return None  # one moment alone, written anew, is no zone's doing
    if by == new.last - old.last and by * rows == new.total - old.total:
        turned = by % SLOT or _turned(old.slots, by) == new.slots
        return Move(rows=rows, low=by, high=by) if by and turned else None
    return _two_moves(old, new, rows)


def _two_moves(old: Clock, new: Clock, rows: int) -> Move | None:
    """Some by so much and the rest by an hour more (half of one on Lord Howe): a zone with summer time. Where one of
    the two is nothing, those that moved are counted."""
    first, last, sums = new.first - old.first, new.last - old.last, new.total - old.total
    for step in (3600, 1800):
        for low in (first, first - step):
            more, left = divmod(sums - rows * low, step)
            if low % SLOT or left or not 0 < more < rows or last not in (low, low + step) or abs(low) > _FURTHEST:
                continue
            if not _splits(_turned(old.slots, low), new.slots, step // SLOT):
                continue
            if low in (0, -step):
                by = low or step
                return Move(rows=rows - more if low else more, low=by, high=by)
            return Move(rows=rows, low=low, high=low + step)
    return None


def _turned(slots: tuple[int, ...], seconds: int) -> tuple[int, ...]:
    """The times of day after so many seconds."""
    return tuple(slots[(place - seconds // SLOT) % _SLOTS] for place in range(_SLOTS))


def _splits(old: tuple[int, ...], new: tuple[int, ...], step: int) -> bool:
    """Whether new times of day come of the old when in each slot a part goes ``step`` slots on. How many leave a slot
    follows from how many came into it, round the day; the first number of a round is free."""
    for start in range(step):
        gone, lowest, highest = 0, -sum(old), sum(old)
        for place in range(start, _SLOTS, step):
            gone += old[place] - new[place]
            lowest, highest = max(lowest, -gone), min(highest, old[place] - gone)
        if gone or lowest > highest:
            return False
    return True


def _span(seconds: int) -> str:
    """``+2 h``, ``-5 h 30 min``, ``+3 d``."""
    left, parts = abs(seconds), []
    for unit, size in (("d", _DAY), ("h", 3600), ("min", 60), ("s", 1)):
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
