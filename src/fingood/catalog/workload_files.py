"""The snapshots of a database's work that lie in the project: one small JSON file each, the oldest thrown away."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from fingood.model import file_snapshot
from fingood.model.file_snapshot import FileSnapshot
from fingood.model.workload import Moment, Workload
from fingood.settings.own_folder import make_private_folder

_KEPT = 150

T = TypeVar("T", Workload, FileSnapshot)


def store_workload(folder: Path, workload: Workload | FileSnapshot) -> Path:
    """Writes it as a whole or not at all, and keeps the newest files of each kind. Raises OSError."""
    make_private_folder(folder)
    name = f"{workload.taken:%Y%m%dT%H%M%S%f}-{workload.moment}.json"
    path, unfinished = folder / name, folder / f".{name}.{os.getpid()}"
    unfinished.write_text(json.dumps(workload.to_json(), separators=(",", ":")), encoding="utf-8")
    unfinished.replace(path)
    _thin_out(folder, workload.moment)
    return path


def read_workloads(folder: Path, target: str) -> tuple[tuple[Workload, ...], tuple[str, ...]]:
    """Those of one PostgreSQL database, the oldest first, and the names of files that cannot be read."""
    return _read(folder, target, Workload.from_json, of_files=False)


def read_file_snapshots(folder: Path, target: str) -> tuple[tuple[FileSnapshot, ...], tuple[str, ...]]:
    """Those of one SQLite database, the oldest first, and the names of files that cannot be read."""
    return _read(folder, target, FileSnapshot.from_json, of_files=True)


def _read(
    folder: Path, target: str, from_json: Callable[[Any], T], *, of_files: bool
) -> tuple[tuple[T, ...], tuple[str, ...]]:
    found: list[T] = []
    broken: list[str] = []
    for path in sorted(folder.glob("*.json")):
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            if (values["format"] == file_snapshot.FORMAT) is not of_files:
                continue
            one = from_json(values)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            broken.append(path.name)
            continue
        if one.target == target:
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.taken)), tuple(broken)


def _thin_out(folder: Path, moment: Moment) -> None:
    for path in sorted(folder.glob(f"*-{moment}.json"))[:-_KEPT]:
        path.unlink(missing_ok=True)
