"""The one file that knows how versions of SQLAlchemy (1.4 to 2.1) and Alembic (1.8 to 1.20) and their drivers differ.

| what | differs since |
|---|---|
| a bare ``postgresql://`` means psycopg2, or psycopg | SQLAlchemy 2.1 |
| connections behave as 2.0 only when asked (``future=True``) | SQLAlchemy 2.0 |
| ``DBAPI`` connection under a pooled one has three names | SQLAlchemy 1.4.24 |
| project facts in pyproject.toml (``toml_file``) | Alembic 1.16 |
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import Any

import sqlalchemy
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.pool import NullPool

from fingood.errors import ConfigError

POSTGRESQL_DRIVERS = ("psycopg", "psycopg2")
"""The drivers for which a bare ``postgresql://`` may stand, the preferred one first."""

ASYNC_DRIVERS = {"postgresql": ("psycopg", "asyncpg"), "sqlite": ("aiosqlite",)}

SQLALCHEMY: tuple[int, ...] = tuple(int(part) for part in re.findall(r"\d+", sqlalchemy.__version__)[:2])
HAS_PSYCOPG_DIALECT = SQLALCHEMY >= (2, 0)


def make_engine(url: str | URL, **options: Any) -> Engine:
    """An engine of 2.0 behaviour that keeps no connection open. ``options`` go to ``create_engine``.

    A bare ``postgresql://`` takes the driver that is installed. Raises ConfigError for an unreadable URL, a database
    that SQLAlchemy does not know or a driver that is not installed.
    """
    chosen = with_driver(read_url(url))
    options.setdefault("poolclass", NullPool)
    try:
        return sqlalchemy.create_engine(chosen, future=True, **options)
    except sqlalchemy.exc.NoSuchModuleError:
        raise ConfigError(
            f"SQLAlchemy knows no database '{chosen.drivername}'", key="database_url", hint=_HINT_URL
        ) from None
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"the driver of {chosen.drivername} is not installed: no module {error.name}",
            key="database_url",
            hint=f"pip install {error.name}, or name another driver in the URL",
        ) from None


_HINT_URL = "write it as postgresql://user@host:5432/name or sqlite:///file.db"


def read_url(url: str | URL) -> URL:
    """The URL's parts. Raises ConfigError, without repeating the URL: it may hold a password."""
    try:
        return make_url(url)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        raise ConfigError("the database URL cannot be read", key="database_url", hint=_HINT_URL) from None


def with_driver(url: URL) -> URL:
    """The URL with the driver filled in where it says just ``postgresql`` (or the older ``postgres``)."""
    if url.drivername not in ("postgresql", "postgres"):
        return url
    usable = POSTGRESQL_DRIVERS if HAS_PSYCOPG_DIALECT else ("psycopg2",)
    driver = next((name for name in usable if find_spec(name)), None)
    if driver is None:
        raise ConfigError(
            "no PostgreSQL driver is installed", key="database_url", hint="pip install 'psycopg[binary]>=3.2'"
        )
    return url.set(drivername=f"postgresql+{driver}")
