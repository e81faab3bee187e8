"""A private PostgreSQL server: started in about half a second, gone when its owner is gone."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from sqlalchemy.engine import Connection

from fingood.errors import SandboxUnavailable, refusal_of
from fingood.model.names import quote_always
from fingood.sandbox.driver import autocommit, load_sql, run, socket_url
from fingood.sandbox.dropping import drop_database
from fingood.sandbox.lease import Lease, read_postmaster, remove_leftovers, serves, stop_server, take_lease
from fingood.sandbox.maintenance import Maintenance
from fingood.sandbox.memory import is_in_memory
from fingood.sandbox.place import cache_dir, runnable_bin_dir, server_user
from fingood.sandbox.supplier import Binaries, choose_binaries
from fingood.sandbox.template import SUPERUSER, lay_data_directory, server_environment

# Durability is worth nothing here: the data directory is deleted anyhow (PostgreSQL manual, 14.5). It stands in the
# file, not on the command line, so that it can be had for as long as times are measured.
_DURABILITY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# Autovacuum would take locks and change statistics at moments of its own choice.
_SETTINGS = {
    "autovacuum": "off",
    # Compiling a look at the catalog takes longer than the look (PostgreSQL manual, 30.2).
    "jit": "off",
    "listen_addresses": "",
    "max_connections": "100",
    "max_wal_size": "2GB",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
}
# The log is room in memory too; a checkpoint there costs next to nothing.
_IN_MEMORY = {"max_wal_size": "128MB", "min_wal_size": "32MB"}
_START_PATIENCE = 60.0
_CLOSING = 0.1

# Ends the server and removes its directory when the owner's end of the pipe closes, in whatever way the owner ended.
_WATCHDOG = """
cat >/dev/null
if [ -f "$1/data/postmaster.pid" ]; then
  pid=$(head -n 1 "$1/data/postmaster.pid"); kill -QUIT "$pid" 2>/dev/null
  n=0; while kill -0 "$pid" 2>/dev/null && [ $n -lt 100 ]; do sleep 0.1; n=$((n+1)); done
fi
rm -rf "$1"
"""


@dataclass(slots=True, kw_only=True)
class Server:
    """A running server on a Unix socket in ``base``. ``lease`` is None where another process owns it."""

    base: Path
    version: str
    supplier: str
    lease: Lease | None = None
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _watchdog: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _maintenance: Maintenance | None = field(default=None, repr=False)

    @classmethod
    def start(
        cls,
        binaries: Binaries | None = None,
        *,
        major: int | None = None,
        settings: Mapping[str, str] | None = None,
        in_memory: bool = False,
    ) -> Server:
        """Start a server of these binaries (or of this major version), owned by this process. ``in_memory`` is for
        databases that stay small, and whose times nobody measures; where there is no room it is on disk.

        Raises SandboxUnavailable where there are no binaries or the server does not come up.
        """
        chosen = binaries or choose_binaries(major)
        server = cls.reserve(chosen, in_memory=in_memory)
        try:
            server._process = start_in(server.base, chosen, settings or {})
        except OSError as error:
            server.stop()
            raise _no_place(error, server.base) from None
        except BaseException:
            server.stop()
            raise
        return server

    @classmethod
    def reserve(cls, binaries: Binaries, *, in_memory: bool = False) -> Server:
        """A place for a server that :meth:`join` will start later, perhaps from another process; owned by us."""
        remove_leftovers()
        try:
            lease = take_lease(in_memory=in_memory)
        except OSError as error:
            raise _no_place(error, cache_dir()) from None
        return cls(
            base=lease.base,
            version=binaries.version,
            supplier=binaries.supplier,
            lease=lease,
            _watchdog=start_watchdog(lease.base),
        )

    @classmethod
    def join(cls, base: Path, binaries: Binaries) -> Server:
        """The server in a reserved place, started by whoever comes first. It ends with the owner of the place."""
        descriptor = os.open(base / "joining", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if read_postmaster(base / "data")[1] != "ready":
                shutil.rmtree(base / "data", ignore_errors=True)
                start_in(base, binaries, {})
                _fill_cache(socket_url(base, "template1", SUPERUSER))
        finally:
            os.close(descriptor)
        return cls(base=base, version=binaries.version, supplier=binaries.supplier)

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])

    @property
    def server_version(self) -> int:
        """As PostgreSQL counts: 17.10 is 170010."""
        major, _, minor = self.version.partition(".")
        return int(major) * 10_000 + int(re.match(r"\d*", minor)[0] or 0)  # type: ignore[index]

    @property
    def lives(self) -> bool:
        """Whether the server takes connections, as far as its own files say."""
        pid, status = read_postmaster(self.base / "data")
        return status == "ready" and serves(pid, self.base / "data")

    def url(self, database: str = SUPERUSER, *, user: str = SUPERUSER) -> str:
        """The SQLAlchemy URL of a database on this server, with the driver spelled out."""
        return socket_url(self.base, database, user)

    def maintenance(self) -> AbstractContextManager[Connection]:
        """The connection for statements about databases and roles: outside of a transaction, kept between uses."""
        if self._maintenance is None:
            self._maintenance = Maintenance(self.url)
        return self._maintenance()

    def create_database(self, name: str = "", *, template: str = "", options: str = "") -> str:
        """Create a database and return its name; without a name a fresh one. ``options`` is SQL put after it."""
        name = name or f"sandbox_{secrets.token_hex(4)}"
        source = f" TEMPLATE {quote_always(template)}" if template else ""
        # Its two checkpoints cost next to nothing where fsync is off; wal_log would write everything twice.
        strategy = " STRATEGY file_copy" if self.major >= 15 else ""
        with self.maintenance() as connection:
            run(connection, f"CREATE DATABASE {quote_always(name)}{source}{strategy} {options}")
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, ending whatever is connected to it. Nothing happens where there is none."""
        with self.maintenance() as connection:
            _await_ends(connection, name)
            drop_database(connection, name, self.url(name))

    @contextmanager
    def durable(self) -> Iterator[None]:
        """While in it, commits wait for the disk as they do in production: for times that shall mean something."""
        self._set_durability("on")
        try:
            yield
        finally:
            self._set_durability("off")

    def _set_durability(self, value: str) -> None:
        with self.maintenance() as connection:
            for key in _DURABILITY:
                run(connection, f"ALTER SYSTEM SET {key} = {value}")
            run(connection, "SELECT pg_catalog.pg_reload_conf()")

    def stop(self) -> None:
        """Stop the server and remove its directory. A second call does nothing; one by a non-owner neither."""
        lease, self.lease = self.lease, None
        if lease is None or lease.owner != os.getpid():
            return
        if self._maintenance is not None:
            self._maintenance.close()
        stop_server(self.base / "data")
        if self._process is not None:
            self._process.wait(timeout=30)
        lease.release()
        if self._watchdog is not None:
            assert self._watchdog.stdin is not None
            self._watchdog.stdin.close()
            self._watchdog.wait(timeout=30)

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def _no_place(error: OSError, where: Path) -> SandboxUnavailable:
    reason = refusal_of(error) or error.strerror or type(error).__name__
    return SandboxUnavailable(
        f"no server can be laid in {where}: {reason}",
        hint="make room there (a server takes about 100 MB), or set TMPDIR to a writable directory that has it",
    )


def _await_ends(connection: Connection, database: str) -> None:
    """Sessions that were just closed are given a moment to go: DROP and CREATE DATABASE sleep for a tenth of a second
    where they meet one (CountOtherDBBackends in PostgreSQL's procarray.c)."""
    end = time.monotonic() + _CLOSING
    while time.monotonic() < end and run(connection, load_sql("sessions"), [database]):
        time.sleep(0.001)


def _fill_cache(template: str) -> None:
    """The first session of a database writes pg_internal.init, and copies of it then have that at once: a quarter of
    the time of their first session. It pays where many databases are made."""
    with autocommit(template):
        pass


def start_in(base: Path, binaries: Binaries, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Lay a data directory into ``base`` and start a server on it; returns when it takes connections."""
    data = base / "data"
    lay_data_directory(binaries, data)
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{key} = {value}\n" for key, value in _DURABILITY.items())
    user = server_user()
    memory = _IN_MEMORY if is_in_memory(base) else {}
    chosen = {**_SETTINGS, **memory, "unix_socket_directories": str(base), **settings}
    options = [part for key, value in chosen.items() for part in ("-c", f"{key}={value}")]
    with (base / "log").open("wb") as log:
        process = subprocess.Popen(
            [runnable_bin_dir(binaries) / "postgres", "-D", data, *options],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=base, env=server_environment(),
            start_new_session=True, user=user, group=user, extra_groups=None if user is None else [],
        )  # fmt: skip
    _await_ready(process, base, binaries)
    return process


def _await_ready(process: subprocess.Popen[bytes], base: Path, binaries: Binaries) -> None:
    deadline = time.monotonic() + _START_PATIENCE
    while read_postmaster(base / "data")[1] != "ready":
        ended = process.poll() is not None
        if ended or time.monotonic() > deadline:
            said = (base / "log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
            reason = said[-1] if said else "it says nothing"
            raise SandboxUnavailable(
                f"PostgreSQL {binaries.version} ({binaries.supplier}) "
                + (f"ends at its start: {reason}" if ended else f"does not come up within {_START_PATIENCE:.0f} s"),
                hint="set PG_BIN to the binaries of another PostgreSQL, or sandbox.server to a server's URL",
            )
        time.sleep(0.005)


def start_watchdog(base: Path) -> subprocess.Popen[bytes]:
    """A shell that waits for our end. It shares no signal with the terminal and holds nothing but the pipe."""
    return subprocess.Popen(
        ["/bin/sh", "-c", _WATCHDOG, "sh", str(base)],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        cwd="/", start_new_session=True, env={"PATH": os.environ.get("PATH", "/usr/bin:/bin")},
    )  # fmt: skip
