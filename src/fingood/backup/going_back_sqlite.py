"""Going back to a backup of a SQLite file: copied beside it, proven, and put in its place by one rename."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fingood.audit import AuditLog
from fingood.backup.content import Content, differences_between, read_content, shortened
from fingood.backup.going_back import Pace, WentBack
from fingood.backup.journal import note_ended, note_restore, note_undone, unended_restore
from fingood.backup.point import BackupPoint
from fingood.backup.restoring import fill_sqlite, require_sound
from fingood.backup.shelf import sync_folder
from fingood.backup.sqlite import database_file, file_url
from fingood.catalog import connect
from fingood.errors import Blocked, CouldNotLook, FingoodError
from fingood.settings import describe_target

_RESTORING, _REPLACED = ".restoring-", ".replaced-"
_WAIT = 5.0


def settle_interrupted_sqlite(url: str, audit: AuditLog) -> tuple[str, ...]:
    """Removes what an interrupted restore of this file left, and says what. The file itself was never without its name:
    the rename is one step."""
    path = database_file(url)
    unended = unended_restore(audit, path.name)
    told = []
    for left in sorted(path.parent.glob(f"{_escaped(path.name)}{_RESTORING}*")):
        if left.name.endswith(("-journal", "-wal", "-shm")):
            left.unlink(missing_ok=True)
            continue
        kept = path.with_name(left.name.replace(_RESTORING, _REPLACED))
        # A second name of the file in use, given to it just before the rename that did not come.
        if kept.exists() and path.exists() and kept.samefile(path):
            kept.unlink()
        left.unlink()
        told.append(
            f"an earlier restore was interrupted before the swap: {path.name} serves, unchanged; "
            f"its unfinished copy {left.name} was removed"
        )
    if unended and not told:
        names = [one.name for one in path.parent.glob(f"{_escaped(path.name)}{_REPLACED}*")]
        return note_ended(audit, unended, names, path.name)
    for line in told:
        note_undone(audit, path.name, describe_target(url), line)
    return tuple(told)


def go_back_sqlite(url: str, point: BackupPoint, content: Content, audit: AuditLog, *, pace: Pace) -> WentBack:
    """Puts the backup in the place of the file of ``url``, which is kept beside it under a dated name.

    Raises Blocked where somebody works on the file or its folder cannot be written, CouldNotLook where the copy is not
    equal to the backup; the file is unchanged then.
    """
    began, now, path, target = time.monotonic(), datetime.now(UTC), database_file(url), describe_target(url)
    copy, kept = _dated(path, now)
    while copy.exists() or kept.exists():
        now += timedelta(seconds=1)
        copy, kept = _dated(path, now)
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise Blocked(f"{path.parent} cannot be written; nothing was changed", hint="the file is replaced by a new one")
    note_restore(audit, point, path.name, outcome="started", target=target)
    try:
        pace.watch("copy of the file")
        fill_sqlite(point, copy)
        _require_equal(point, content, copy, pace)
        note_restore(audit, point, path.name, outcome="proven", target=target, reason=f"in {copy.name}")
        pace.watch("swap")
        closed = time.monotonic()
        replaced = _replace(path, copy, kept)
        unreachable = time.monotonic() - closed
    except FingoodError as error:
        _remove(copy)
        note_restore(audit, point, path.name, outcome="failed", target=target, reason=error.message)
        raise
    except BaseException:
        _remove(copy)
        raise
    seconds = time.monotonic() - began
    reason = f"what was replaced is kept as {kept.name}" if replaced else "there was no such file before"
    note_restore(audit, point, path.name, outcome="complete", target=target, reason=reason, ms=round(seconds * 1000))
    return WentBack(
        url=url,
        kept=str(kept) if replaced else "",
        kept_url=file_url(kept) if replaced else "",
        seconds=seconds,
        unreachable=unreachable,
    )


def _dated(path: Path, now: datetime) -> tuple[Path, Path]:
    """The files of a restore: the one that is filled, and the one that what it replaces is kept as."""
    stamp = f"{now:%Y%m%dt%H%M%Sz}"
    return path.with_name(f"{path.name}{_RESTORING}{stamp}"), path.with_name(f"{path.name}{_REPLACED}{stamp}")


def _require_equal(point: BackupPoint, content: Content, copy: Path, pace: Pace) -> None:
    require_sound(copy)
    pace.watch("comparison with the backup's manifest")
    with connect(file_url(copy), application_name="fingood restore") as connection:
        got = read_content(connection, rows=True, like=content.fingerprints)
    if differences := differences_between(content, got, rows=True):
        raise CouldNotLook(
            f"the restored copy is not equal to {point.id}: {shortened(differences)}; nothing was changed",
            hint="another backup may do: fingood backups list",
        )
    # Read-only looks at a file of a write-ahead log leave these beside it.
    for suffix in ("-wal", "-shm"):
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)


def _replace(path: Path, copy: Path, kept: Path) -> bool:
    """Whether there was something to replace. From one moment to the next the name leads to the new file."""
    if not path.exists():
        os.replace(copy, path)
        sync_folder(path.parent)
        return False
    mode = path.stat().st_mode & 0o777
    with _alone(path):
        try:
            os.chmod(copy, mode)
            os.link(path, kept)
            os.replace(copy, path)
            sync_folder(path.parent)
        except OSError as error:
            if kept.exists() and kept.samefile(path):
                kept.unlink()
            raise CouldNotLook(f"{path.name} cannot be replaced: {error.strerror}; it is unchanged") from None
    return True


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """While nobody else reads or writes the file, and everything is in it: a write-ahead log that stayed behind would
    be taken for the new file's. Raises Blocked where somebody does for more than a few seconds."""
    with closing(sqlite3.connect(path, timeout=_WAIT, isolation_level=None)) as connection:
        before = _take_alone(connection, path)
        try:
            yield
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
                connection.execute(f"PRAGMA journal_mode = {before}")
            raise


def _take_alone(connection: sqlite3.Connection, path: Path) -> str:
    """Returns the journal mode that it had. A file that is no database any more has nobody who works on it."""
    try:
        before = str(connection.execute("PRAGMA journal_mode").fetchone()[0])
        mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        if mode == "delete":
            connection.execute("BEGIN EXCLUSIVE")
            return before
    except sqlite3.OperationalError:
        pass
    except sqlite3.DatabaseError:
        return "delete"
    raise Blocked(
        f"somebody works on {path.name}: it cannot be replaced now; nothing was changed",
        hint="stop what uses it, and try again",
    )


def _remove(copy: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
