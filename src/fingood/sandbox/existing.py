"""A server that somebody else runs: databases are made on it and dropped, nothing else is touched."""

from __future__ import annotations

import secrets
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from fingood.catalog import connect
from fingood.model.names import quote_always
from fingood.sandbox.driver import autocommit, run, synchronous
from fingood.sandbox.dropping import drop_database
from fingood.statements.compat import read_url, spelled_database

_LARGE = 64 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class ExistingServer:
    """A server known by the URL of one of its databases, with a role that may create databases."""

    maintenance_url: str
    server_version: int = 0
    database: str = ""
    is_superuser: bool = False

    def __post_init__(self) -> None:
        """Raises CannotConnect where it does not answer."""
        url = synchronous(read_url(self.maintenance_url))
        self.maintenance_url = url.render_as_string(hide_password=False)
        self.database = url.database or ""
        with connect(url) as connection:
            self.server_version = int(run(connection, "SHOW server_version_num")[0][0])
            self.database = str(run(connection, "SELECT current_database()")[0][0])
            self.is_superuser = run(connection, "SHOW is_superuser")[0][0] == "on"

    @property
    def major(self) -> int:
        return self.server_version // 10_000

    def holds(self, url: str) -> bool:
        """Whether a URL leads to this same server, as far as host and port say."""
        ours, theirs = read_url(self.maintenance_url), read_url(url)
        places = [
            (parts.host, parts.port, parts.query.get("host"), parts.query.get("port")) for parts in (ours, theirs)
        ]
        return places[0] == places[1]

    def url(self, database: str) -> str:
        """The URL of another database on this server, with the same role and options."""
        url = read_url(self.maintenance_url).set(database="")
        bare = url.render_as_string(hide_password=False)
        head, mark, query = bare.partition("?")
        return f"{head.rstrip('/')}/{spelled_database(database)}{mark}{query}"

    def maintenance(self) -> AbstractContextManager[Connection]:
        """A connection for statements about databases, closed after use: an idle one would be in others' way."""
        return autocommit(self.maintenance_url)

    def create_database(self, name: str = "", *, template: str = "", options: str = "") -> str:
        """Create a database and return its name; without a name a fresh one. ``options`` is SQL put after it."""
        name = name or f"fingood_{secrets.token_hex(5)}"
        source = f" TEMPLATE {quote_always(template)}" if template else ""
        with self.maintenance() as connection:
            strategy = self._strategy(connection, template)
            run(connection, f"CREATE DATABASE {quote_always(name)}{source}{strategy} {options}")
        return name

    def _strategy(self, connection: Connection, template: str) -> str:
        """wal_log, the server's default, is faster for small templates, because file_copy forces two checkpoints on
        everybody (PostgreSQL manual, CREATE DATABASE); for large ones it would write them to the log as well."""
        if self.major < 15 or not template:
            return ""
        size = int(run(connection, "SELECT pg_database_size(%s)", [template])[0][0])
        return " STRATEGY file_copy" if size > _LARGE else ""

    def drop_database(self, name: str) -> None:
        """Drop a database, ending whatever is connected to it. Nothing happens where there is none."""
        with self.maintenance() as connection:
            drop_database(connection, name, self.url(name))
