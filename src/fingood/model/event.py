"""An event of the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class EventKind(Enum):
    """What happened."""

    MIGRATION_START = "migration_start"
    MIGRATION_COMPLETE = "migration_complete"
    MIGRATION_FAILED = "migration_failed"
    MIGRATION_ROLLBACK = "migration_rollback"
    SCHEMA_CHANGE = "schema_change"
    DATA_CHANGE = "data_change"
    INDEX_OPERATION = "index_operation"
    SAFETY_CHECK = "safety_check"
    ROLLBACK_TEST = "rollback_test"
    VALIDATION = "validation"
    BACKUP = "backup"
    RESTORE = "restore"
    SECURITY = "security_event"
    PERFORMANCE = "performance_metric"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One line of the audit log. ``at`` is aware UTC; ``sequence`` counts from 1 within a log.

    ``previous`` is the SHA-256 of the stored bytes of the line before (64 zeros for the first).
    ``actor`` is the configured actor or the operating system's user; ``session`` is one process's life.
    """

    sequence: int
    at: datetime
    kind: EventKind
    subject: str
    actor: str
    host: str
    session: str
    payload: Mapping[str, object] = field(default_factory=dict)
    previous: str = "0" * 64
    os_user: str = ""
    pid: int = 0
