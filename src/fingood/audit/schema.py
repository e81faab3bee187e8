"""What an event of each kind may say: its payload's keys and their types. Nothing else is ever stored.

A room that has something new to record adds its key here.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from fingood.audit.redaction import escape_unseen, mask_literals, redact
from fingood.errors import InternalError
from fingood.model.event import EventKind


class Field(Enum):
    """The type of a payload's value, which decides how it is cleaned."""

    NAME = "name"  # an id, a database object, a word from a fixed list: URLs are masked, digits stay
    TEXT = "text"  # free text: secrets and card numbers are masked
    SQL = "sql"  # a statement: literals are masked
    COUNT = "count"  # whole number; durations are milliseconds
    FLAG = "flag"
    NAMES = "names"


_N, _T, _S, _C, _F, _L = Field.NAME, Field.TEXT, Field.SQL, Field.COUNT, Field.FLAG, Field.NAMES

_COMMON: Mapping[str, Field] = {
    "migration_id": _N, "migration_type": _N, "database_name": _N, "target": _N, "environment": _N, "run": _N,
    "path": _N, "content_hash": _N, "outcome": _N, "reason": _T, "ticket": _N, "tool_version": _N,
}  # fmt: skip
_WORK: Mapping[str, Field] = {
    "execution_ms": _C, "affected_tables": _L, "statements": _C, "rows": _C, "direction": _N, "heads": _L,
    "server_version": _N, "database_user": _N, "backend_pid": _C, "lock_timeout_ms": _C, "statement_timeout_ms": _C,
    "own_timeouts": _F, "recovered": _F, "started_sequence": _C, "below": _L,
}  # fmt: skip
_ERROR: Mapping[str, Field] = {
    "error": _N, "sqlstate": _N, "schema": _N, "table": _N, "column": _N, "constraint": _N, "location": _N,
    "statement": _S, "blockers": _L,
}  # fmt: skip
_JUDGED: Mapping[str, Field] = {
    "check": _N, "checks": _L, "level": _N, "result": _N, "passed": _C, "failed": _C, "skipped": _C, "errored": _C,
    "findings": _C, "blocking": _C, "accepted": _C, "known": _C, "line": _C, "until": _N, "plan_hash": _N,
    "direction": _N, "execution_ms": _C, "tables": _L, "mode": _N, "worst": _N,
    "static": _F, "select": _L, "ignore": _L,
}  # fmt: skip
_STORED: Mapping[str, Field] = {
    "backup_id": _N, "backup_type": _N, "state": _N, "bytes": _C, "files": _C, "sha256": _N, "revision": _N,
    "manifest": _N, "execution_ms": _C, "tables": _L, "rows": _C,
}  # fmt: skip

FIELDS: Mapping[EventKind, Mapping[str, Field]] = {
    EventKind.MIGRATION_START: {**_COMMON, **_WORK},
    EventKind.MIGRATION_COMPLETE: {**_COMMON, **_WORK},
    EventKind.MIGRATION_ROLLBACK: {**_COMMON, **_WORK},
    EventKind.MIGRATION_FAILED: {**_COMMON, **_WORK, **_ERROR},
    EventKind.SCHEMA_CHANGE: {**_COMMON, "table_name": _N, "object": _N, "operation": _N, "statement": _S},
    EventKind.DATA_CHANGE: {**_COMMON, "table_name": _N, "operation": _N, "affected_rows": _C, "statement": _S},
    EventKind.INDEX_OPERATION: {
        **_COMMON, "table_name": _N, "index_name": _N, "operation": _N, "concurrently": _F, "execution_ms": _C,
    },
    EventKind.SAFETY_CHECK: {**_COMMON, **_JUDGED},
    EventKind.ROLLBACK_TEST: {
        **_COMMON, **_JUDGED, "verdict": _N, "strength": _N, "proof": _N, "lost": _C, "statement": _S,
    },
    EventKind.VALIDATION: {**_COMMON, **_JUDGED, "rows": _C},
    EventKind.BACKUP: {**_COMMON, **_STORED},
    EventKind.RESTORE: {**_COMMON, **_STORED},
    EventKind.SECURITY: {
        **_COMMON, "event": _N, "severity": _N, "detail": _T, "mode": _N, "revisions": _L, "met": _L, "missing": _L,
    },
    EventKind.PERFORMANCE: {**_COMMON, "metric": _N, "value": _N, "unit": _N, "table_name": _N, "execution_ms": _C},
}  # fmt: skip

_LONGEST = 2000
_MOST = 200


def clean_payload(kind: EventKind, payload: Mapping[str, object]) -> dict[str, object]:
    """The payload as it may be stored: allowed keys only, values of the right type, secrets masked, None left out.

    Raises InternalError for a key that the kind does not know and for a value of another type.
    """
    allowed = FIELDS[kind]
    unknown = sorted(set(payload) - set(allowed))
    if unknown:
        raise InternalError(
            f"audit event {kind.value} has no field {', '.join(unknown)}",
            hint="fields stand in fingood/audit/schema.py",
        )
    return {key: _clean(kind, key, allowed[key], value) for key, value in payload.items() if value is not None}


def _clean(kind: EventKind, key: str, field: Field, value: object) -> object:
    if field is Field.FLAG and isinstance(value, bool):
        return value
    if field is Field.COUNT and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        return value
    if field is Field.NAMES and isinstance(value, (list, tuple, set, frozenset)):
        names = [_name(str(item)) for item in value]
        return names if len(names) <= _MOST else [*names[:_MOST], f"and {len(names) - _MOST} more"]
    if isinstance(value, str) and field in _CLEANERS:
        return _CLEANERS[field](value)[:_LONGEST]
    raise InternalError(f"audit event {kind.value}: field {key} takes a {field.value}, not {type(value).__name__}")


def _name(text: str) -> str:
    """A name keeps its digits (revision ids are often dates), but no URL keeps its password."""
    return redact(text) if "://" in text or "=" in text else escape_unseen(text).replace("\n", "\\n")


_CLEANERS = {Field.NAME: _name, Field.TEXT: redact, Field.SQL: mask_literals}
