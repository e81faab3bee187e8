"""The snapshots of a database's work that lie in the project: one small JSON file each, the oldest thrown away."""

from __future__ import annotations

import json
import os
from pathlib import Path

from fingood.model.workload import Moment, Workload

_KEPT = 150


def store_workload(folder: Path, workload: Workload) -> Path:
    """Writes it as a whole or not at all, and keeps the newest files of each kind. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{workload.taken:%Y%m%dT%H%M%S%f}-{workload.moment}.json"
    path, unfinished = folder / name, folder / f".{name}.{os.getpid()}"
    unfinished.write_text(json.dumps(workload.to_json(), separators=(",", ":")), encoding="utf-8")
    unfinished.replace(path)
    _thin_out(folder, workload.moment)
    return path


def read_workloads(folder: Path, target: str) -> tuple[tuple[Workload, ...], tuple[str, ...]]:
    """Those of one database, the oldest first, and the names of files that cannot be read."""
    found: list[Workload] = []
    broken: list[str] = []
    for path in sorted(folder.glob("*.json")):
        try:
            workload = Workload.from_json(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            broken.append(path.name)
            continue
        if workload.target == target:
            found.append(workload)
    return tuple(sorted(found, key=lambda one: one.taken)), tuple(broken)


def _thin_out(folder: Path, moment: Moment) -> None:
    for path in sorted(folder.glob(f"*-{moment}.json"))[:-_KEPT]:
        path.unlink(missing_ok=True)
