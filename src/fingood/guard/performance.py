"""What the database had counted, or held, before an upgrade and after it, stored for `analyze-performance
--before-after`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from fingood.audit import mask_literals
from fingood.catalog import connect, sqlite_reason
from fingood.catalog.file_snapshot import read_file_snapshot
from fingood.catalog.workload import read_workload
from fingood.catalog.workload_files import store_workload
from fingood.errors import FingoodError
from fingood.guard.second import SecondSession
from fingood.model.file_snapshot import FileSnapshot
from fingood.model.workload import Moment, Workload

Take = Callable[[Moment, str, tuple[str, ...]], Workload | FileSnapshot]
"""Takes a snapshot for the run of that id and the revisions it has applied."""

_STANDARD_DRIVERS = ("", "pysqlite", "aiosqlite")


class WorkloadKeeper:
    """Takes the snapshots beside the migration's own session. Whatever goes wrong is said and stops nothing."""

    def __init__(self, take: Take, folder: Path, *, run: str, notice: Callable[[str], None]) -> None:
        self._take_one = take
        self._folder = folder
        self._run = run
        self._notice = notice
        self._before: Workload | FileSnapshot | None = None
        self._revisions: list[str] = []

    def step_begins(self, revision: str) -> None:
        """Called before every step; the first one takes the snapshot."""
        self._revisions.append(revision)
        if len(self._revisions) == 1:
            self._before = self._take(Moment.BEFORE)

    def run_ended(self) -> None:
        """Stores both snapshots, now that something was applied."""
        if self._before is None:
            return
        after = self._take(Moment.AFTER)
        if after is None:
            return
        try:
            for workload in (self._before, after):
                store_workload(self._folder, workload)
        except OSError as error:
            self._notice(f"what the database counted is not kept: {self._folder}: {error.strerror}")

    def _take(self, moment: Moment) -> Workload | FileSnapshot | None:
        try:
            return self._take_one(moment, self._run, tuple(self._revisions) if moment is Moment.AFTER else ())
        except (SQLAlchemyError, FingoodError, ValueError, TypeError, KeyError) as error:
            self._notice(f"what the database counted {moment} this run could not be read: {_told(error)}")
            return None


def counters_of(second: SecondSession, target: str) -> Take:
    """What a PostgreSQL server has counted, read on the guard's second session."""

    def take(moment: Moment, run: str, revisions: tuple[str, ...]) -> Workload:
        return second.look(
            lambda connection: read_workload(
                connection, moment, target=target, mask=mask_literals, run=run, revisions=revisions, autocommit=True
            )
        )

    return take


def contents_of(connection: Connection, file: Path, target: str) -> Take | None:
    """What a SQLite file holds, read on a connection of our own; None for drivers that bring their own SQLite: two of
    them in one process take each other's locks away (sqlite.org/howtocorrupt.html, 2.2.1)."""
    if connection.engine.url.drivername.partition("+")[2] not in _STANDARD_DRIVERS:
        return None

    def take(moment: Moment, run: str, revisions: tuple[str, ...]) -> FileSnapshot:
        with connect(URL.create("sqlite", database=str(file))) as looking:
            # The migration waits for us meanwhile: waiting for a lock of its own would be in vain.
            looking.exec_driver_sql("PRAGMA busy_timeout = 0")
            return read_file_snapshot(looking, moment, target=target, run=run, revisions=revisions)

    return take


def _told(error: Exception) -> str:
    if isinstance(error, FingoodError):
        return error.message
    reason = sqlite_reason(error) if isinstance(error, DBAPIError) else ""
    return reason or type(getattr(error, "orig", None) or error).__name__
