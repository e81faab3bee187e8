"""A backup point and its manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from fingood.model.names import RelationName
from fingood.model.snapshot import Fingerprint, Strength

FORMAT = 2
_READABLE = (1, 2)
"""Format 1 knew no fingerprints: its backups can be restored, but not be proven."""
MANIFEST = "manifest.json"
DUMP = "dump"


class BackupKind(Enum):
    """What goes into it. DEPLOYMENT and FULL hold schema and data, the first is meant for going back after an upgrade;
    SCHEMA holds no rows."""

    DEPLOYMENT = "deployment"
    FULL = "full"
    SCHEMA = "schema"

    def __str__(self) -> str:
        return str(self.value)


class BackupState(Enum):
    """How much is known about a backup: it was taken; its files were read again and have checksums; it was restored;
    the restored data equals the source."""

    TAKEN = "taken"
    CHECKSUMMED = "checksummed"
    RESTORED = "restored"
    PROVEN = "proven"

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupFile:
    """One file of a backup; ``path`` is relative to the backup's folder."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupPoint:
    """A backup that lies in ``folder``. ``target`` describes the database without its password, ``heads`` are the
    revisions that were applied, ``taken`` is aware UTC, ``duration`` seconds, ``tools`` the programs' versions.

    ``fingerprints`` are those of the source, of the same instant as the dump. ``proof`` says where it was restored and
    what was left out there, ``proven`` when; ``reason`` why it is not proven.
    """

    id: str
    kind: BackupKind
    state: BackupState
    folder: Path
    dialect: str
    target: str
    database: str
    server_version: int
    heads: tuple[str, ...]
    taken: datetime
    duration: float
    files: tuple[BackupFile, ...]
    tools: Mapping[str, str] = field(default_factory=dict)
    fingerprints: Mapping[RelationName, Fingerprint] = field(default_factory=dict, repr=False)
    proven: datetime | None = None
    proof: str = ""
    reason: str = ""

    @property
    def bytes(self) -> int:
        """Size of all files together."""
        return sum(file.bytes for file in self.files)

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(one.rows for one in self.fingerprints.values())

    @property
    def manifest(self) -> Path:
        return self.folder / MANIFEST


def manifest_text(point: BackupPoint) -> str:
    """The manifest as it is stored: JSON with stable keys, no secret in it."""
    values: dict[str, Any] = {
        "format": FORMAT,
        "id": point.id,
        "kind": point.kind.value,
        "state": point.state.value,
        "dialect": point.dialect,
        "target": point.target,
        "database": point.database,
        "server_version": point.server_version,
        "heads": list(point.heads),
        "taken": point.taken.astimezone(UTC).isoformat(),
        "duration_seconds": round(point.duration, 3),
        "tools": dict(point.tools),
        "proven": point.proven.astimezone(UTC).isoformat() if point.proven else None,
        "proof": point.proof,
        "reason": point.reason,
        "files": [{"path": file.path, "bytes": file.bytes, "sha256": file.sha256} for file in point.files],
        "fingerprints": [_fingerprint_as_data(one) for _, one in sorted(point.fingerprints.items(), key=_by_name)],
    }
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def read_manifest(folder: Path) -> BackupPoint:
    """The backup in ``folder``. Raises ValueError, KeyError, TypeError or OSError where its manifest is missing or
    damaged."""
    values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if values["format"] not in _READABLE:
        raise ValueError(f"format {values['format']}")
    proven = values.get("proven")
    fingerprints = [_fingerprint_from(one) for one in values.get("fingerprints", ())]
    return BackupPoint(
        id=str(values["id"]),
        kind=BackupKind(values["kind"]),
        state=BackupState(values["state"]),
        folder=folder,
        dialect=values["dialect"],
        target=values["target"],
        database=values["database"],
        server_version=int(values["server_version"]),
        heads=tuple(values["heads"]),
        taken=_aware(values["taken"]),
        duration=float(values["duration_seconds"]),
        files=tuple(BackupFile(**file) for file in values["files"]),
        tools=dict(values["tools"]),
        fingerprints={one.table: one for one in fingerprints},
        proven=_aware(proven) if proven else None,
        proof=values.get("proof", ""),
        reason=values.get("reason", ""),
    )


def _aware(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return found


def _by_name(entry: tuple[RelationName, Fingerprint]) -> tuple[str, str]:
    return entry[0].schema or "", entry[0].name


def _fingerprint_as_data(one: Fingerprint) -> dict[str, Any]:
    return {
        "schema": one.table.schema,
        "table": one.table.name,
        "rows": one.rows,
        "key": list(one.key),
        "keyed": one.keyed,
        "row": one.row,
        "columns": dict(one.columns),
        "sums": dict(one.sums),
        "formula": one.formula,
        "strength": one.strength.value,
        "unread": one.unread,
    }


def _fingerprint_from(values: dict[str, Any]) -> Fingerprint:
    return Fingerprint(
        table=RelationName(values["schema"], values["table"]),
        rows=int(values["rows"]),
        columns=dict(values["columns"]),
        sums=dict(values["sums"]),
        keyed=bool(values["keyed"]),
        formula=values["formula"],
        strength=Strength(values["strength"]),
        key=tuple(values["key"]),
        row=values["row"],
        unread=values["unread"],
    )
