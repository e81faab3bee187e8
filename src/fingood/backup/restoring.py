"""From a backup's files into an empty database: the same way for a proof and for going back."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Collection
from pathlib import Path

from fingood.backup.content import PUBLIC, Content
from fingood.backup.pace import timed
from fingood.backup.point import DUMP, BackupKind, BackupPoint
from fingood.backup.postgres import ARCHIVE
from fingood.backup.sqlite import COPY, SCHEMA
from fingood.errors import CouldNotLook
from fingood.sandbox.driver import autocommit, run
from fingood.sandbox.dump import ArchiveEntry, Complaint, client_for, read_archive, restore

# Passwords to other servers, and slots on them: a copy for a proof must not reach out to anything.
_REACHING_OUT = ("USER MAPPING", "SUBSCRIPTION", "SUBSCRIPTION TABLE")


def fill_postgres(
    point: BackupPoint,
    content: Content,
    url: str,
    *,
    jobs: int,
    isolated: bool,
    without: Collection[str] = (),
    watch: Callable[[str], None],
) -> tuple[Complaint, ...]:
    """Restores into the empty database of ``url`` and gathers statistics there; returns what pg_restore could not do.

    ``isolated`` leaves out what leads to other servers, and where on its own server's disks things lie; ``without``
    are extensions the server does not have. Raises CouldNotLook, SandboxUnavailable where pg_restore breaks off.
    """
    archive = point.folder / DUMP / ARCHIVE
    client = client_for(max(point.server_version, _archive_version(point)))
    entries = [e for e in read_archive(archive, client=client) if _is_wanted(e, without, isolated=isolated)]
    with autocommit(url) as connection:
        if PUBLIC not in content.snapshot.objects:
            run(connection, "DROP SCHEMA IF EXISTS public")
    with timed("pg_restore", watch):
        complaints = restore(
            archive, url, client=client, entries=entries, ambient=not isolated,
            arguments=[*([f"--jobs={jobs}"] if archive.is_dir() else []), *(["--no-tablespaces"] if isolated else [])],
        )  # fmt: skip
    if point.kind is not BackupKind.SCHEMA:
        # A dump carries no statistics: without them the first queries would be planned blindly.
        with timed("ANALYZE", watch), autocommit(url) as connection:
            run(connection, "ANALYZE")
    return tuple(one for one in complaints if not one.is_harmless)


def describe_complaint(one: Complaint) -> str:
    """What pg_restore could not do, in a line without any row's values."""
    return f"pg_restore: {one.kind.lower()} {one.tag}: {one.message or 'its rows did not go in'}"


def fill_sqlite(point: BackupPoint, path: Path) -> None:
    """Writes the backup's database to a new file, for its owner alone, durably. Raises CouldNotLook."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:
            if point.kind is not BackupKind.SCHEMA:
                with (point.folder / DUMP / COPY).open("rb") as kept:
                    shutil.copyfileobj(kept, file)
            file.flush()
            os.fsync(file.fileno())
        if point.kind is BackupKind.SCHEMA:
            script = (point.folder / DUMP / SCHEMA).read_text(encoding="utf-8")
            with contextlib.closing(sqlite3.connect(path)) as connection:
                connection.executescript(script)
    except OSError as error:
        raise CouldNotLook(
            f"the backup cannot be copied to {path}: {error.strerror}; nothing was changed",
            hint="the folder must be writable and have room for a second copy",
        ) from None
    except sqlite3.Error as error:
        raise CouldNotLook(f"SQLite does not take the backup: {type(error).__name__}") from None


def require_sound(path: Path) -> None:
    """Raises CouldNotLook where SQLite itself finds the file damaged."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as error:
        answer = type(error).__name__
    if answer != "ok":
        raise CouldNotLook("the copy does not hold together: PRAGMA integrity_check says so")


def _archive_version(point: BackupPoint) -> int:
    """pg_restore must be at least as new as the pg_dump that wrote the archive."""
    major = point.tools.get("pg_dump", "").partition(".")[0]
    return int(major) * 10_000 if major.isdecimal() else 0


def _is_wanted(entry: ArchiveEntry, without: Collection[str], *, isolated: bool) -> bool:
    if isolated and entry.kind in _REACHING_OUT:
        return False
    if entry.kind in ("EXTENSION", "COMMENT"):
        return not any(entry.tag.rstrip().endswith((f"- {name}", f"EXTENSION {name}")) for name in without)
    return True
