"""How validation asks a database: inside savepoints, read-only, with values shown only masked."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.catalog import LOCK_NOT_AVAILABLE, sqlite_reason
from fingood.catalog.queries import run_sql
from fingood.errors import CouldNotLook
from fingood.statements.compat import sqlstate_of

_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\Z", re.IGNORECASE)
_REASONS = {
    "42501": "no privilege to read it (grant SELECT)",
    "57014": "it took longer than statement_timeout",
    LOCK_NOT_AVAILABLE: "a table stayed locked against everybody",
    "42P01": "the table is gone",
}


_CONFLICTS = ("40001", "40P01")
"""What only a standby answers to who reads in repeatable read: conflict with recovery, and a deadlock with it.
PostgreSQL manual 26.4.2."""


class CannotRead(Exception):
    """A query could not be answered; the text says why without any of the driver's words.

    ``of_the_query`` says that the query itself is to blame, or a value that it met, and not the table or the server.
    """

    def __init__(self, reason: str, *, of_the_query: bool = False) -> None:
        super().__init__(reason)
        self.of_the_query = of_the_query


def read(connection: Connection, sql: str) -> list[dict[str, Any]]:
    """Runs SQL without parameters. A failure leaves the transaction usable. Raises CannotRead, and CouldNotLook where a
    standby ended the look: what was seen before and what would be seen after are not of one instant."""
    if connection.invalidated:
        raise CannotRead("the connection was lost")
    savepoint = None
    try:
        savepoint = connection.begin_nested() if connection.dialect.name != "sqlite" else None
        rows = run_sql(connection, sql)
        if savepoint is not None:
            savepoint.commit()
    except DBAPIError as error:
        # psycopg2 keeps no state of what ended a session, only the server's words.
        if sqlstate_of(error) in _CONFLICTS or "conflict with recovery" in str(error.orig):
            raise CouldNotLook(
                "the standby ended the look: it had to replay a change to what was still being read",
                hint="validate the primary, or set hot_standby_feedback = on or a larger max_standby_streaming_delay",
            ) from None
        if savepoint is not None and not error.connection_invalidated:
            savepoint.rollback()
        raise CannotRead(reason_of(error), of_the_query=_is_of_the_query(error)) from None
    return rows


def _is_of_the_query(error: DBAPIError) -> bool:
    """Classes 22 (data exception) and 42 (syntax error or access rule violation); SQLite has no states. A privilege
    that one rule lacks is none that the others need."""
    if error.connection_invalidated:
        return False
    state = sqlstate_of(error)
    return state == "42501" or (state not in _REASONS and (not state or state[:2] in ("22", "42")))


def reason_of(error: DBAPIError) -> str:
    """Why a query failed, by its SQLSTATE."""
    state = sqlstate_of(error)
    if error.connection_invalidated or state.startswith(("08", "57P")):
        return "the connection was lost"
    named = f"SQLSTATE {state}" if state else type(error.orig).__name__
    return _REASONS.get(state) or sqlite_reason(error) or named


def masked(value: object) -> str:
    """A key for people to find the row by. Small numbers and UUIDs as they are; of texts and long numbers, which may
    be account or card numbers, only the ends."""
    text = str(value)
    if (text.lstrip("-").isdigit() and len(text) <= 12) or _UUID.match(text) or len(text) <= 4:
        return text
    return f"{text[:2]}…{text[-2:]}"
