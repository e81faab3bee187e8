"""Leases: who owns a sandbox on this machine, and how the next run finds what a killed one left behind.

A lease is a small file in the cache, locked (flock) by its owner for as long as the owner lives. The kernel gives the
lock back when the owner dies, however it dies; so a lease that can be locked belongs to nobody. The owner's pid and
start time stand in the file too, and a lease whose owner they find alive is left alone even then (file systems exist
where flock is a no-op).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import platform
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fingood.sandbox.place import BASE_PREFIX, base_path, cache_dir, make_base, new_name


@dataclass(slots=True)
class Lease:
    """The right to one private directory. ``base`` is 0700 and belongs to the server's user; ``owner`` is the pid of
    the process that took it: a forked child holds the same value and must not end what is its parent's."""

    file: Path
    base: Path
    descriptor: int
    owner: int

    def release(self) -> None:
        """Remove the directory and give the lease back. The server in it must have been stopped."""
        shutil.rmtree(self.base, ignore_errors=True)
        self.file.unlink(missing_ok=True)
        os.close(self.descriptor)


def take_lease(*, in_memory: bool = False) -> Lease:
    """A fresh private directory, leased to this process; in memory where that is asked for and there is room."""
    directory = _directory()
    while True:
        name = new_name()
        file = directory / f"{name}.json"
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _is_same(file, descriptor):
            break
        os.close(descriptor)
    base = base_path(name, in_memory=in_memory)
    os.write(descriptor, json.dumps({"base": str(base), **myself()}).encode())
    return Lease(file, make_base(base), descriptor, os.getpid())


@contextlib.contextmanager
def leased_directory() -> Iterator[Path]:
    """A private directory for the block. What lies in it may be somebody's data: the next run removes it after a
    kill -9, and this process at the block's end."""
    lease = take_lease()
    try:
        yield lease.base
    finally:
        lease.release()


def remove_leftovers() -> tuple[str, ...]:
    """Stop servers and remove directories whose owner is dead; returns what was removed, for a note."""
    removed = []
    for file in sorted(_directory().glob(f"{BASE_PREFIX}*.json")):
        with _abandoned(file) as record:
            if record is None:
                continue
            base = Path(str(record.get("base", "")))
            if base.name.startswith(BASE_PREFIX):
                stop_server(base / "data")
                shutil.rmtree(base, ignore_errors=True)
                removed.append(f"{base} of process {record.get('pid')}")
            file.unlink(missing_ok=True)
    return tuple(removed)


def stop_server(data: Path, *, patience: float = 10.0) -> None:
    """Stop the server on this data directory at once (SIGQUIT), found by its own postmaster.pid."""
    pid = read_postmaster(data)[0]
    if not pid or not serves(pid, data):
        return
    for number, wait in ((signal.SIGQUIT, patience), (signal.SIGKILL, patience)):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + wait
        while time.monotonic() < deadline:
            if not serves(pid, data):
                return
            time.sleep(0.01)


def read_postmaster(data: Path) -> tuple[int, str]:
    """The pid and the status word (``ready``) of postmaster.pid; 0 and nothing where there is none."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").split("\n")
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
    except (OSError, ValueError):
        return 0, ""


def serves(pid: int, data: Path) -> bool:
    """Whether this process is a server on this directory: pids are used again, after a reboot soon."""
    if platform.system() == "Linux":
        # Empty for a zombie: a server that ended is none, even where its parent has not looked yet.
        with contextlib.suppress(OSError):
            return os.fsencode(data) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return False
    said = subprocess.run(["ps", "-o", "stat=,args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return str(data) in said.stdout and not said.stdout.startswith("Z")


def start_time(pid: int) -> str:
    """When a process started, in the kernel's own words; empty where there is no such process."""
    if platform.system() == "Linux":
        try:
            told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        # Field 22; the second field is the program's name in brackets and may itself hold brackets and spaces.
        fields = told.rpartition(")")[2].split()
        return "" if fields[0] == "Z" else fields[19]
    said = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return said.stdout.strip()


def myself() -> dict[str, object]:
    """This process as a record, by which another one can tell whether we live."""
    return {"pid": os.getpid(), "started": start_time(os.getpid()), "space": _pid_space()}


def _pid_space() -> str:
    """Within what a pid means one process: the running kernel and the container's pid namespace."""
    parts = [platform.node()]
    with contextlib.suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip())
        parts.append(os.readlink("/proc/self/ns/pid"))
    return " ".join(parts)


def _directory() -> Path:
    directory = cache_dir() / "leases"
    directory.mkdir(mode=0o700, exist_ok=True)
    return directory


def _is_same(file: Path, descriptor: int) -> bool:
    """Whether the locked file still lies under its name: a cleaner may have been faster than our lock."""
    try:
        return file.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def _abandoned(file: Path) -> Iterator[dict[str, object] | None]:
    """The record of a lease that nobody holds, locked by us for the time of the block; None where it is held."""
    try:
        descriptor = os.open(file, os.O_RDWR)
    except FileNotFoundError:
        yield None
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        free = _is_same(file, descriptor)
    except BlockingIOError:
        free = False
    try:
        record = _read(descriptor) if free else None
        yield None if record is None or (is_known_here(record) and owner_lives(record)) else record
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> dict[str, object]:
    """The record; empty where the owner died before it wrote one."""
    try:
        found = json.loads(os.pread(descriptor, 65536, 0) or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def is_known_here(record: dict[str, object]) -> bool:
    """Whether the record's pid means anything on this machine, in this container, since this boot."""
    return record.get("space") == _pid_space()


def owner_lives(record: dict[str, object]) -> bool:
    """Whether the process of the record runs; to be asked only of a record that is known here."""
    pid, started = record.get("pid"), record.get("started")
    return isinstance(pid, int) and bool(started) and start_time(pid) == started
