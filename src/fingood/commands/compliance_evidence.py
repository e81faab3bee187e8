"""Reads what a compliance report rests on: log, repository, proofs, backups, files and, read-only, the database."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from fingood.approval import find_authors, read_approvals
from fingood.audit import AuditLog
from fingood.audit.log import Stored
from fingood.backup import BackupPoint, list_backup_points, verify_files
from fingood.catalog import connect, read_facts
from fingood.catalog.security import read_security
from fingood.commands.approve import docstring_of
from fingood.commands.compliance_files import find_secrets, project_files
from fingood.compliance import BackupSeen, Change, Evidence, LogSeen, ProofSeen, Recorded, RevisionSeen
from fingood.errors import CouldNotLook, FingoodError
from fingood.model.event import EventKind
from fingood.model.observed import Observed
from fingood.revisions import History, Revision
from fingood.rollback.coding import from_text
from fingood.rollback.kept import Judged as JudgedProof
from fingood.settings import Settings, dialect_of

_TIMEOUT = 10.0
_ENDS = (EventKind.MIGRATION_COMPLETE, EventKind.MIGRATION_ROLLBACK, EventKind.MIGRATION_FAILED)


def read_evidence(settings: Settings, *, since: datetime | None, until: datetime) -> Evidence:
    """Everything there is. What cannot be read is told in the Evidence and raises nothing."""
    log, events = _read_log(settings, until)
    changes = _changes(events, since)
    revisions, no_history = _revisions(settings, {change.revision for change in changes})
    files = project_files(settings)
    backups, no_backups = _backups(settings)
    known: dict[str, object] = _database(settings)
    return Evidence(
        since=since,
        until=until,
        target=settings.target,
        environment=settings.environment,
        log=log,
        events=events,
        changes=changes,
        revisions=revisions,
        no_history=no_history,
        required_approvals=settings.policy.approvals,
        backup_max_age=settings.policy.backup_max_age,
        proofs=_proofs(settings, revisions),
        backups=backups,
        no_backups=no_backups,
        open_backups=_open_to_others((settings.backup_dir, *(Path(one.manifest).parent for one in backups))),
        files_read=tuple(shown for shown, _ in files),
        secrets=find_secrets(files),
        **known,  # type: ignore[arg-type]
    )


def _read_log(settings: Settings, until: datetime) -> tuple[LogSeen, tuple[Recorded, ...]]:
    """The log, and the events of this database up to the period's end, whoever looks at it. Events that name no
    database, as migrations write by themselves, count as of this one."""
    log = AuditLog(settings.audit_log)
    shown = str(log.path)
    try:
        verification = log.verify()
        every = tuple(log.stored())
    except CouldNotLook as error:
        return LogSeen(path=shown, reason=error.message), ()
    kept = tuple(_recorded(one) for one in every if one.event.at < until and _is_of(one, settings.target))
    return (
        LogSeen(
            path=shown,
            verification=verification,
            open_to_others=_open_to_others((log.path, log.path.parent)),
            first=_recorded(every[0]) if every else None,
        ),
        kept,
    )


def _recorded(stored: Stored) -> Recorded:
    return Recorded(stored.event, stored.sha256)


def _is_of(stored: Stored, target: str) -> bool:
    named = stored.event.payload.get("target")
    return not target or not named or _place(str(named)) == _place(target)


def _place(target: str) -> str:
    """A target without its user: who reads the report need not be who migrates."""
    product, between, rest = target.partition(" · ")
    return f"{product}{between}{rest.rpartition('@')[2]}" if product == "PostgreSQL" else target


def _changes(events: Iterable[Recorded], since: datetime | None) -> tuple[Change, ...]:
    """Starts joined with their ends, by run (or session) and revision."""
    begun: dict[tuple[str, str], list[Recorded]] = {}
    ends: dict[int, Recorded] = {}
    starts: list[Recorded] = []
    for one in events:
        key = (one.says("run") or one.event.session, one.event.subject)
        if one.event.kind is EventKind.MIGRATION_START:
            begun.setdefault(key, []).append(one)
            starts.append(one)
        elif one.event.kind in _ENDS and begun.get(key):
            ends[begun[key].pop().event.sequence] = one
    return tuple(
        Change(start=start, end=ends.get(start.event.sequence))
        for start in starts
        if since is None or start.event.at >= since
    )


def _revisions(settings: Settings, wanted: set[str]) -> tuple[Mapping[str, RevisionSeen], str]:
    """Every revision that ran in the period or has approvals, with what the repository says of it."""
    try:
        history = History.load(settings.project)
    except FingoodError as error:
        return {}, f"the history cannot be read: {error.message}"
    return {one.id: _seen(settings, one, asked=one.id in wanted) for one in history.ordered()}, ""


def _seen(settings: Settings, revision: Revision, *, asked: bool) -> RevisionSeen:
    """Who wrote it is asked of git where it matters: each question is a process."""
    approvals, unreadable = read_approvals(settings.project.script_location, revision.id)
    if not asked and not approvals:
        return RevisionSeen(id=revision.id, path=revision.path, content_hash=revision.content_hash)
    path = settings.project.root / revision.path
    docstring = docstring_of(path.read_bytes().decode("utf-8", "replace"))
    authors = find_authors(settings.project.root, path, docstring)
    return RevisionSeen(
        id=revision.id,
        path=revision.path,
        content_hash=revision.content_hash,
        authors=authors.names,
        no_author=authors.reason,
        approvals=approvals,
        unreadable=unreadable,
    )


def _proofs(settings: Settings, revisions: Iterable[str]) -> tuple[ProofSeen, ...]:
    """The kept proofs. A file that this version cannot read proves nothing and is passed over."""
    folder = settings.project.root / ".fingood" / "proofs"
    names = {hashlib.sha256(id_.encode()).hexdigest()[:16]: id_ for id_ in revisions}
    found = []
    for path in sorted(folder.glob("*.json")):
        if path.name.partition("-")[0] not in names:
            continue
        try:
            stored = path.read_bytes()
            judged = from_text(stored.decode("utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(judged, JudgedProof):
            found.append(
                ProofSeen(
                    revision=judged.proof.revision,
                    judgement=str(judged.proof.judgement),
                    proven=judged.proof.proven,
                    path=str(path),
                    sha256=hashlib.sha256(stored).hexdigest(),
                )
            )
    return tuple(found)


def _backups(settings: Settings) -> tuple[tuple[BackupSeen, ...], str]:
    """The backups of this database, the newest first; only the newest one's files are read through."""
    try:
        points = list_backup_points(settings.backup_dir)
        mine = [point for point in points if _place(point.target) == _place(settings.target)]
        return tuple(_backup(point, read=number == 0) for number, point in enumerate(mine)), ""
    except (FingoodError, OSError) as error:
        why = error.message if isinstance(error, FingoodError) else error.strerror
        return (), f"the backups cannot be read: {why}"


def _backup(point: BackupPoint, *, read: bool) -> BackupSeen:
    return BackupSeen(
        id=point.id,
        taken=point.taken,
        state=str(point.state),
        manifest=str(point.manifest),
        sha256=hashlib.sha256(point.manifest.read_bytes()).hexdigest(),
        problems=verify_files(point) if read else None,
    )


def _open_to_others(paths: Iterable[Path]) -> tuple[str, ...]:
    """The paths with rights for group or others. A missing one is not open."""
    found = []
    for path in paths:
        try:
            mode = path.stat().st_mode
        except OSError:
            continue
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            found.append(f"{path} ({mode & 0o777:o})")
    return tuple(found)


def _database(settings: Settings) -> dict[str, object]:
    """What the database shows of itself, or why nobody could look."""
    dialect = dialect_of(settings.database_url)
    if not settings.database_url:
        return {"no_database": "no database is configured"}
    try:
        with connect(
            settings.database_url, application_name="fingood compliance", statement_timeout=_TIMEOUT
        ) as connection:
            looks: Mapping[str, Observed] = read_security(connection)
            read_at = datetime.now(UTC)
            heads = read_facts(connection, target=True, version_table=settings.project.version_table).heads
            file = connection.engine.url.database or ""
    except FingoodError as error:
        return {"dialect": dialect, "no_database": error.message}
    return {
        "dialect": dialect,
        "looks": looks,
        "read_at": read_at,
        "heads": heads,
        "open_database": ", ".join(_open_to_others((Path(file),))) if dialect == "sqlite" and file else None,
    }
