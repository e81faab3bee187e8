"""A server that somebody else runs: databases are made on it and dropped, nothing else is touched."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from urllib.parse import quote as percent

import sqlalchemy as sa

from fingood.errors import CannotConnect
from fingood.model.names import quote_always
from fingood.sandbox.driver import autocommit, drivername, run


@dataclass(slots=True, kw_only=True)
class ExistingServer:
    """A server known by the URL of one of its databases, with a role that may create databases."""

    maintenance_url: str
    server_version: int = 0

    def __post_init__(self) -> None:
        """Raises CannotConnect where it does not answer."""
        url = sa.engine.make_url(self.maintenance_url)
        if url.drivername in ("postgresql", "postgres"):
            self.maintenance_url = url.set(drivername=drivername()).render_as_string(hide_password=False)
        try:
            with autocommit(self.maintenance_url) as connection:
                self.server_version = int(run(connection, "SHOW server_version_num")[0][0])
        except sa.exc.DBAPIError as error:
            target = url.render_as_string(hide_password=True)
            raise CannotConnect(target, "the server refuses or does not answer") from error

    @property
    def major(self) -> int:
        return self.server_version // 10_000

    def url(self, database: str) -> str:
        """The URL of another database on this server, with the same role and options."""
        url = sa.engine.make_url(self.maintenance_url).set(database="")
        bare = url.render_as_string(hide_password=False)
        head, mark, query = bare.partition("?")
        return f"{head.rstrip('/')}/{percent(database, safe='')}{mark}{query}"

    def create_database(self, name: str = "", *, template: str = "", options: str = "") -> str:
        """Create a database and return its name; without a name a fresh one. ``options`` is SQL put after it."""
        name = name or f"fingood_{secrets.token_hex(5)}"
        source = f" TEMPLATE {quote_always(template)}" if template else ""
        with autocommit(self.maintenance_url) as connection:
            run(connection, f"CREATE DATABASE {quote_always(name)}{source} {options}".replace("%", "%%"))
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, ending whatever is connected to it. Nothing happens where there is none."""
        with autocommit(self.maintenance_url) as connection:
            run(connection, f"DROP DATABASE IF EXISTS {quote_always(name)} WITH (FORCE)".replace("%", "%%"))
