"""Samples of a PostgreSQL database's work: sessions at a moment, counters at two moments."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Any

from sqlalchemy.engine import Connection

from fingood.catalog.queries import run_sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Client sessions of the database at one moment. ``oldest`` is the age of the oldest transaction in seconds."""

    active: int
    waiting: int
    idle_in_transaction: int
    oldest: float

    @property
    def headline(self) -> str:
        """The moment in one line, for a view that changes."""
        return (
            f"{self.active} active · {self.waiting} waiting · {self.idle_in_transaction} idle in transaction · "
            f"oldest transaction {self.oldest:.0f} s"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Counters of the database since its statistics were reset (manual, pg_stat_database)."""

    commits: int
    rollbacks: int
    hits: int
    reads: int
    inserted: int
    updated: int
    deleted: int
    temp_bytes: int
    deadlocks: int

    def since(self, before: Totals) -> Totals:
        """What was added since ``before``."""
        names = self.__dataclass_fields__
        return Totals(**{name: getattr(self, name) - getattr(before, name) for name in names})


def take_sample(connection: Connection) -> Sample:
    """The sessions right now."""
    return Sample(**_row(connection, "sample"))


def read_totals(connection: Connection) -> Totals:
    """The counters right now."""
    return Totals(**_row(connection, "totals"))


def _row(connection: Connection, name: str) -> dict[str, Any]:
    file = resources.files("fingood.monitoring") / "sql" / "postgresql" / f"{name}.sql"
    return run_sql(connection, file.read_text(encoding="utf-8"))[0]
