"""Read-only looks at what protects a database: roles, rights, settings, row security, columns. Each fails by itself."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.catalog.queries import load_sql, names_of_sql, run_sql
from fingood.model.observed import Observed
from fingood.statements.compat import sqlstate_of

_DENIED = "42501"
_FOLDER = "security"


def read_security(connection: Connection) -> Mapping[str, Observed]:
    """Every look by its name, the name of its SQL file. No row holds a secret: of passwords only their kind is read."""
    dialect = connection.dialect.name
    return {name: _look(connection, dialect, name) for name in names_of_sql(dialect, _FOLDER)}


def _look(connection: Connection, dialect: str, name: str) -> Observed:
    sql = load_sql(dialect, f"{_FOLDER}/{name}")
    try:
        with connection.begin_nested():
            return Observed(name=name, sql=sql, rows=tuple(run_sql(connection, sql)))
    except DBAPIError as error:
        return Observed(name=name, sql=sql, reason=_why(error))


def _why(error: DBAPIError) -> str:
    """The SQLSTATE alone: the driver's text may carry values."""
    state = sqlstate_of(error)
    if state == _DENIED:
        return "this user may not read it"
    return f"SQLSTATE {state}" if state else type(error.orig).__name__
