"""Samples of a SQLite database's work, taken so that no writer ever waits for them.

A reader of a database with a rollback journal keeps a writer from committing. So the small read that is timed takes no
lock there (``immutable``, sqlite.org/uri.html), and is left out while somebody is seen to write, because it could read
half of what is written. Everything else needs no lock anyway.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fingood.catalog.sqlite_file import read_file_state
from fingood.catalog.sqlite_locks import LockView
from fingood.model.file_work import FileLock, FileLockKind, FileSample, FileState
from fingood.monitoring.check import read_sql
from fingood.monitoring.waits import Session


@dataclass(slots=True, kw_only=True)
class FileWatch:
    """Takes one sample after the other; ``restarts`` is how often the counter of commits began anew, ``held`` in how
    many samples a process was seen with a lock and for how many seconds on end at most."""

    path: Path
    locks: LockView
    samples: int = 0
    restarts: int = 0
    held: dict[tuple[int, str, FileLockKind], tuple[int, float]] = field(default_factory=dict)
    _before: FileState | None = None
    _since: dict[tuple[int, FileLockKind], float] = field(default_factory=dict)

    def take(self) -> tuple[FileSample, tuple[Session, ...]]:
        """The database right now, and who holds up whom. Raises CannotConnect where the file is gone."""
        state = read_file_state(self.path)
        locks = self.locks.read(wal=state.wal)
        read = _timed_read(self.path, state, locks)
        self.samples += 1
        sample = FileSample(
            wal=state.wal,
            file_bytes=state.file_bytes,
            wal_bytes=state.wal_bytes,
            journal_bytes=state.journal_bytes,
            commits=self._grown(state),
            pages=state.pages,
            free_pages=state.free_pages if read.free_pages is None else read.free_pages,
            schema_version=state.schema_version if read.schema_version is None else read.schema_version,
            frames=state.frames,
            readers=None if locks is None else sum(lock.kind is FileLockKind.READ for lock in locks),
            connected=len(locks) if locks is not None and state.wal else None,
            writing=None if locks is None else any(lock.kind.writes for lock in locks),
            read_seconds=read.seconds,
            read_unseen=read.unseen,
        )
        return sample, self._sessions(locks or ())

    def _grown(self, state: FileState) -> int | None:
        """Commits since the sample before; None where they left no count behind."""
        before, self._before = self._before, state
        if before is None:
            return 0
        if before.wal is not state.wal:
            return None
        if state.wal and state.index is None:
            # Nobody has it open. Who came and went meanwhile has written the log back to the file.
            return (
                0
                if (before.index, before.touched, before.wal_bytes) == (None, state.touched, state.wal_bytes)
                else None
            )
        if state.changes is None:
            return None
        if before.index != state.index or before.changes is None or _went_back(before.changes, state.changes):
            self.restarts += 1
            return state.changes
        return (state.changes - before.changes) % (1 << 32)

    def _sessions(self, locks: Sequence[FileLock]) -> tuple[Session, ...]:
        now = time.monotonic()
        keys = {(lock.pid, lock.kind) for lock in locks}
        self._since = {key: self._since.get(key, now) for key in keys}
        for lock in locks:
            count, longest = self.held.get((lock.pid, lock.process, lock.kind), (0, 0.0))
            lasted = now - self._since[lock.pid, lock.kind]
            self.held[lock.pid, lock.process, lock.kind] = count + 1, max(longest, lasted)
        return waits_of(locks, {key: now - since for key, since in self._since.items()})


def waits_of(locks: Sequence[FileLock], ages: dict[tuple[int, FileLockKind], float]) -> tuple[Session, ...]:
    """Who holds the write lock, and whom a writer waits for that is to commit: everybody who still reads."""
    readers = tuple(lock.pid for lock in locks if lock.kind is FileLockKind.READ)
    waiting = any(lock.kind is FileLockKind.PENDING for lock in locks) and readers
    shown = [lock for lock in locks if lock.kind.writes or (waiting and lock.pid in readers)]
    return tuple(
        Session(
            pid=lock.pid,
            application=lock.process or "name not seen",
            state=str(lock.kind),
            seconds=ages.get((lock.pid, lock.kind), 0.0),
            statement="",
            blockers=readers if lock.kind is FileLockKind.PENDING else (),
        )
        for lock in shown
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    seconds: float | None = None
    free_pages: int | None = None
    schema_version: int | None = None
    unseen: str = ""


def _timed_read(path: Path, state: FileState, locks: Collection[FileLock] | None) -> _Read:
    """Opens the file and reads from its schema, unless that could be in a writer's way."""
    reason = _why_not_read(state, locks)
    if reason:
        return _Read(unseen=reason)
    sql = read_sql("sqlite", "small-read")
    address = f"{path.absolute().as_uri()}?mode=ro{'' if state.wal else '&immutable=1'}"
    begun = time.perf_counter()
    try:
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=0)) as file:
            free_pages, schema_version, _ = file.execute(sql).fetchone()
    except sqlite3.Error as error:
        return _Read(
            unseen=_HELD
            if _torn(error)
            else f"the read failed: {getattr(error, 'sqlite_errorname', type(error).__name__)}"
        )
    taken = time.perf_counter() - begun
    return _Read(seconds=taken, free_pages=free_pages, schema_version=schema_version)


_HELD = "a writer held the file"


def _torn(error: sqlite3.Error) -> bool:
    """Whether a writer was in between: it kept us out, or we have read half of its work."""
    return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_CORRUPT"))


def _why_not_read(state: FileState, locks: Collection[FileLock] | None) -> str:
    if state.wal:
        return "" if state.index else "nobody had the database open, and a read would have made files beside it"
    return _HELD if state.journal_bytes or any(lock.kind.writes for lock in locks or ()) else ""


def _went_back(before: int, now: int) -> bool:
    """The counter has 32 bits: a large step back is one forward."""
    return 0 < before - now < 1 << 31
