"""Health checks of the project around the database: its revisions, runs, audit log and backups."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.audit import AuditLog
from fingood.backup import BackupKind, list_backup_points
from fingood.catalog import known_heads, read_facts
from fingood.errors import FingoodError
from fingood.model.event import EventKind
from fingood.model.finding import Finding
from fingood.model.report import CheckRun, Outcome
from fingood.model.severity import Confidence, Severity
from fingood.revisions import History
from fingood.settings import Settings
from fingood.validation.query import reason_of

_ENDS = (EventKind.MIGRATION_COMPLETE, EventKind.MIGRATION_ROLLBACK, EventKind.MIGRATION_FAILED)


class Skipped(Exception):
    """There is nothing to look at; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCheck:
    """``judge`` says what is ill, None where all is well; Skipped where there is nothing to look at."""

    id: str
    title: str
    source: str
    judge: Callable[[Connection, Settings], Finding | None]
    comprehensive: bool = True


def run_project_checks(connection: Connection, settings: Settings, *, comprehensive: bool) -> tuple[CheckRun, ...]:
    """Every check of the project, each of which may fail by itself."""
    chosen = [check for check in PROJECT_CHECKS if comprehensive or not check.comprehensive]
    return tuple(_run(check, connection, settings) for check in chosen)


def _run(check: ProjectCheck, connection: Connection, settings: Settings) -> CheckRun:
    clock = time.monotonic()
    outcome, reason, finding = Outcome.PASSED, "", None
    try:
        with connection.begin_nested():
            finding = check.judge(connection, settings)
        outcome = Outcome.FAILED if finding else Outcome.PASSED
    except Skipped as nothing:
        outcome, reason = Outcome.SKIPPED, str(nothing)
    except FingoodError as error:
        outcome, reason = Outcome.ERRORED, error.message
    except DBAPIError as error:
        outcome, reason = Outcome.ERRORED, reason_of(error)
    return CheckRun(
        check=check.id,
        outcome=outcome,
        reason=reason,
        findings=(finding,) if finding else (),
        duration=time.monotonic() - clock,
    )


def _finding(
    check: str,
    severity: Severity,
    message: str,
    *,
    observed: str,
    threshold: str,
    subject: str,
    remedy: str,
    effect: str = "",
) -> Finding:
    source = next(known.source for known in PROJECT_CHECKS if known.id == check)
    evidence = {"observed": observed, "threshold": threshold, "source": source}
    return Finding(
        check=check,
        severity=severity,
        confidence=Confidence.OBSERVED,
        message=message,
        effect=effect,
        remedy=remedy,
        subject=subject,
        evidence=evidence,
    )


def _revision(connection: Connection, settings: Settings) -> Finding | None:
    """Whether the database stands where the history ends."""
    history = History.load(settings.project)
    applied = frozenset(known_heads(read_facts(connection, target=True, version_table=settings.project.version_table)))
    if not history.heads and not applied:
        raise Skipped("the project has no revisions")
    known = {revision.id for revision in history.ordered()}
    if unknown := applied - known:
        names = ", ".join(sorted(unknown))
        return _finding(
            "revision-at-head",
            Severity.CRITICAL,
            f"the database stands at {names}, which this project does not have",
            observed=names,
            threshold="a revision of the project",
            effect="Alembic can neither upgrade nor downgrade from there.",
            remedy="check out the code that has it; do not stamp over it before you know what it did",
            subject=names,
        )
    pending = history.pending(applied)
    if not pending:
        return None
    return _finding(
        "revision-at-head",
        Severity.WARNING,
        f"{len(pending)} revisions are not applied, the next is {pending[0].id}",
        observed=", ".join(sorted(applied)) or "base",
        threshold=", ".join(history.heads),
        remedy="alembic upgrade head",
        subject=", ".join(sorted(applied)) or "base",
    )


def _unfinished(connection: Connection, settings: Settings) -> Finding | None:
    """Runs that the audit log saw begin and never end: they are at work, or were killed."""
    open_runs: dict[tuple[str, str], datetime] = {}
    for event in AuditLog(settings.audit_log).events((EventKind.MIGRATION_START, *_ENDS)):
        key = (str(event.payload.get("run", "")), event.subject)
        if event.kind in _ENDS:
            open_runs.pop(key, None)
        elif key[0] and event.payload.get("target") == settings.target:
            open_runs[key] = event.at
    if not open_runs:
        return None
    (_, revision), at = min(open_runs.items(), key=lambda item: item[1])
    return _finding(
        "unfinished-migrations",
        Severity.WARNING,
        f"{len(open_runs)} migration steps began and have no end in the audit log, the first is {revision}",
        observed=f"{at:%Y-%m-%d %H:%M:%S} UTC",
        threshold="none",
        effect="They run right now, or their process was killed and nobody wrote down what became of them.",
        remedy="alembic current; the next guarded run records what became of them",
        subject=revision,
    )


def _audit_log(connection: Connection, settings: Settings) -> Finding | None:
    log = AuditLog(settings.audit_log)
    if not settings.audit_log.exists():
        raise Skipped("there is no audit log yet")
    found = log.verify()
    if found.ok:
        return None
    return _finding(
        "audit-log",
        Severity.CRITICAL,
        f"the audit log is not whole: {len(found.problems)} places",
        observed=str(len(found.problems)),
        threshold="none",
        effect="It is no evidence any more of what was done from there on.",
        remedy="fingood audit verify",
        subject=settings.audit_log.name,
    )


def _backup(connection: Connection, settings: Settings) -> Finding | None:
    mine = [
        point
        for point in list_backup_points(settings.backup_dir)
        if point.target == settings.target and point.kind is not BackupKind.SCHEMA
    ]
    allowed = settings.policy.backup_max_age
    age = (datetime.now(UTC) - mine[0].taken).total_seconds() if mine else None
    if age is not None and age <= allowed:
        return None
    return _finding(
        "backup-age",
        Severity.WARNING,
        "there is no backup of this database" if age is None else f"the newest backup is {age / 3600:.1f} h old",
        observed="none" if age is None else f"{age / 3600:.1f} h",
        threshold=f"{allowed / 3600:g} h",
        effect="What a migration destroys cannot be brought back.",
        remedy="python migrations/create_backup.py --type deployment",
        subject=settings.target,
    )


PROJECT_CHECKS: tuple[ProjectCheck, ...] = (
    ProjectCheck(
        id="revision-at-head",
        title="The database stands where the history ends",
        source="alembic.sqlalchemy.org, alembic check",
        judge=_revision,
        comprehensive=False,
    ),
    ProjectCheck(
        id="unfinished-migrations",
        title="Every migration that began has ended",
        source="docs/guard.md",
        judge=_unfinished,
        comprehensive=False,
    ),
    ProjectCheck(id="audit-log", title="The audit log is whole", source="docs/audit.md", judge=_audit_log),
    ProjectCheck(
        id="backup-age",
        title="There is a fresh backup",
        source="docs/settings.md, policy.backup_max_age",
        judge=_backup,
    ),
)
