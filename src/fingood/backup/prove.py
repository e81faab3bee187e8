"""Proving a backup: restored where nobody else is, and compared with what its source held."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from fingood.audit import AuditLog
from fingood.backup.content import Content, differences_between, load_content, read_content, shortened
from fingood.backup.journal import note
from fingood.backup.point import BackupKind, BackupPoint, BackupState
from fingood.backup.restoring import describe_complaint, fill_postgres, fill_sqlite, require_sound
from fingood.backup.shelf import verify_files, write_manifest
from fingood.backup.take import JOBS
from fingood.catalog import connect, require_known_formulas
from fingood.errors import CouldNotLook, FingoodError, SandboxUnavailable
from fingood.model.snapshot import ObjectKey
from fingood.sandbox.choice import extensions_in, running_server
from fingood.sandbox.dump import Complaint
from fingood.sandbox.lease import leased_directory
from fingood.sandbox.roles import create_roles, drop_roles, read_role_names
from fingood.sandbox.server import Server
from fingood.sandbox.source import Source
from fingood.sandbox.supplier import Binaries, found_binaries

Watch = Callable[[str], None]
_OF_ITS_SERVER = ("tablespace",)
"""What a private server does not have: the directories of the source's server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """Where it was restored and what was not, and in which it differs from its source."""

    where: str
    differences: tuple[str, ...]


def prove_backup(
    point: BackupPoint, audit: AuditLog, *, jobs: int = JOBS, watch: Watch = lambda label: None
) -> BackupPoint:
    """The backup with what is known about it now, as its manifest and the audit log say it too: PROVEN; RESTORED with a
    reason where the copy is not equal to the source; CHECKSUMMED with a reason where it cannot be restored. A try that
    could not be made (no server of the right version here) leaves an earlier proof as it was.

    Raises CouldNotLook where the files are not as the manifest says or a newer version took the fingerprints, Blocked
    where the audit log cannot be written.
    """
    audit.ensure_writable()
    require_known_formulas(point.fingerprints.values())
    if problems := verify_files(point):
        raise CouldNotLook(f"backup {point.id} is damaged: {problems[0]}", hint="fingood backups list names the others")
    clock = time.monotonic()
    was = point
    restored = False

    def tell_restored(where: str) -> None:
        nonlocal point, restored
        restored = True
        point = replace(was, state=BackupState.RESTORED, proof=where, reason="", proven=None)
        _settle(audit, point, "restored")

    try:
        trial = (_in_sqlite if point.dialect == "sqlite" else _on_server)(point, jobs, watch, tell_restored)
    except SandboxUnavailable as error:
        return _not_proven(audit, was, point, error, tried=restored)
    except CouldNotLook as error:
        return _not_proven(audit, was, point, error, tried=True)
    spent = f"{trial.where}, in {time.monotonic() - clock:.1f} s"
    if trial.differences:
        point = replace(point, proof=spent, reason=f"the restored copy differs: {shortened(trial.differences)}")
        return _settle(audit, point, "not proven")
    point = replace(point, state=BackupState.PROVEN, proof=spent, proven=datetime.now(UTC))
    return _settle(audit, point, "proven")


def _not_proven(
    audit: AuditLog, was: BackupPoint, point: BackupPoint, error: FingoodError, *, tried: bool
) -> BackupPoint:
    """A copy that came about keeps its state; where none did, what an earlier run proved is no longer to be trusted."""
    if not tried and was.state is BackupState.PROVEN:
        return replace(was, reason=error.message)
    state = BackupState.RESTORED if point.state is BackupState.RESTORED and tried else BackupState.CHECKSUMMED
    return _settle(audit, replace(point, state=state, reason=error.message, proven=None), "not proven")


def _settle(audit: AuditLog, point: BackupPoint, outcome: str) -> BackupPoint:
    write_manifest(point)
    note(audit, point, outcome=outcome, reason=point.reason)
    return point


def _on_server(point: BackupPoint, jobs: int, watch: Watch, restored: Callable[[str], None]) -> _Trial:
    content = load_content(point.folder, point.fingerprints)
    if content.source is None:
        raise CouldNotLook("the backup does not say which roles and extensions its source has", hint="take a new one")
    binaries, without = _choose_binaries(content.source)
    watch(f"server of PostgreSQL {binaries.version}")
    server = running_server(binaries)
    _require_room(content.source.bytes, server)
    roles_before = read_role_names(server)
    create_roles(server, content.source.roles, superuser="")
    options = f"ENCODING '{content.source.encoding}' LC_COLLATE 'C' LC_CTYPE 'C'"
    options += " LOCALE_PROVIDER libc" if server.major >= 15 else ""
    name = server.create_database(template="template0", options=options)
    try:
        url = server.url(name)
        complaints = fill_postgres(point, content, url, jobs=jobs, isolated=True, without=without, watch=watch)
        _require_support(complaints, binaries)
        where = f"restored on PostgreSQL {binaries.version} ({binaries.supplier})"
        if without:
            where += f" without {', '.join(sorted(without))}, which that server lacks and nothing here depends on"
        restored(where)
        watch("comparison with the source")
        return _Trial(where=where, differences=_compare(point, content, url, complaints, without))
    finally:
        server.drop_database(name)
        # The server may serve sandboxes after us, whose migrations make these roles themselves.
        drop_roles(server, frozenset(role.name for role in content.source.roles) - roles_before)


def _in_sqlite(point: BackupPoint, jobs: int, watch: Watch, restored: Callable[[str], None]) -> _Trial:
    content = load_content(point.folder, point.fingerprints)
    with leased_directory() as directory:
        path = directory / "copy.sqlite"
        watch("copy of the file")
        fill_sqlite(point, path)
        require_sound(path)
        where = "copied and opened by SQLite"
        restored(where)
        watch("comparison with the source")
        return _Trial(where=where, differences=_compare(point, content, f"sqlite:///{path}", (), ()))


def _compare(
    point: BackupPoint, content: Content, url: str, complaints: tuple[Complaint, ...], without: tuple[str, ...]
) -> tuple[str, ...]:
    rows = point.kind is not BackupKind.SCHEMA
    with connect(url, application_name="fingood backup") as connection:
        copy = read_content(connection, rows=rows, like=content.fingerprints)
    left_out = [key for key in content.snapshot.objects if key.kind == "user mapping" or _is_of(key, without)]
    differences = differences_between(content, copy, rows=rows, left_out=left_out, unsaid=_OF_ITS_SERVER)
    # What pg_restore complained about matters where something differs: it says why.
    return (*differences, *map(describe_complaint, complaints)) if differences else ()


def _is_of(key: ObjectKey, names: tuple[str, ...]) -> bool:
    return key.kind == "extension" and key.name.strip('"') in names


def _choose_binaries(source: Source) -> tuple[Binaries, tuple[str, ...]]:
    """The oldest server here that is not older than the source's, one with all its extensions before others; and the
    extensions to leave out there. Raises SandboxUnavailable where none fits, or lacks what something depends on."""
    major = source.server_version // 10_000
    fitting = sorted((one for one in found_binaries() if one.major >= major), key=lambda one: one.major)
    if not fitting:
        raise SandboxUnavailable(
            f"no server of PostgreSQL {major} or newer is on this machine to restore it on",
            hint=f"set PG_BIN to the directory of PostgreSQL {major}'s programs",
        )
    needed = {extension.name for extension in source.extensions}
    complete = [one for one in fitting if needed <= extensions_in(one)]
    chosen = (complete or fitting)[0]
    lacking = [extension for extension in source.extensions if extension.name not in extensions_in(chosen)]
    for extension in lacking:
        if extension.dependents:
            raise SandboxUnavailable(
                f"no server here has the extension {extension.name}, which {extension.example} needs",
                hint=f"set PG_BIN to the directory of a PostgreSQL {major} that has it",
            )
    return chosen, tuple(extension.name for extension in lacking)


def _require_support(complaints: tuple[Complaint, ...], binaries: Binaries) -> None:
    """Raises SandboxUnavailable where the server was built without something (ICU, say) or has no room: that says
    nothing about the backup."""
    if any(one.is_for_want_of_room for one in complaints):
        raise SandboxUnavailable("the disk of the private server is full", hint="set TMPDIR to a larger disk")
    lacking = next((one for one in complaints if one.message.endswith("is not supported in this build")), None)
    if lacking is not None:
        raise SandboxUnavailable(
            f"PostgreSQL {binaries.version} ({binaries.supplier}) cannot hold it: {describe_complaint(lacking)}",
            hint=f"set PG_BIN to the directory of a PostgreSQL {binaries.major} that can",
        )


def _require_room(needed: int, server: Server) -> None:
    free = shutil.disk_usage(server.base).free
    if needed * 3 // 2 > free:
        raise SandboxUnavailable(
            f"a restored copy needs about {needed * 1.5 / 1e9:.1f} GB in {server.base.parent}, "
            f"{free / 1e9:.1f} GB are free",
            hint="set TMPDIR to a larger disk",
        )
