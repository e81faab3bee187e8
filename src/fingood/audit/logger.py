"""The audit log for migrations and scripts: one method for each thing that happens."""

from __future__ import annotations

import os
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from fingood.audit.log import AuditLog
from fingood.errors import ConfigError
from fingood.model.event import AuditEvent, EventKind

Seconds = float | Decimal


class AuditLogger:
    """Writes events to one audit log. Every method returns the stored event and raises Blocked where it cannot be
    stored. Durations are seconds. Texts are redacted: passwords, tokens and card numbers never reach the log."""

    def __init__(self, log: AuditLog) -> None:
        self.log = log

    def log_migration_start(self, migration_id: str, migration_type: str, database_name: str) -> AuditEvent:
        """A migration begins. ``migration_type`` is a word such as ``schema_change`` or ``upgrade``."""
        return self._migration(EventKind.MIGRATION_START, migration_id, migration_type, database_name)

    def log_migration_complete(
        self,
        migration_id: str,
        migration_type: str,
        database_name: str,
        execution_time: Seconds,
        affected_tables: Iterable[str] = (),
    ) -> AuditEvent:
        """A migration is committed."""
        return self._migration(
            EventKind.MIGRATION_COMPLETE,
            migration_id,
            migration_type,
            database_name,
            execution_ms=_milliseconds(execution_time),
            affected_tables=list(affected_tables),
        )

    def log_migration_failed(
        self,
        migration_id: str,
        migration_type: str,
        database_name: str,
        reason: str,
        *,
        sqlstate: str = "",
        table_name: str = "",
        constraint: str = "",
        location: str = "",
    ) -> AuditEvent:
        """A migration raised. ``reason`` in words of one's own: a driver's text carries row values."""
        return self._migration(
            EventKind.MIGRATION_FAILED,
            migration_id,
            migration_type,
            database_name,
            reason=reason,
            sqlstate=sqlstate or None,
            table=table_name or None,
            constraint=constraint or None,
            location=location or None,
        )

    def log_migration_rollback(
        self,
        migration_id: str,
        migration_type: str,
        database_name: str,
        reason: str = "",
        execution_time: Seconds | None = None,
    ) -> AuditEvent:
        """A migration was taken back."""
        return self._migration(
            EventKind.MIGRATION_ROLLBACK,
            migration_id,
            migration_type,
            database_name,
            reason=reason or None,
            execution_ms=None if execution_time is None else _milliseconds(execution_time),
        )

    def log_data_change(self, migration_id: str, table_name: str, operation: str, affected_rows: int) -> AuditEvent:
        """Rows were changed: INSERT, UPDATE, DELETE, COPY."""
        return self._append(
            EventKind.DATA_CHANGE,
            migration_id,
            migration_id=migration_id,
            table_name=table_name,
            operation=operation,
            affected_rows=affected_rows,
        )

    def log_schema_change(
        self, migration_id: str, table_name: str, operation: str, *, statement: str = ""
    ) -> AuditEvent:
        """A table was created, altered or dropped. Literals of ``statement`` are masked."""
        return self._append(
            EventKind.SCHEMA_CHANGE,
            migration_id,
            migration_id=migration_id,
            table_name=table_name,
            operation=operation,
            statement=statement or None,
        )

    def log_index_operation(
        self,
        migration_id: str,
        table_name: str,
        index_name: str,
        operation: str,
        *,
        concurrently: bool = False,
        execution_time: Seconds | None = None,
    ) -> AuditEvent:
        """An index was created, dropped or rebuilt."""
        return self._append(
            EventKind.INDEX_OPERATION,
            migration_id,
            migration_id=migration_id,
            table_name=table_name,
            index_name=index_name,
            operation=operation,
            concurrently=concurrently,
            execution_ms=None if execution_time is None else _milliseconds(execution_time),
        )

    def log_safety_check(self, migration_id: str, result: str, *, level: str = "", findings: int = 0) -> AuditEvent:
        """A migration was checked; ``result`` is pass, warning or fail."""
        return self._append(
            EventKind.SAFETY_CHECK,
            migration_id,
            migration_id=migration_id,
            result=result,
            level=level or None,
            findings=findings,
        )

    def log_validation(
        self, database_name: str, mode: str, result: str, *, findings: int = 0, tables: Iterable[str] = ()
    ) -> AuditEvent:
        """The data was validated."""
        return self._append(
            EventKind.VALIDATION,
            database_name,
            database_name=database_name,
            mode=mode,
            result=result,
            findings=findings,
            tables=list(tables),
        )

    def log_backup(
        self, backup_id: str, backup_type: str, database_name: str, state: str, *, size: int | None = None
    ) -> AuditEvent:
        """A backup reached a state: taken, checksummed, restored, proven. ``size`` in bytes."""
        return self._stored(
            EventKind.BACKUP, backup_id, database_name, backup_type=backup_type, state=state, bytes=size
        )

    def log_restore(
        self, backup_id: str, backup_type: str, database_name: str, state: str, *, size: int | None = None
    ) -> AuditEvent:
        """A backup was restored into ``database_name``."""
        return self._stored(
            EventKind.RESTORE, backup_id, database_name, backup_type=backup_type, state=state, bytes=size
        )

    def log_security_event(self, event: str, severity: str, detail: str = "") -> AuditEvent:
        """Something that bears on security: a refused run, a changed permission, a lock taken over."""
        return self._append(EventKind.SECURITY, event, event=event, severity=severity, detail=detail or None)

    def log_performance_metric(
        self, metric: str, value: Decimal | float | int, unit: str, *, migration_id: str = "", table_name: str = ""
    ) -> AuditEvent:
        """A measured number and its unit."""
        return self._append(
            EventKind.PERFORMANCE,
            migration_id or metric,
            metric=metric,
            value=str(value),
            unit=unit,
            migration_id=migration_id or None,
            table_name=table_name or None,
        )

    def _migration(self, kind: EventKind, id_: str, type_: str, database: str, **payload: object) -> AuditEvent:
        return self._append(kind, id_, migration_id=id_, migration_type=type_, database_name=database, **payload)

    def _stored(self, kind: EventKind, id_: str, database: str, **payload: object) -> AuditEvent:
        return self._append(kind, id_, backup_id=id_, database_name=database, **payload)

    def _append(self, kind: EventKind, subject: str, **payload: object) -> AuditEvent:
        return self.log.append(kind, subject, payload)


def get_audit_logger(path: Path | str | None = None) -> AuditLogger:
    """The logger of ``path``; else of FINGOOD_AUDIT_LOG; else of the project that the working directory is in.

        from migrations.safety.audit_logger import get_audit_logger

        audit = get_audit_logger()
        audit.log_migration_start("4f2a9c01", "schema_change", "ledger")
        audit.log_data_change("4f2a9c01", "entries", "UPDATE", 412)
        audit.log_migration_complete("4f2a9c01", "schema_change", "ledger", 1.5, ["entries"])

    The migrations that ``alembic upgrade`` runs are logged by env.py without a word of yours. The log only grows:
    ``python migrations/safety/audit_logger.py verify`` shows whether it is whole.

    Raises ConfigError where none of them names a log.
    """
    return AuditLogger(AuditLog(path or os.environ.get("FINGOOD_AUDIT_LOG") or _configured_path()))


def _configured_path() -> Path:
    from fingood.settings import load

    settings = load()
    if settings.audit_log == Path():
        raise ConfigError("no audit log is configured", key="audit_log", hint="audit_log in [tool.fingood]")
    return settings.audit_log


def _milliseconds(seconds: Seconds) -> int:
    return round(seconds * 1000)
