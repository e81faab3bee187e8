"""Taking a backup point: dump, read back, checksum, and only then give it its name."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import fingood
from fingood.audit import AuditLog
from fingood.backup.point import BackupKind, BackupPoint, BackupState, manifest_text
from fingood.backup.postgres import dump_postgres
from fingood.backup.shelf import PARTIAL, describe_files, remove_abandoned, sha256_of, store_durably
from fingood.backup.sqlite import dump_sqlite
from fingood.catalog import connect, read_facts
from fingood.errors import CouldNotLook, FingoodError
from fingood.model.event import EventKind
from fingood.model.facts import Facts
from fingood.settings import describe_target

_DUMP = "dump"


def take_backup_point(database_url: str, folder: Path, kind: BackupKind, audit: AuditLog) -> BackupPoint:
    """Dumps the database into a new folder below ``folder`` and notes it in the audit log.

    The work lies under a name that ends in ``.partial`` until it is whole; what fails leaves nothing behind.
    Raises CannotConnect, CouldNotLook, and Blocked where the audit log cannot be written.
    """
    facts = _look(database_url)
    taken, clock = datetime.now(UTC), time.monotonic()
    draft = BackupPoint(
        id=_new_id(taken, kind, facts.database or describe_target(database_url)),
        kind=kind,
        state=BackupState.TAKEN,
        folder=folder,
        dialect=facts.dialect,
        target=describe_target(database_url),
        database=facts.database,
        server_version=facts.server_version,
        heads=facts.heads,
        taken=taken,
        duration=0.0,
        files=(),
    )
    try:
        with _unfinished(folder, draft.id) as work:
            tools = _dump(database_url, facts, work, kind)
            _refuse_moved(facts, _look(database_url))
            point = _finish(replace(draft, tools=tools, duration=round(time.monotonic() - clock, 3)), work)
    except FingoodError as error:
        _note(audit, draft, outcome="failed", reason=error.message)
        raise
    _note(audit, point, outcome="complete")
    return point


def _look(url: str) -> Facts:
    with connect(url, application_name="fingood backup") as connection:
        return read_facts(connection, target=True)


def _new_id(taken: datetime, kind: BackupKind, database: str) -> str:
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", Path(database).stem).strip("_")
    return f"{taken:%Y%m%dT%H%M%S}.{taken.microsecond // 1000:03d}Z-{kind}-{name}"[:120]


@contextmanager
def _unfinished(folder: Path, name: str) -> Iterator[Path]:
    """A working folder that is gone when the block fails and has its final name when the block ends well."""
    work = folder / f"{name}.{os.getpid()}{PARTIAL}"
    try:
        # Backups hold customers' data: for the owner alone, and never into version control.
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        remove_abandoned(folder)
        work.mkdir(mode=0o700)
        yield work
        os.rename(work, folder / name)
    except OSError as error:
        shutil.rmtree(work, ignore_errors=True)
        raise CouldNotLook(f"the backup cannot be written to {folder}: {error.strerror}") from error
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise


def _dump(url: str, facts: Facts, work: Path, kind: BackupKind) -> dict[str, str]:
    """Fills the working folder and returns the versions of the tools it took."""
    tools = {"fingood": fingood.__version__}
    schema_only = kind is BackupKind.SCHEMA
    if facts.dialect == "sqlite":
        dump_sqlite(url, work / _DUMP, schema_only=schema_only)
        return tools
    version = dump_postgres(url, work / _DUMP, facts.server_version, schema_only=schema_only)
    return {**tools, "pg_dump": version}


def _refuse_moved(before: Facts, after: Facts) -> None:
    """A migration between looking and dumping would put the wrong revision into the manifest."""
    if before.heads != after.heads:
        raise CouldNotLook("a migration ran while the backup was taken", hint="take it again when that has ended")


def _finish(draft: BackupPoint, work: Path) -> BackupPoint:
    point = replace(draft, folder=draft.folder / draft.id, state=BackupState.CHECKSUMMED, files=describe_files(work))
    if not point.files:
        raise CouldNotLook("the dump is empty")
    (work / point.manifest.name).write_text(manifest_text(point), encoding="utf-8")
    store_durably(work)
    return point


def _note(audit: AuditLog, point: BackupPoint, *, outcome: str, reason: str = "") -> None:
    stored = outcome == "complete"
    audit.append(
        EventKind.BACKUP,
        point.id,
        {
            "backup_id": point.id,
            "backup_type": point.kind.value,
            "database_name": point.database,
            "target": point.target,
            "outcome": outcome,
            "reason": reason or None,
            "state": point.state.value if stored else None,
            "bytes": point.bytes if stored else None,
            "files": len(point.files) if stored else None,
            "sha256": sha256_of(point.manifest) if stored else None,
            "manifest": str(point.manifest) if stored else None,
            "revision": ",".join(point.heads) or None,
            "execution_ms": round(point.duration * 1000),
        },
    )
