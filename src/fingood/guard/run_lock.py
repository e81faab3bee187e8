"""One migration run at a time on one database."""

from __future__ import annotations

import fcntl
import os
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fingood.errors import Blocked, LockHeld
from fingood.guard.second import SecondSession

SPACE = zlib.crc32(b"fingood migrations run lock") & 0x7FFFFFFF
"""The first of the two keys; the second is made from the database's name."""

_PAUSE = 0.2
_HINT = "wait for that run to end, or end it; then run this again"


def take_run_lock(second: SecondSession, *, wait: float, notice: Callable[[str], None]) -> None:
    """Takes the advisory lock of the session's database until the session ends, in whatever way. Raises LockHeld after
    ``wait`` seconds."""
    key = zlib.crc32(second.query("SELECT current_database()::text AS name")[0]["name"].encode()) & 0x7FFFFFFF

    def take() -> bool:
        return bool(
            second.query("SELECT pg_try_advisory_lock(:space, :key) AS taken", space=SPACE, key=key)[0]["taken"]
        )

    def holder() -> str:
        rows = second.named("lock_holder", space=SPACE, key=key)
        return _session(rows[0]) if rows else "a session that ended this moment"

    _wait_for(take, holder, wait=wait, notice=notice)


@contextmanager
def hold_file_lock(database: Path, *, wait: float, notice: Callable[[str], None]) -> Iterator[None]:
    """The same for SQLite, by a lock file beside the database. The file stays: removing it would race."""
    path = database.with_name(database.name + ".fingood-lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Blocked(
            f"cannot make the run lock {path}: {os.strerror(error.errno or 0)}",
            hint="SQLite needs a writable folder for its journal too",
        ) from None

    def take() -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def holder() -> str:
        return os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip() or "another process"

    try:
        _wait_for(take, holder, wait=wait, notice=notice)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"pid {os.getpid()} since {_moment(datetime.now(UTC))}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _wait_for(
    take: Callable[[], bool], holder: Callable[[], str], *, wait: float, notice: Callable[[str], None]
) -> None:
    started = time.monotonic()
    told = False
    while not take():
        waited = time.monotonic() - started
        if waited >= wait:
            raise LockHeld(holder(), waited, hint=_HINT)
        if not told:
            notice(f"waiting up to {wait:g} s for another migration run: {holder()}")
            told = True
        time.sleep(min(_PAUSE, wait))


def _session(row: dict[str, Any]) -> str:
    return (
        f"session {row['pid']} ({row['application_name'] or 'no application name'}, user {row['database_user']}, "
        f"client {row['client']}, since {_moment(row['backend_start'])})"
    )


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if at is not None else "an unknown time"
