"""A backup point and its manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

FORMAT = 1
MANIFEST = "manifest.json"


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
    revisions that were applied, ``taken`` is aware UTC, ``duration`` seconds, ``tools`` the programs' versions."""

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

    @property
    def bytes(self) -> int:
        """Size of all files together."""
        return sum(file.bytes for file in self.files)

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
        "files": [{"path": file.path, "bytes": file.bytes, "sha256": file.sha256} for file in point.files],
    }
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def read_manifest(folder: Path) -> BackupPoint:
    """The backup in ``folder``. Raises ValueError, KeyError or OSError where its manifest is missing or damaged."""
    values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if values["format"] != FORMAT:
        raise ValueError(f"format {values['format']}")
    return BackupPoint(
        id=values["id"],
        kind=BackupKind(values["kind"]),
        state=BackupState(values["state"]),
        folder=folder,
        dialect=values["dialect"],
        target=values["target"],
        database=values["database"],
        server_version=int(values["server_version"]),
        heads=tuple(values["heads"]),
        taken=datetime.fromisoformat(values["taken"]),
        duration=float(values["duration_seconds"]),
        files=tuple(BackupFile(**file) for file in values["files"]),
        tools=dict(values["tools"]),
    )
