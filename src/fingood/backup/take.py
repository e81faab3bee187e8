"""Taking a backup point: dump, read back, checksum, and only then give it its name."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import DBAPIError

import fingood
from fingood.audit import AuditLog
from fingood.backup.content import CONTENT, LOCK_WAIT, Content, unreadable, write_content
from fingood.backup.journal import note
from fingood.backup.point import DUMP, BackupKind, BackupPoint, BackupState
from fingood.backup.postgres import dump_postgres
from fingood.backup.shelf import (
    PARTIAL,
    describe_files,
    remove_abandoned,
    store_durably,
    sync_folder,
    write_manifest,
)
from fingood.backup.sqlite import dump_sqlite
from fingood.catalog import connect, read_facts
from fingood.errors import CouldNotLook, FingoodError
from fingood.model.facts import Facts
from fingood.model.project import ALEMBICS, VersionTable
from fingood.sandbox.dump import client_for
from fingood.settings import describe_target
from fingood.settings.own_folder import ignore_itself, make_private_folder

JOBS = 2


def take_backup_point(
    database_url: str,
    folder: Path,
    kind: BackupKind,
    audit: AuditLog,
    *,
    jobs: int = JOBS,
    version_table: VersionTable = ALEMBICS,
    watch: Callable[[str], None] = lambda label: None,
) -> BackupPoint:
    """Dumps the database into a new folder below ``folder`` and notes it in the audit log; CHECKSUMMED when it returns.

    The work lies under a name that ends in ``.partial`` until it is whole; what fails leaves nothing behind.
    Raises CannotConnect, CouldNotLook, and Blocked where the audit log cannot be written.
    """
    facts = _look(database_url, version_table)
    audit.ensure_writable()
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
            draft, content = _dump(database_url, draft, work, jobs=jobs, version_table=version_table, watch=watch)
            point = replace(
                draft,
                heads=content.heads,
                fingerprints=content.fingerprints,
                duration=round(time.monotonic() - clock, 3),
            )
            write_manifest(point, work)
            note(audit, point, outcome="taken")
            watch("checksums")
            point = _finish(point, content, work)
    except FingoodError as error:
        note(audit, draft, outcome="failed", reason=error.message)
        raise
    note(audit, point, outcome="complete")
    return point


def _look(url: str, version_table: VersionTable) -> Facts:
    with connect(url, application_name="fingood backup", lock_timeout=LOCK_WAIT) as connection:
        try:
            return read_facts(connection, target=True, version_table=version_table)
        except DBAPIError as error:
            raise unreadable(error) from None


def _new_id(taken: datetime, kind: BackupKind, database: str) -> str:
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", Path(database).stem).strip("_")
    return f"{taken:%Y%m%dT%H%M%S}.{taken.microsecond // 1000:03d}Z-{kind}-{name}"[:120]


@contextmanager
def _unfinished(folder: Path, name: str) -> Iterator[Path]:
    """A working folder that is gone when the block fails and has its final name when the block ends well."""
    work = folder / f"{name}.{os.getpid()}{PARTIAL}"
    try:
        # Backups hold customers' data: for the owner alone, and never into version control.
        make_private_folder(folder)
        ignore_itself(folder)
        remove_abandoned(folder)
        work.mkdir(mode=0o700)
        yield work
        os.rename(work, folder / name)
        sync_folder(folder)
    except OSError as error:
        shutil.rmtree(work, ignore_errors=True)
        raise CouldNotLook(
            f"the backup cannot be written to {folder}: {error.strerror}", hint="is there room? see backup_dir"
        ) from error
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise


def _dump(
    url: str, draft: BackupPoint, work: Path, *, jobs: int, version_table: VersionTable, watch: Callable[[str], None]
) -> tuple[BackupPoint, Content]:
    """Fills the working folder; returns the draft with the versions of the tools, and what the database held."""
    tools = {"fingood": fingood.__version__}
    schema_only = draft.kind is BackupKind.SCHEMA
    if draft.dialect == "sqlite":
        watch("copy of the file")
        return replace(draft, tools=tools), dump_sqlite(
            url, work / DUMP, schema_only=schema_only, version_table=version_table
        )
    client = client_for(draft.server_version)
    content = dump_postgres(
        url, work / DUMP, client=client, schema_only=schema_only, jobs=jobs, version_table=version_table, watch=watch
    )
    return replace(draft, tools={**tools, "pg_dump": client.version}), content


def _finish(draft: BackupPoint, content: Content, work: Path) -> BackupPoint:
    write_content(work, content)
    files = describe_files(work)
    if all(file.path == CONTENT for file in files):
        raise CouldNotLook("the dump is empty")
    point = replace(draft, folder=draft.folder / draft.id, state=BackupState.CHECKSUMMED, files=files)
    store_durably(work)
    write_manifest(point, work)
    return point
