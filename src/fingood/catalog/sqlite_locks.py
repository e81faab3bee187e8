"""Who holds a lock on a SQLite file, as far as Linux tells: /proc/locks, by the bytes that SQLite locks.

Nothing is locked to find out but one byte that SQLite never looks at, once, to see whether this host shows locks.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fingood.catalog.sqlite_file import descriptor_of
from fingood.model.file_work import FileLock, FileLockKind

_PENDING, _RESERVED, _SHARED = 0x40000000, 0x40000001, 0x40000002
"""The first bytes of the locks on the file (sqlite.org/lockingv3.html, os_unix.c: PENDING_BYTE)."""
_WRITE, _CHECKPOINT, _RECOVER, _READ, _CONNECTED = 120, 121, 122, 123, 128
"""The bytes of the locks on the log's index (sqlite.org/walformat.html, 2.3.1; os_unix.c: UNIX_SHM_DMS)."""
_NOBODYS = 1 << 40

LOCKS = Path("/proc/locks")


@dataclass(frozen=True, slots=True)
class LockView:
    """Whether this host shows the locks on a file: ``devices`` is how it names the file's device, '' where it does not
    show them, with the ``reason``."""

    path: Path
    device: str = ""
    reason: str = ""

    def read(self, *, wal: bool) -> tuple[FileLock, ...] | None:
        """The locks right now, the strongest of each process; None where they cannot be seen."""
        if not self.device:
            return None
        try:
            held = tuple(_held())
            inodes = {end: _inode(Path(f"{self.path}{end}")) for end in ("", "-shm")}
        except OSError:
            return None
        strongest: dict[int, FileLockKind] = {}
        for one in held:
            kind = None
            if one.file == f"{self.device}:{inodes['']}":
                # In WAL mode every connection holds the shared lock on the file itself all the time.
                kind = FileLockKind.CONNECTED if wal else _kind_on_file(one)
            elif wal and one.file == f"{self.device}:{inodes['-shm']}":
                kind = _kind_on_index(one)
            if kind is not None and _ORDER[kind] >= _ORDER.get(strongest.get(one.pid, kind), 0):
                strongest[one.pid] = kind
        return tuple(FileLock(pid=pid, process=name_of(pid), kind=kind) for pid, kind in sorted(strongest.items()))


@dataclass(frozen=True, slots=True)
class _Held:
    pid: int
    file: str
    write: bool
    first: int
    last: int

    def covers(self, byte: int) -> bool:
        return self.first <= byte <= self.last


_ORDER = {kind: place for place, kind in enumerate(FileLockKind)}


def look_for_locks(path: Path) -> LockView:
    """Locks a byte of the file that nobody else looks at, and sees whether that shows."""
    if not LOCKS.exists():
        return LockView(path, reason="this system has no /proc/locks: who reads or writes cannot be seen")
    try:
        descriptor = descriptor_of(path)
        fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, _NOBODYS)
        try:
            mine = [one for one in _held() if one.pid == os.getpid() and one.first == _NOBODYS]
        finally:
            fcntl.lockf(descriptor, fcntl.LOCK_UN, 1, _NOBODYS)
        inode = _inode(path)
    except OSError as error:
        return LockView(path, reason=f"locks cannot be looked at: {os.strerror(error.errno or 0)}")
    device = next((one.file.rpartition(":")[0] for one in mine if one.file.endswith(f":{inode}")), "")
    return LockView(path, device, "" if device else "this host does not show the locks on this file system")


def processes_with(path: Path) -> tuple[dict[int, str], int]:
    """The processes that have the file open, by pid, without this one; and how many could not be looked into."""
    wanted = path.stat().st_ino, path.stat().st_dev
    found: dict[int, str] = {}
    hidden = 0
    for folder in Path("/proc").glob("[0-9]*"):
        pid = int(folder.name)
        try:
            if pid != os.getpid() and any(_same(entry, wanted) for entry in os.scandir(folder / "fd")):
                found[pid] = name_of(pid)
        except PermissionError:
            hidden += 1
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found, hidden


def name_of(pid: int) -> str:
    """The process's name; never its arguments, which may hold secrets."""
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _same(entry: os.DirEntry[str], wanted: tuple[int, int]) -> bool:
    try:
        found = entry.stat()
    except FileNotFoundError:
        return False
    return (found.st_ino, found.st_dev) == wanted


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def _held() -> Iterator[_Held]:
    """The POSIX locks of this host (proc(5)); those that wait for another stand behind an arrow and are left out."""
    for line in LOCKS.read_text(encoding="ascii", errors="replace").splitlines():
        words = line.split()
        if len(words) != 8 or words[1] != "POSIX":
            continue
        last = 1 << 63 if words[7] == "EOF" else int(words[7])
        yield _Held(int(words[4]), words[5], words[3] == "WRITE", int(words[6]), last)


def _kind_on_file(held: _Held) -> FileLockKind | None:
    if held.write and held.covers(_SHARED):
        return FileLockKind.EXCLUSIVE
    if held.write and held.covers(_PENDING):
        return FileLockKind.PENDING
    if held.write and held.covers(_RESERVED):
        return FileLockKind.RESERVED
    return FileLockKind.READ if held.covers(_SHARED) else None


def _kind_on_index(held: _Held) -> FileLockKind | None:
    if held.write:
        kinds = ((_WRITE, FileLockKind.RESERVED), (_CHECKPOINT, FileLockKind.CHECKPOINT))
        found = next((kind for byte, kind in kinds if held.covers(byte)), None)
        return found or (FileLockKind.RECOVERY if held.covers(_RECOVER) else None)
    if any(held.covers(byte) for byte in range(_READ, _CONNECTED)):
        return FileLockKind.READ
    return FileLockKind.CONNECTED if held.covers(_CONNECTED) else None
