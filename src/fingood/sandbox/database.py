"""One sandbox database: its URL, its clone, its end."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.errors import SandboxUnavailable
from fingood.model.names import quote_always
from fingood.sandbox.driver import literal, load_sql, run, sqlstate
from fingood.sandbox.existing import ExistingServer
from fingood.sandbox.server import Server

AnyServer = Server | ExistingServer

_PATIENCE = 30.0
_OBJECT_IN_USE = "55006"


class SandboxDatabase(Protocol):
    """A database that may be ruined."""

    @property
    def url(self) -> str:
        """Its SQLAlchemy URL, with the driver spelled out."""

    def clone(self) -> SandboxDatabase:
        """An independent copy: schema, data, sequences, settings. Raises SandboxUnavailable where it stays in use."""

    def drop(self) -> None:
        """Remove it, ending whatever is connected. A second call does nothing."""

    @property
    def is_private(self) -> bool:
        """Whether nobody but us works on its server, so that load harms nobody and times mean something."""

    def durable(self) -> AbstractContextManager[None]:
        """While in it, a server of our own writes as safely as one in production, and as slowly."""


@dataclass(slots=True, kw_only=True)
class PostgresDatabase:
    """A database on a PostgreSQL server. ``create`` makes a new one there and remembers it for the sandbox's end;
    ``user`` is the role that its URL connects as."""

    server: AnyServer
    name: str
    create: Callable[[str, str], str]
    forget: Callable[[str], None]
    user: str = ""

    @property
    def url(self) -> str:
        if self.user and isinstance(self.server, Server):
            return self.server.url(self.name, user=self.user)
        return self.server.url(self.name)

    def clone(self) -> PostgresDatabase:
        """By CREATE DATABASE ... TEMPLATE. Waits for sessions that are about to end, ends idle ones of our own, and
        raises SandboxUnavailable where one stays at work."""
        with self.server.maintenance() as connection:
            self._await_idle(connection)
            try:
                name = self.create(self.name, "")
            except DBAPIError as error:
                if sqlstate(error) != _OBJECT_IN_USE:
                    raise
                raise self._still_in_use(connection) from None
            copy_database_settings(connection, self.name, name)
        return PostgresDatabase(server=self.server, name=name, create=self.create, forget=self.forget, user=self.user)

    @property
    def is_private(self) -> bool:
        return isinstance(self.server, Server)

    def durable(self) -> AbstractContextManager[None]:
        return self.server.durable() if isinstance(self.server, Server) else nullcontext()

    def drop(self) -> None:
        self.server.drop_database(self.name)
        self.forget(self.name)

    def _await_idle(self, connection: Connection) -> None:
        """The database is ours, so are its sessions; an idle one is a pool's or a client's that forgot to close."""
        deadline = time.monotonic() + _PATIENCE
        soft = time.monotonic() + 0.3
        while states := self._sessions(connection):
            if time.monotonic() > deadline:
                raise self._still_in_use(connection)
            if time.monotonic() > soft and any(state.startswith("idle") for _, state in states):
                run(connection, load_sql("end_idle_sessions"), [self.name])
            time.sleep(0.002)

    def _sessions(self, connection: Connection) -> list[tuple[str, str]]:
        return [(str(row[0]), str(row[1])) for row in run(connection, load_sql("sessions"), [self.name])]

    def _still_in_use(self, connection: Connection) -> SandboxUnavailable:
        who = ", ".join(f"{name or 'a session'} ({state})" for name, state in self._sessions(connection))
        return SandboxUnavailable(
            f"sandbox database {self.name} cannot be cloned: in use by {who or 'another session'}",
            hint="does the migration or env.py leave a connection at work?",
        )


def copy_database_settings(connection: Connection, source: str, target: str) -> None:
    """What ALTER DATABASE ... SET said: a template does not pass it on (PostgreSQL manual, 23.3)."""
    for row in run(connection, load_sql("database_settings"), [source]):
        apply_database_setting(connection, target, str(row[0]), str(row[1]))


def apply_database_setting(connection: Connection, database: str, key: str, value: str) -> None:
    """One ALTER DATABASE ... SET. A list such as search_path is kept as it stands, each part being quoted already."""
    lists = ("search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries")
    shown = value if key in lists and value else literal(value)
    name = ".".join(quote_always(part) for part in key.split("."))
    run(connection, f"ALTER DATABASE {quote_always(database)} SET {name} TO {shown}")
