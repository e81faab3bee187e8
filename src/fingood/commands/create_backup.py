"""`create-backup`: takes a backup point of the project's database, and proves it by a restore."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from fingood.audit import AuditLog
from fingood.backup import BackupKind, BackupPoint, BackupState, prove_backup, take_backup_point
from fingood.backup.take import JOBS
from fingood.model.finding import Finding
from fingood.model.report import CheckRun, Outcome, Report, Table
from fingood.model.severity import Confidence, Severity
from fingood.settings import Settings, require_database_url

CHECKSUMS, RESTORE = "backup-checksums", "backup-restore"
NOT_ASKED = "not asked for: fingood backups verify --prove does it"


def create_backup(
    settings: Settings,
    kind: BackupKind,
    *,
    prove: bool | None = None,
    jobs: int = JOBS,
    watch: Callable[[str], None] = lambda label: None,
) -> Report:
    """Takes a backup point into the project's backup folder and, a deployment's if not said otherwise, proves it.

    Raises what ``take_backup_point`` raises. A backup that could not be restored and compared is an errored check, one
    that differs from its source a failed one: neither is green.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    url = require_database_url(settings)
    audit = AuditLog(settings.audit_log)
    point = take_backup_point(
        url, settings.backup_dir, kind, audit, jobs=jobs, version_table=settings.project.version_table, watch=watch
    )
    wanted = kind is BackupKind.DEPLOYMENT if prove is None else prove
    if wanted:
        point = prove_backup(point, audit, jobs=jobs, watch=watch)
    runs = (CheckRun(check=CHECKSUMS, outcome=Outcome.PASSED), restore_run(point, asked=wanted))
    return Report(
        command="create-backup",
        subject=point.id,
        target=point.target,
        started=started,
        duration=time.monotonic() - clock,
        headline=describe_state(point),
        runs=runs,
        sections=(describe_point(point),),
        data=as_data(point),
        fail_on=settings.fail_on,
    )


def restore_run(point: BackupPoint, *, asked: bool) -> CheckRun:
    """What is known of a restore, as a check: passed for a proven backup alone."""
    if point.state is BackupState.PROVEN:
        return CheckRun(check=RESTORE, outcome=Outcome.PASSED)
    if not asked:
        return CheckRun(check=RESTORE, outcome=Outcome.SKIPPED, reason=NOT_ASKED)
    if point.state is not BackupState.RESTORED:
        return CheckRun(check=RESTORE, outcome=Outcome.ERRORED, reason=point.reason)
    finding = Finding(
        check=RESTORE,
        severity=Severity.CRITICAL,
        confidence=Confidence.OBSERVED,
        message=f"The backup {point.id} does not bring back what it was taken of.",
        effect=point.reason,
        remedy="take another one; fingood doctor says what may be wrong with the programs",
        subject=point.id,
    )
    return CheckRun(check=RESTORE, outcome=Outcome.FAILED, findings=(finding,))


def describe_state(point: BackupPoint) -> str:
    """What is known, how large, and why no more is known."""
    head = f"{point.state}: {describe_size(point.bytes)}, {point.rows:,} rows"
    if point.state is BackupState.PROVEN:
        return f"{head}; restored and equal to the source"
    return f"{head}; not proven by a restore" + (f": {point.reason}" if point.reason else "")


def describe_point(point: BackupPoint) -> Table:
    """Everything about one backup, but not its tables."""
    server = point.server_version
    rows = [
        ("id", point.id),
        ("folder", str(point.folder)),
        ("of", point.target),
        ("kind", point.kind.value),
        ("state", point.state.value),
        ("revision", ", ".join(point.heads) or "none"),
        ("taken", f"{point.taken:%Y-%m-%d %H:%M:%S} UTC in {point.duration:.1f} s"),
        ("size", f"{describe_size(point.bytes)} in {len(point.files)} files"),
        ("holds", f"{point.rows:,} rows in {len(point.fingerprints)} tables" if point.fingerprints else "no rows"),
        ("server", f"PostgreSQL {server // 10_000}.{server % 10_000}" if server else "SQLite"),
        ("tools", ", ".join(f"{name} {version}" for name, version in point.tools.items())),
    ]
    if point.proof:
        rows.append(("proof", point.proof + (f" ({point.proven:%Y-%m-%d %H:%M} UTC)" if point.proven else "")))
    if point.reason:
        rows.append(("not proven", point.reason))
    return Table(title="Backup", columns=("fact", "value"), rows=tuple(rows))


def as_data(point: BackupPoint) -> dict[str, object]:
    """A backup for machines."""
    return {
        "id": point.id,
        "state": point.state.value,
        "kind": point.kind.value,
        "folder": str(point.folder),
        "bytes": point.bytes,
        "rows": point.rows,
        "target": point.target,
        "taken": point.taken.isoformat(),
        "heads": list(point.heads),
        "reason": point.reason,
    }


def describe_size(number: int) -> str:
    """Bytes in the unit that people read: ``1.3 MB``."""
    size, unit = float(number), "bytes"
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            break
        size /= 1000
    return f"{number} bytes" if unit == "bytes" else f"{size:.1f} {unit}"
