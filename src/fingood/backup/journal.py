"""What happens to backups and databases, in the audit log."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fingood.audit import AuditLog
from fingood.backup.point import BackupPoint
from fingood.backup.shelf import sha256_of
from fingood.model.event import AuditEvent, EventKind


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


def unended_restore(audit: AuditLog, database: str) -> AuditEvent | None:
    """The last restore of a database, where the log says that its copy was proven, and not how it ended."""
    last = None
    for event in audit.events((EventKind.RESTORE,)):
        if event.payload.get("database_name") == database:
            last = event
    return last if last is not None and last.payload.get("outcome") == "proven" else None


def note_ended(audit: AuditLog, event: AuditEvent, names: Iterable[str], live: str) -> tuple[str, ...]:
    """Notes the end of such a restore where what it replaced is there under one of the names: the copy and the kept one
    have the same date. Returns what was found."""
    date = re.split("[_-]", str(event.payload.get("reason", "")))[-1]
    kept = next((name for name in names if date and name.endswith(date)), "")
    if not kept:
        return ()
    found = (
        f"an earlier restore of {event.subject} was interrupted after the swap: {live} is that backup; "
        f"what it replaced is kept as {kept}"
    )
    words = {key: event.payload[key] for key in ("backup_id", "database_name", "target") if key in event.payload}
    audit.append(EventKind.RESTORE, event.subject, {**words, "outcome": "complete", "reason": found})
    return (found,)


def recorded_checksum(audit: AuditLog, point: BackupPoint) -> str:
    """The manifest's checksum as the log last said it; empty where it says nothing."""
    found = ""
    for event in audit.events((EventKind.BACKUP,)):
        if event.subject == point.id and event.payload.get("sha256"):
            found = str(event.payload["sha256"])
    return found
