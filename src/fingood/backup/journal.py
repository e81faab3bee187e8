"""What happens to backups and databases, in the audit log."""

from __future__ import annotations

from fingood.audit import AuditLog
from fingood.backup.point import BackupPoint
from fingood.backup.shelf import sha256_of
from fingood.model.event import EventKind


def note(audit: AuditLog, point: BackupPoint, *, outcome: str, reason: str = "") -> None:
    """One event about a backup: ``taken``, ``complete`` (it lies there with its checksums), ``restored``, ``proven``,
    ``not proven``, ``removed``, ``failed``. What was stored is named with the checksum of its manifest."""
    stored = outcome not in ("taken", "failed", "removed")
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
            "state": None if outcome == "failed" else point.state.value,
            "bytes": point.bytes if stored else None,
            "files": len(point.files) if stored else None,
            "rows": point.rows if stored else None,
            "sha256": sha256_of(point.manifest) if stored else None,
            "manifest": str(point.manifest) if stored else None,
            "revision": ",".join(point.heads) or None,
            "execution_ms": round(point.duration * 1000),
        },
    )


def note_restore(
    audit: AuditLog, point: BackupPoint, database: str, *, outcome: str, target: str, reason: str = "", ms: int = 0
) -> None:
    """One event about a database that a backup replaces: ``started`` before anything is changed, ``proven`` when the
    restored copy equals the manifest, ``complete``, ``undone`` or ``failed``."""
    audit.append(
        EventKind.RESTORE,
        point.id,
        {
            "backup_id": point.id,
            "backup_type": point.kind.value,
            "database_name": database,
            "target": target,
            "outcome": outcome,
            "reason": reason or None,
            "state": point.state.value,
            "rows": point.rows,
            "revision": ",".join(point.heads) or None,
            "execution_ms": ms,
        },
    )


def note_undone(audit: AuditLog, database: str, target: str, found: str) -> None:
    """What an interrupted restore left, and that it is undone now."""
    words = {"database_name": database, "target": target, "outcome": "undone", "reason": found}
    audit.append(EventKind.RESTORE, database, words)


def recorded_checksum(audit: AuditLog, point: BackupPoint) -> str:
    """The manifest's checksum as the log last said it; empty where it says nothing."""
    found = ""
    for event in audit.events((EventKind.BACKUP,)):
        if event.subject == point.id and event.payload.get("sha256"):
            found = str(event.payload["sha256"])
    return found
