"""A length of time as calendars count it."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Years, months and days together."""

    years: int = 0
    months: int = 0
    days: int = 0

    def before(self, day: date) -> date:
        """The day that lies this long before another; the last of its month where that has no such day. The first day
        of the calendar where there is none so early."""
        months = day.year * 12 + day.month - 1 - self.years * 12 - self.months
        year, month = divmod(months, 12)
        if year < date.min.year:
            return date.min
        start = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
        return start - timedelta(days=min(self.days, (start - date.min).days))

    def __str__(self) -> str:
        parts = ((self.years, "year"), (self.months, "month"), (self.days, "day"))
        return " ".join(f"{number} {unit}{'s' if number > 1 else ''}" for number, unit in parts if number) or "0 days"
