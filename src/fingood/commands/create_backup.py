"""`create-backup`: takes a backup point of the project's database."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from fingood.audit import AuditLog
from fingood.backup import BackupKind, BackupPoint, take_backup_point
from fingood.model.report import CheckRun, Outcome, Report, Table
from fingood.settings import Settings, require_database_url

_NOT_PROVEN = "restoring the backup and comparing it with the source is not part of this version"


def create_backup(settings: Settings, kind: BackupKind) -> Report:
    """Takes a backup point into the project's backup folder. Raises what ``take_backup_point`` raises."""
    started, clock = datetime.now(UTC), time.monotonic()
    url = require_database_url(settings)
    point = take_backup_point(url, settings.backup_dir, kind, AuditLog(settings.audit_log))
    return Report(
        command="create-backup",
        subject=point.id,
        target=point.target,
        started=started,
        duration=time.monotonic() - clock,
        headline=f"{point.state}: {describe_size(point.bytes)}; not proven by a restore",
        runs=(
            CheckRun(check="backup-checksums", outcome=Outcome.PASSED),
            CheckRun(check="backup-restore", outcome=Outcome.SKIPPED, reason=_NOT_PROVEN),
        ),
        sections=(_facts(point),),
        data={"id": point.id, "state": point.state.value, "folder": str(point.folder), "bytes": point.bytes},
    )


def _facts(point: BackupPoint) -> Table:
    rows = (
        ("folder", str(point.folder)),
        ("kind", point.kind.value),
        ("revision", ", ".join(point.heads) or "none"),
        ("taken", f"{point.taken:%Y-%m-%d %H:%M:%S} UTC in {point.duration:.1f} s"),
        ("tools", ", ".join(f"{name} {version}" for name, version in point.tools.items())),
    )
    return Table(title="Backup", columns=("fact", "value"), rows=rows)


def describe_size(number: int) -> str:
    """Bytes in the unit that people read: ``1.3 MB``."""
    size, unit = float(number), "bytes"
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            break
        size /= 1000
    return f"{number} bytes" if unit == "bytes" else f"{size:.1f} {unit}"
