"""Change control: who approved what, when changes may be made, how long data is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEK = 7 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWindow:
    """A weekly stretch of local time, ``Sat 22:00-Sun 04:00 Europe/Zurich``. Days count from 0 for Monday."""

    first_day: int
    start: time
    last_day: int
    end: time
    zone: str
    text: str

    def holds(self, moment: datetime) -> bool:
        """Whether the window is open at an aware moment. Equal start and end is a whole week."""
        local = moment.astimezone(ZoneInfo(self.zone))
        begin, end = _into_week(self.first_day, self.start), _into_week(self.last_day, self.end)
        now = _into_week(local.weekday(), local.time())
        return (now - begin) % _WEEK < ((end - begin) % _WEEK or _WEEK)

    def __str__(self) -> str:
        return self.text


def _into_week(day: int, at: time) -> int:
    return ((day * 24 + at.hour) * 60 + at.minute) * 60 + at.second


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """Days on which nothing is changed, both ends included, in ``zone``."""

    first: date
    last: date
    zone: str = "UTC"
    text: str = ""

    def holds(self, moment: datetime) -> bool:
        return self.first <= moment.astimezone(ZoneInfo(self.zone)).date() <= self.last

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule:
    """Rows of tables that fit the glob ``table`` are kept for ``years``."""

    table: str
    years: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Somebody's word for one revision as it was. ``content_hash`` is the revision's meaning; ``at`` is aware UTC."""

    revision: str
    content_hash: str
    approver: str
    role: str = ""
    comment: str = ""
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeControl:
    """What change control knows of one revision at ``now``, an aware moment.

    ``required`` approvals are asked for. ``counted`` are those of the revision as it is by others than its authors, one
    a person; ``stale`` are of an earlier meaning, ``by_authors`` by somebody who wrote it; ``unreadable`` says what is
    wrong with records. ``no_author`` says why nobody knows who wrote it. ``message`` is the revision's docstring.
    ``guarded`` says whether env.py keeps two runs apart, None where it was not read; ``guard_lines`` what to paste.
    """

    now: datetime
    required: int = 0
    counted: tuple[Approval, ...] = ()
    stale: tuple[Approval, ...] = ()
    by_authors: tuple[Approval, ...] = ()
    unreadable: tuple[str, ...] = ()
    no_author: str = ""
    message: str = ""
    ticket_pattern: str = ""
    windows: tuple[ChangeWindow, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    retention: tuple[RetentionRule, ...] = ()
    backup_max_age: float = 86400.0
    backup_state: str = "proven"
    guarded: bool | None = None
    guard_lines: str = ""
    env_path: str = "migrations/env.py"
