"""Dates as conditions of SQL: one form for dates and timestamps, and for SQLite's texts.

SQLite keeps dates as whatever was written. Texts that begin as ISO 8601 says compare as dates do; anything else (Unix
times, 31/12/2024) meets no condition here.
"""

from __future__ import annotations

from datetime import date, timedelta

from fingood.validation.invariants.base import Look

END_OF_DAYS = "9999-01-01"
"""From here on a date is no date but a word: never, not yet, without end. Infinity lies behind it, too."""

ISO_DATE = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*"
"""How ISO 8601 begins, as SQLite's GLOB."""

LATEST_ZONES = timedelta(days=2)
"""Zones are up to 14 h ahead of UTC, and sessions may be in another one than the writer: two days leave no doubt."""


def is_date_sql(column: str, look: Look) -> str:
    """A condition to put last: on SQLite that the value is written as a date, on PostgreSQL its type says so."""
    return f" AND {column} GLOB '{ISO_DATE}'" if look.dialect == "sqlite" else ""


def before_sql(column: str, day: date, look: Look) -> str:
    """Earlier than the beginning of a day."""
    return f"{column} < '{day.isoformat()}'{is_date_sql(column, look)}"


def in_future_sql(column: str, look: Look) -> str:
    """Later than anybody's tomorrow, and no word for never."""
    first = (look.today + LATEST_ZONES).isoformat()
    return f"{column} >= '{first}' AND {column} < '{END_OF_DAYS}'{is_date_sql(column, look)}"


def days_earlier_sql(earlier: str, later: str, days: int, look: Look) -> str:
    """More than so many days before another."""
    if look.dialect == "sqlite":
        return f"julianday({earlier}) < julianday({later}) - {days}"
    return f"{earlier} < {later} - interval '{days} days'"
