"""Hours that a zone's clocks skip when they go forward: times that nobody there ever read from a clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

Gap = tuple[datetime, datetime]
"""The first time that is skipped, and the first that is there again; local, without a zone."""

_HOUR, _SECOND = timedelta(hours=1), timedelta(seconds=1)


@cache
def gaps_of(zone: str, first_year: int, last_year: int) -> tuple[Gap, ...]:
    """The gaps of the years from the first to the last, by this machine's time zone data. Raises ZoneInfoNotFoundError
    (a KeyError) for an unknown zone."""
    there = ZoneInfo(zone)
    found = []
    at, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    while at < end:
        # Zones change at most twice within a few weeks; a day's step misses none.
        later = at + timedelta(days=1)
        if _offset(later, there) > _offset(at, there):
            change = _change(at, later, there)
            clock = change.replace(tzinfo=None)
            found.append((clock + _offset(change - _SECOND, there), clock + _offset(change, there)))
        at = later
    return tuple(found)


def hours_of(gaps: tuple[Gap, ...]) -> tuple[datetime, ...]:
    """The full hours that the gaps lie in."""
    hours = []
    for first, end in gaps:
        hour = first.replace(minute=0, second=0)
        while hour < end:
            hours.append(hour)
            hour += _HOUR
    return tuple(dict.fromkeys(hours))


def whole(gaps: tuple[Gap, ...]) -> bool:
    """Whether all begin and end at full hours."""
    return all(not (moment.minute or moment.second) for gap in gaps for moment in gap)


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _change(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """The first second of the later offset, between two moments that differ in it."""
    before = _offset(early, zone)
    while late - early > _SECOND:
        middle = early + (late - early) // 2
        middle = middle.replace(microsecond=0)
        if middle <= early:
            break
        early, late = (middle, late) if _offset(middle, zone) == before else (early, middle)
    return late
