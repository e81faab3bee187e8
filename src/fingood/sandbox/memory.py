"""A place in memory for sandboxes that hold little: on a disk a clone waits for the writes of the one before."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_ROOT = Path("/dev/shm")
_CGROUP = Path("/sys/fs/cgroup")
_NEEDED = 2 * 1024**3
"""Bytes that must be free. A server with a clone takes 200 MB; the rest is for what a migration writes."""


def root_in_memory() -> str:
    """Where to put a small server, '' where it belongs on disk: no tmpfs, too little room in it, too little memory.

    Who sets TMPDIR has chosen a place already.
    """
    if os.environ.get("TMPDIR") or not os.path.ismount(_ROOT) or not os.access(_ROOT, os.W_OK | os.X_OK):
        return ""
    try:
        room = min(shutil.disk_usage(_ROOT).free, _available())
    except (OSError, ValueError):
        return ""
    return str(_ROOT) if room >= _NEEDED else ""


def is_in_memory(base: Path) -> bool:
    """Whether a server's directory was laid there."""
    return base.is_relative_to(_ROOT)


def _available() -> int:
    """Bytes that may be used without swapping: the machine's, or what is left of the container's."""
    told = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
    free = int(told["MemAvailable"].split()[0]) * 1024
    limits = (
        (_CGROUP / "memory.max", _CGROUP / "memory.current"),
        (_CGROUP / "memory/memory.limit_in_bytes", _CGROUP / "memory/memory.usage_in_bytes"),
    )
    for limit, used in limits:
        if limit.is_file() and (most := limit.read_text(encoding="ascii").strip()) != "max":
            free = min(free, int(most) - int(used.read_text(encoding="ascii")))
    return free
