"""Why a look at a database broke off, in words: never the driver's text, which may carry values."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from fingood.catalog.sqlite_locks import look_for_locks
from fingood.errors import CouldNotLook
from fingood.statements.compat import sqlstate_of

LOCK_NOT_AVAILABLE = "55P03"
_DENIED, _CANCELLED, _LOST, _NO_ROOM = "42501", "57014", ("08", "57P"), "53"
_CLOSER = "fingood health-check looks closer"


def locked() -> CouldNotLook:
    """What to tell when a table stayed locked for as long as a look may wait."""
    return CouldNotLook(
        "a session holds ACCESS EXCLUSIVE on a table of the target: whatever reads it waits, and so would a migration",
        hint="SELECT pid, relation::regclass FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted;",
    )


def lost() -> CouldNotLook:
    """What to tell when the server went away in the middle of a look."""
    return CouldNotLook("the connection to the database was lost", hint="try again when the server is there")


def explain(error: DBAPIError, url: URL) -> CouldNotLook | None:
    """What ended a look at ``url``; None for what would be a fault of ours, such as a query that is none."""
    if url.get_backend_name() == "sqlite":
        return _explain_sqlite(error, url)
    state = sqlstate_of(error)
    if state == LOCK_NOT_AVAILABLE:
        return locked()
    if state == _DENIED:
        return CouldNotLook(
            "the user of the database URL may not read what is needed here",
            hint="GRANT USAGE on its schemas and SELECT on its tables and on the version table; fingood doctor",
        )
    if state == _CANCELLED:
        return CouldNotLook("a query ran into its statement_timeout, or somebody cancelled it", hint="try again")
    if error.connection_invalidated or state.startswith(_LOST):
        return lost()
    if state.startswith(_NO_ROOM):
        return CouldNotLook(f"the server is out of room or memory (SQLSTATE {state})", hint="its log says which")
    return None


def _explain_sqlite(error: DBAPIError, url: URL) -> CouldNotLook | None:
    reason = sqlite_reason(error)
    if not reason:
        return None
    path = Path(url.database or "")
    if sqlite_code(error).startswith("SQLITE_BUSY"):
        locks = look_for_locks(path).read(wal=False) or ()
        holders = [f"{one.process or 'a process'} (pid {one.pid})" for one in locks if one.kind.writes]
        by = ", ".join(holders) or "another process"
        return CouldNotLook(f"{path.name} is locked by {by}", hint="try again when it is done")
    return CouldNotLook(f"{path.name}: {reason}", hint=_CLOSER)


def sqlite_code(error: DBAPIError) -> str:
    """SQLite's name of what went wrong (sqlite.org/rescode.html); '' for another database's error."""
    return str(getattr(error.orig, "sqlite_errorname", "") or "")


def sqlite_reason(error: DBAPIError) -> str:
    """Why SQLite cannot read a file; '' where the query is to blame."""
    code = sqlite_code(error)
    primary = "_".join(code.split("_")[:2])
    return _SQLITE.get(primary, "").format(code=code)


_SQLITE = {
    "SQLITE_BUSY": "another process has locked it",
    "SQLITE_LOCKED": "another connection has locked a table of it",
    "SQLITE_NOTADB": "it is no SQLite database, or an encrypted one",
    "SQLITE_CORRUPT": "it is damaged ({code})",
    "SQLITE_IOERR": "its disk cannot be read ({code})",
    "SQLITE_CANTOPEN": "it cannot be opened; in WAL mode SQLite needs a folder it can write, or its -shm file",
    "SQLITE_READONLY": "it cannot be opened; in WAL mode SQLite needs a folder it can write, or its -shm file",
    "SQLITE_PERM": "its rights do not let it be read",
    "SQLITE_AUTH": "its rights do not let it be read",
    "SQLITE_FULL": "its disk is full",
    "SQLITE_NOMEM": "there is not enough memory to read it",
    "SQLITE_INTERRUPT": "the query took longer than it may",
    "SQLITE_PROTOCOL": "its locks cannot be had; is it on a network file system?",
    "SQLITE_NOLFS": "it is larger than this system's files may be",
    "SQLITE_FORMAT": "it is of a format that this SQLite does not know",
}
