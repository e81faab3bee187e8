"""One connection to look through: named, read-only where asked, and closed for sure."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, PendingRollbackError

from fingood.catalog.name_search import begin_with_the_catalog
from fingood.catalog.refusals import explain, lost
from fingood.errors import CannotConnect
from fingood.statements.compat import make_engine, read_url, sqlstate_of

# Seconds that somebody who only looks waits for a table that a schema change has locked against everybody.
LOOK_WAIT = 10.0

# SQLSTATE → what it means for somebody who wants to connect (PostgreSQL manual, appendix A).
_REASONS = {
    "28P01": ("the password is wrong or missing", "check the user and password in the URL"),
    "28000": ("the server does not let this user in", "check the user and the server's pg_hba.conf"),
    "3D000": ("there is no such database", "check the database name in the URL"),
    "42501": ("the user may not connect to this database", "grant CONNECT on the database to the user"),
    "53300": (
        "there are no free connection slots",
        "try again later, or raise max_connections, or the CONNECTION LIMIT of the role or the database",
    ),
    "57P03": ("the server is starting up or shutting down", "try again in a moment"),
    "57P01": ("the server is shutting down", "try again in a moment"),
}

# libpq reports failures before the session exists without a SQLSTATE; these are its own fixed words.
_PHRASES = (
    ("password authentication failed", "28P01"),
    ("no password supplied", "28P01"),
    ("no pg_hba.conf entry", "28000"),
    ("authentication failed", "28000"),
    (re.compile(r'role ".*" does not exist'), "28000"),
    (re.compile(r'database ".*" does not exist'), "3D000"),
    ("permission denied for database", "42501"),
    ("too many clients", "53300"),
    ("too many connections for", "53300"),
    ("remaining connection slots", "53300"),
    ("starting up", "57P03"),
    ("shutting down", "57P03"),
)
_NETWORK = (
    ("could not translate host name", "the host name is unknown"),
    ("failed to resolve host", "the host name is unknown"),
    ("Name or service not known", "the host name is unknown"),
    ("Connection refused", "nothing listens there (connection refused)"),
    ("No such file or directory", "no server listens on that socket"),
    ("timeout expired", "no answer in time"),
    ("timed out", "no answer in time"),
    ("No route to host", "no route to the host"),
    ("Network is unreachable", "the network is unreachable"),
    ("SSL", "the encrypted connection could not be set up"),
)
_UNKNOWN_PARAMETER = re.compile(r'invalid connection option "(\w+)"')


def masked(url: str | URL) -> str:
    """The URL without its password, for people to read; 'the given URL' where it cannot be read at all."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return "the given URL"
    secret = {key for key in parsed.query if re.search("pass|secret|token|key", key, re.IGNORECASE)}
    return parsed.difference_update_query(secret).render_as_string(hide_password=True)


@contextmanager
def connect(
    url: str | URL,
    *,
    read_only: bool = True,
    application_name: str = "fingood",
    statement_timeout: float = 0.0,
    lock_timeout: float | None = None,
) -> Iterator[Connection]:
    """A connection inside one transaction, rolled back at the end unless the caller commits.

    ``read_only`` makes the server refuse writes (default_transaction_read_only; SQLite's mode=ro, which also refuses
    to create a missing file). ``statement_timeout`` and ``lock_timeout`` are seconds, 0 for none; who only reads waits
    LOOK_WAIT for a lock unless told otherwise. PostgreSQL's own functions, operators and tables come before those of
    the same name in a schema of the search_path, whatever the role's or the database's says.

    Raises CannotConnect, ConfigError where the URL cannot be read or no driver is installed, and for who only reads
    CouldNotLook where a lock, a missing privilege or a server that goes away ends the look.
    """
    parsed = _parsed(url)
    target = masked(parsed)
    sqlite = parsed.get_backend_name() == "sqlite"
    if sqlite:
        options = _sqlite_options(parsed, target, read_only=read_only)
    else:
        patience = lock_timeout if lock_timeout is not None else LOOK_WAIT if read_only else 0.0
        options = _postgresql_options(parsed, application_name, statement_timeout, patience, read_only=read_only)
    engine = make_engine(parsed, **options)
    try:
        connection = engine.connect()
        if not sqlite:
            begin_with_the_catalog(connection)
    except DBAPIError as error:
        raise cannot_connect(parsed, error) from None
    except sqlite3.Error as error:
        raise CannotConnect(target, type(error).__name__) from None
    try:
        yield connection
    except DBAPIError as error:
        told = explain(error, parsed) if read_only else None
        if told is None:
            raise
        raise told from None
    except PendingRollbackError:
        # What comes after a lost connection that somebody else has heeded.
        if not connection.invalidated:
            raise
        raise lost() from None
    finally:
        # A session that the server has ended meanwhile has nothing left to roll back.
        with suppress(DBAPIError):
            connection.close()
        engine.dispose()


def _parsed(url: str | URL) -> URL:
    parsed = read_url(url)
    if parsed.get_backend_name() not in ("postgresql", "sqlite"):
        named = f"{parsed.get_backend_name()} is not supported"
        raise CannotConnect(masked(parsed), named, hint="PostgreSQL and SQLite are")
    # Looking is not concurrent: an asynchronous driver is replaced by the installed synchronous one.
    return parsed.set(drivername=parsed.get_backend_name()) if _is_async(parsed) else parsed


def _is_async(url: URL) -> bool:
    return url.drivername.partition("+")[2] in ("asyncpg", "aiosqlite", "psycopg_async")


def _postgresql_options(
    url: URL, application_name: str, timeout: float, lock_timeout: float, *, read_only: bool
) -> dict[str, Any]:
    settings = {"application_name": application_name, "statement_timeout": str(int(timeout * 1000))}
    if lock_timeout:
        settings["lock_timeout"] = str(int(lock_timeout * 1000))
    if read_only:
        settings["default_transaction_read_only"] = "on"
    given = url.query.get("options", "")
    already = given if isinstance(given, str) else " ".join(given)
    flags = " ".join(f"-c {key}={_escaped(value)}" for key, value in settings.items())
    arguments: dict[str, Any] = {"options": f"{already} {flags}".strip()}
    if "connect_timeout" not in url.query:
        arguments["connect_timeout"] = 10
    return {"connect_args": arguments}


def _escaped(value: str) -> str:
    """A value for libpq's ``options``: backslash before blanks and backslashes (manual, 34.1.2)."""
    return re.sub(r"([\\\s])", r"\\\1", value)


def _sqlite_options(url: URL, target: str, *, read_only: bool) -> dict[str, Any]:
    database = url.database or ":memory:"
    if database == ":memory:" or database.startswith("file:"):
        return {}
    try:
        there = Path(database).exists()
    except OSError as error:
        raise CannotConnect(
            target, f"its folder cannot be entered: {error.strerror}", hint="check its rights"
        ) from None
    if not there and read_only:
        raise CannotConnect(target, "there is no such file", hint="check the path in the URL")
    if Path(database).is_dir():
        raise CannotConnect(target, "it is a folder, not a database file", hint="check the path in the URL")
    if not read_only:
        return {}
    address = f"{Path(database).absolute().as_uri()}?mode=ro"
    return {"creator": lambda: sqlite3.connect(address, uri=True)}


def cannot_connect(url: URL, error: DBAPIError) -> CannotConnect:
    """Why there is no way in: the driver's words read for what they mean, and none of them passed on."""
    target = masked(url)
    original = error.orig
    state = sqlstate_of(original)
    text = str(original)
    if not state:
        state = next((state for phrase, state in _PHRASES if _says(text, phrase)), "")
    if getattr(original, "sqlite_errorname", "") == "SQLITE_CANTOPEN":
        return CannotConnect(
            target, "the file cannot be opened", hint="check the path, and the rights of file and folder"
        )
    if state in _REASONS:
        reason, hint = _REASONS[state]
        return CannotConnect(target, f"{reason} [SQLSTATE {state}]", hint=hint)
    if unknown := _UNKNOWN_PARAMETER.search(text):
        reason = f"the driver knows no parameter '{unknown.group(1)}'"
        return CannotConnect(target, reason, hint="check what stands after the question mark of the URL")
    for phrase, reason in _NETWORK:
        if phrase in text:
            return CannotConnect(target, reason, hint="check host, port and network, and that the server runs")
    named = f" [SQLSTATE {state}]" if state else ""
    return CannotConnect(target, f"{type(original).__name__}{named}", hint="fingood doctor looks closer")


def _says(text: str, phrase: str | re.Pattern[str]) -> bool:
    return phrase in text if isinstance(phrase, str) else bool(phrase.search(text))
