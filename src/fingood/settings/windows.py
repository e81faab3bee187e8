"""Reads change windows and freezes as people write them."""

from __future__ import annotations

import re
from datetime import date, time
from zoneinfo import ZoneInfo

from fingood.model.change import DAYS, ChangeWindow, Freeze

_WINDOW = re.compile(
    r"(?P<first>[A-Za-z]{3})\w*\s+(?P<start>\d{1,2}:\d\d)\s*[-–]\s*"
    r"(?:(?P<last>[A-Za-z]{3})\w*\s+)?(?P<end>\d{1,2}:\d\d)\s*(?P<zone>[A-Za-z]\S*)?\s*\Z"
)
_FREEZE = re.compile(r"(?P<first>\d{4}-\d\d-\d\d)\s*\.\.\s*(?P<last>\d{4}-\d\d-\d\d)\s*(?P<zone>[A-Za-z]\S*)?\s*\Z")


def read_window(text: str) -> ChangeWindow:
    """``Sat 22:00-Sun 04:00 Europe/Zurich``; without a second day it ends on the first, without a zone it is UTC.

    Raises ValueError that says what would fit.
    """
    found = _WINDOW.match(text.strip())
    shape = f"a window such as 'Sat 22:00-Sun 04:00 Europe/Zurich', not '{text}'"
    if found is None:
        raise ValueError(shape)
    try:
        first = DAYS.index(found["first"].title())
        last = DAYS.index((found["last"] or found["first"]).title())
        start, end = (_clock(found[name]) for name in ("start", "end"))
    except ValueError:
        raise ValueError(shape) from None
    return ChangeWindow(
        first_day=first, start=start, last_day=last, end=end, zone=_zone(found["zone"]), text=text.strip()
    )


def read_freeze(text: str) -> Freeze:
    """``2026-12-20..2027-01-04``, both days included, in UTC or the zone behind it. Raises ValueError."""
    found = _FREEZE.match(text.strip())
    shape = f"days such as '2026-12-20..2027-01-04', not '{text}'"
    if found is None:
        raise ValueError(shape)
    try:
        first, last = date.fromisoformat(found["first"]), date.fromisoformat(found["last"])
    except ValueError:
        raise ValueError(shape) from None
    if last < first:
        raise ValueError(f"{shape}: it ends before it begins")
    return Freeze(first=first, last=last, zone=_zone(found["zone"]), text=text.strip())


def _clock(text: str) -> time:
    hour, _, minute = text.partition(":")
    return time(int(hour), int(minute))


def _zone(name: str | None) -> str:
    """The zone's name, known to this machine's time zone data."""
    try:
        return ZoneInfo(name or "UTC").key
    except (KeyError, ValueError, OSError):
        raise ValueError(f"a window in a known time zone, such as Europe/Zurich; '{name}' is none") from None
