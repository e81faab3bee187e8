"""Whether the connection leads to the database that the settings name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import SQLAlchemyError

from fingood.errors import Blocked, FingoodError
from fingood.guard.second import SecondSession, synchronous_url, target_of
from fingood.settings import Settings

_HINT = "let env.py take its URL from there; guard.watch(connection, any_target=True) where several databases are meant"


def assert_planned_target(connection: Connection, settings: Settings, second: SecondSession | None) -> None:
    """Raises Blocked where DATABASE_URL or [tool.fingood] names one database and the connection leads to another.

    A URL that stands in alembic.ini alone is not compared: env.py may rightly replace it.
    """
    origin = settings.origins.get("database_url")
    if not settings.database_url or origin is None or "sqlalchemy.url" in origin.source:
        return
    planned, actual = make_url(settings.database_url), connection.engine.url
    if _place(planned) == _place(actual):
        return
    if second is not None and planned.get_backend_name() == "postgresql" and _is_same(planned, second):
        return
    raise Blocked(
        f"env.py is connected to {target_of(connection)}, but {origin.source} names {settings.target}", hint=_HINT
    )


def _place(url: URL) -> tuple[object, ...]:
    backend = url.get_backend_name()
    if backend == "sqlite":
        return backend, str(Path(url.database or "").resolve()) if url.database else ""
    hosts = tuple(part for key in ("host", "port") for part in _texts(url.query.get(key)))
    return backend, url.host or hosts[:1], url.port, url.database


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def _is_same(planned: URL, second: SecondSession) -> bool:
    """Whether another spelling (a socket, an alias, a pooler) leads to the same database of the same server."""
    from fingood.catalog.connection import connect

    mine = second.session()
    try:
        with connect(synchronous_url(planned), application_name="fingood guard") as other:
            theirs = dict(other.exec_driver_sql(second.text_of("session")).mappings().one())
    except (FingoodError, SQLAlchemyError):
        return False
    return all(mine[key] == theirs[key] for key in ("database_oid", "server_started"))
