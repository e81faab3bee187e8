"""The door: open a sandbox, get databases from it, and leave none behind."""

from __future__ import annotations

import json
import os
import secrets
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn, Protocol

from fingood.errors import ConfigError
from fingood.model.names import quote_always
from fingood.sandbox.choice import choose_server, require_rights
from fingood.sandbox.database import AnyServer, PostgresDatabase, SandboxDatabase
from fingood.sandbox.driver import literal, load_sql, run
from fingood.sandbox.existing import ExistingServer
from fingood.sandbox.lease import is_known_here, myself, owner_lives, remove_leftovers, take_lease
from fingood.sandbox.roles import drop_roles, read_role_names
from fingood.sandbox.server import Server, start_watchdog
from fingood.sandbox.sqlite import SqliteDatabase, copy_sqlite
from fingood.settings.values import SandboxSettings

# How many sandboxes of this process are open on a private server, by its directory.
_open_on: Counter[Path] = Counter()
CONTENTS = ("schema", "sample", "full")


class Sandbox(Protocol):
    """Where databases that may be ruined come from. ``notes`` say which server, why, and what is not as in the target;
    they grow with each copy. ``server_version`` as PostgreSQL counts it (170010), 0 for SQLite."""

    @property
    def notes(self) -> tuple[str, ...]: ...

    @property
    def server_version(self) -> int: ...

    def empty(self) -> SandboxDatabase:
        """A database with nothing in it."""

    def copy_of(self, url: str, content: str = "schema", sample_rows: int = 1000) -> SandboxDatabase:
        """A copy of a database, which is only read: its schema, its schema with up to ``sample_rows`` rows a table and
        the rows these refer to, or everything. Raises CannotConnect or SandboxUnavailable."""


@contextmanager
def open_sandbox(
    dialect: str,
    *,
    major: int | None = None,
    settings: SandboxSettings | None = None,
    target_url: str = "",
    in_memory: bool = False,
) -> Iterator[Sandbox]:
    """A sandbox for the block. Its databases go when the block ends, also by Ctrl-C or SIGTERM; after kill -9 the
    server's watchdog or the next run removes them. ``in_memory`` is for databases that hold little and whose times say
    nothing: a private server keeps them there, where there is room. Raises SandboxUnavailable, CannotConnect or
    ConfigError."""
    with _ended_by_sigterm():
        if dialect == "sqlite":
            with _open_sqlite() as sqlite:
                yield sqlite
        elif dialect == "postgresql":
            postgres = PostgresSandbox(settings or SandboxSettings(), major, target_url, in_memory=in_memory)
            try:
                yield postgres
            finally:
                postgres.close()
        else:
            raise ConfigError(f"no sandbox for {dialect} databases", hint="PostgreSQL and SQLite have one")


class PostgresSandbox:
    """Databases on one PostgreSQL server, private or named by the user."""

    def __init__(
        self, settings: SandboxSettings, major: int | None, target_url: str, *, in_memory: bool = False
    ) -> None:
        choice = choose_server(settings, major, target_url, in_memory=in_memory)
        self._server: AnyServer = choice.server
        self._notes = list(choice.notes)
        # Roles are the server's, not a database's: with each database the roles that there were when it was made.
        self._roles_before: dict[str, frozenset[str]] = {}
        if isinstance(self._server, ExistingServer):
            require_rights(self._server)
            self._notes += drop_leftover_databases(self._server)
        else:
            self._roles_at_opening = read_role_names(self._server)
            _open_on[self._server.base] += 1

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self._notes)

    @property
    def server_version(self) -> int:
        return self._server.server_version

    def empty(self) -> PostgresDatabase:
        return self._database(self._create("", ""))

    def copy_of(self, url: str, content: str = "schema", sample_rows: int = 1000) -> PostgresDatabase:
        from fingood.sandbox.copy import copy_database

        _require_content(content)
        return copy_database(
            url, self._server, self._create, self._database, self._notes.append, content=content, rows=sample_rows
        )

    def close(self) -> None:
        """Drop every database that is left, and the roles that came with them."""
        for name in list(self._roles_before):
            self._server.drop_database(name)
        self._roles_before.clear()
        if isinstance(self._server, Server):
            _open_on[self._server.base] -= 1
            if not _open_on[self._server.base] and self._server.lives:
                drop_roles(self._server, read_role_names(self._server) - self._roles_at_opening)

    def _database(self, name: str, user: str = "") -> PostgresDatabase:
        return PostgresDatabase(server=self._server, name=name, create=self._create, forget=self._forget, user=user)

    def _create(self, template: str, options: str) -> str:
        name = f"fingood_sandbox_{os.getpid()}_{secrets.token_hex(4)}"
        roles = read_role_names(self._server) if isinstance(self._server, Server) else frozenset()
        self._roles_before[name] = roles
        self._server.create_database(name, template=template, options=options)
        if isinstance(self._server, ExistingServer):
            with self._server.maintenance() as connection:
                run(connection, f"COMMENT ON DATABASE {quote_always(name)} IS {literal(json.dumps(myself()))}")
        return name

    def _forget(self, name: str) -> None:
        """After a database is dropped: a role that its migrations made must not be in the way of its next clone's."""
        before = self._roles_before.pop(name, None)
        if before is None or not isinstance(self._server, Server):
            return
        kept = before.union(*self._roles_before.values())
        drop_roles(self._server, read_role_names(self._server) - kept)


class SqliteSandbox:
    """Database files in one private directory."""

    server_version = 0

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._notes = ["sandbox of SQLite files, copied through SQLite's backup API"]

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self._notes)

    def empty(self) -> SqliteDatabase:
        path = self._directory / f"{secrets.token_hex(4)}.db"
        # A file of no bytes is an empty database; without it a read-only look would find no database at all.
        path.touch(mode=0o600)
        return SqliteDatabase(path)

    def copy_of(self, url: str, content: str = "schema", sample_rows: int = 1000) -> SqliteDatabase:
        _require_content(content)
        database = self.empty()
        self._notes += copy_sqlite(url, database.path, content=content, rows=sample_rows)
        return database


def drop_leftover_databases(server: ExistingServer) -> tuple[str, ...]:
    """Drop sandbox databases that a killed run on this machine left on a server that is not ours; returns notes."""
    notes = []
    with server.maintenance() as connection:
        for name, comment in run(connection, load_sql("our_databases")):
            record = _read_comment(str(comment))
            if not record:
                notes.append(f"database {name} looks like a sandbox's, but nothing says whose: left alone")
            elif is_known_here(record) and not owner_lives(record):
                run(connection, f"DROP DATABASE IF EXISTS {quote_always(str(name))} WITH (FORCE)")
                notes.append(f"dropped {name}, which a killed run (process {record.get('pid')}) had left")
    return tuple(notes)


def _read_comment(comment: str) -> dict[str, object]:
    try:
        found = json.loads(comment)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _require_content(content: str) -> None:
    if content not in CONTENTS:
        raise ConfigError(f"a copy holds {', '.join(CONTENTS)}; not '{content}'", key="sandbox.copy")


@contextmanager
def _open_sqlite() -> Iterator[SqliteSandbox]:
    remove_leftovers()
    lease = take_lease()
    watchdog = start_watchdog(lease.base)
    try:
        yield SqliteSandbox(lease.base)
    finally:
        lease.release()
        assert watchdog.stdin is not None
        watchdog.stdin.close()
        watchdog.wait(timeout=30)


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends the block as Ctrl-C would, where nobody else looks after it and the main thread runs us."""
    ours = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if not ours:
        yield
        return
    signal.signal(signal.SIGTERM, _exit)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _exit(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)
