"""Looks that a single query cannot take: clocks, files, and queries that the catalog shares."""

from __future__ import annotations

import sqlite3
import stat
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.audit import mask_literals
from fingood.catalog.free_space import read_free_space
from fingood.catalog.queries import run_named, run_sql
from fingood.errors import CouldNotLook
from fingood.model.names import quote_always
from fingood.monitoring.check import END_OF_SUPPORT, Row, read_sql


def round_trip(connection: Connection) -> list[Row]:
    """Seconds that the quickest of three questions took."""
    taken = []
    for _ in range(3):
        clock = time.monotonic()
        run_sql(connection, "SELECT 1 AS one")
        taken.append(time.monotonic() - clock)
    return [{"value": min(taken)}]


def clock_skew(connection: Connection) -> list[Row]:
    """Seconds between the server's clock and ours, less what the question itself took."""
    before = time.time()
    server = float(run_sql(connection, read_sql("postgresql", "clock-skew"))[0]["server"])
    after = time.time()
    return [{"value": max(before - server, server - after, 0.0)}]


def connection_use(connection: Connection) -> list[Row]:
    row = run_named(connection, "live/connections")[0]
    return [{**row, "value": row["used"] / row["most"]}]


def idle_sessions(connection: Connection) -> list[Row]:
    """Of the open transactions those that sit idle, by how long they have."""
    rows = run_named(connection, "live/sessions")
    return [_session(row, float(row["idle"])) for row in rows if row["idle"] is not None]


def active_sessions(connection: Connection) -> list[Row]:
    """Of the open transactions those of clients that are at work."""
    rows = run_named(connection, "live/sessions")
    found = [row for row in rows if row["state"] == "active" and row["kind"] == "client backend"]
    return [_session(row, float(row["seconds"])) for row in found]


def _session(row: dict[str, Any], seconds: float) -> Row:
    return {"pid": row["pid"], "application": row["application"] or "no application name", "value": seconds}


def supported_version(connection: Connection) -> list[Row]:
    """The server's major version where its time is over."""
    major = int(run_sql(connection, read_sql("postgresql", "server-version"))[0]["server_version"]) // 10000
    return unsupported(major, datetime.now(UTC))


def unsupported(major: int, now: datetime) -> list[Row]:
    """A row for a major version that gets no more fixes on that day."""
    end = END_OF_SUPPORT.get(major)
    if major < min(END_OF_SUPPORT):
        return [{"major": str(major), "end": f"before {min(END_OF_SUPPORT.values())}"}]
    return [{"major": str(major), "end": str(end)}] if end is not None and now.date() > end else []


def slow_statements(connection: Connection) -> list[Row]:
    """The costliest statements that pg_stat_statements counts, their literals taken out."""
    rows = run_sql(connection, statement_sql(connection, "slow-statements"))
    return [{**row, "statement": " ".join(mask_literals(str(row["query"])).split())[:160]} for row in rows]


def statement_sql(connection: Connection, name: str) -> str:
    """A query on pg_stat_statements, which may lie in any schema. Raises CouldNotLook where it is not installed."""
    found = run_named(connection, "workload/extension")
    if not found:
        raise CouldNotLook(
            "pg_stat_statements is not installed in this database", hint="CREATE EXTENSION pg_stat_statements;"
        )
    schema = quote_always(str(found[0]["schema"]))
    return read_sql("postgresql", name).replace("FROM pg_stat_statements", f"FROM {schema}.pg_stat_statements")


def free_space(connection: Connection) -> list[Row]:
    """The share of a file system that is free, and the bytes."""
    found = read_free_space(connection)
    if found.bytes is None:
        return [{"unseen": found.reason}]
    return [{"value": float(found.bytes), "how": found.how}]


def sqlite_file(connection: Connection) -> Path | None:
    """The file of the main database; None for one in memory."""
    rows = run_sql(connection, "PRAGMA database_list")
    name = next((str(row["file"] or "") for row in rows if row["name"] == "main"), "")
    return Path(name) if name else None


_NO_FILE: Row = {"unseen": "the database has no file"}


def sqlite_file_rights(connection: Connection) -> list[Row]:
    """Files of the database that others than owner and group may write."""
    path = sqlite_file(connection)
    if path is None:
        return [_NO_FILE]
    files = [path, *(Path(f"{path}{end}") for end in ("-wal", "-shm", "-journal"))]
    return [_rights(file) for file in files if file.exists() and file.stat().st_mode & stat.S_IWOTH]


def sqlite_file_reads(connection: Connection) -> list[Row]:
    """A database file that everybody on the host may read."""
    path = sqlite_file(connection)
    if path is None:
        return [_NO_FILE]
    return [_rights(path)] if path.stat().st_mode & stat.S_IROTH else []


def sqlite_folder_rights(connection: Connection) -> list[Row]:
    """A folder in which everybody may replace the file."""
    path = sqlite_file(connection)
    if path is None:
        return [_NO_FILE]
    mode = path.parent.stat().st_mode
    return [_rights(path.parent)] if mode & stat.S_IWOTH and not mode & stat.S_ISVTX else []


def _rights(path: Path) -> Row:
    return {"name": path.name, "mode": stat.filemode(path.stat().st_mode), "path": str(path)}


def sqlite_wal_size(connection: Connection) -> list[Row]:
    """The size of the write-ahead log in bytes."""
    return _size(connection, "-wal")


def sqlite_journal(connection: Connection) -> list[Row]:
    """A rollback journal beside the file, by its age in seconds: that of a writer at work, or of one that died."""
    path = sqlite_file(connection)
    if path is None:
        return [_NO_FILE]
    journal = Path(f"{path}-journal")
    if not journal.exists() or not journal.stat().st_size:
        return []
    return [{"name": journal.name, "value": max(time.time() - journal.stat().st_mtime, 0.0)}]


def _size(connection: Connection, end: str) -> list[Row]:
    path = sqlite_file(connection)
    if path is None:
        return [_NO_FILE]
    file = Path(f"{path}{end}")
    return [{"name": file.name, "value": float(file.stat().st_size)}] if file.exists() else []


def sqlite_library(connection: Connection) -> list[Row]:
    """The SQLite library that Python brings, where it is older than ALTER TABLE DROP COLUMN."""
    version = sqlite3.sqlite_version_info
    return [{"version": sqlite3.sqlite_version}] if version < (3, 35, 0) else []


def sqlite_views(connection: Connection) -> list[Row]:
    """Views that can no longer be read."""
    rows = run_sql(connection, "SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name")
    return [{"name": row["name"]} for row in rows if not _readable(connection, str(row["name"]))]


def _readable(connection: Connection, view: str) -> bool:
    try:
        run_sql(connection, f"EXPLAIN SELECT * FROM {quote_always(view)}")
    except DBAPIError:
        return False
    return True


def sqlite_sequences(connection: Connection) -> list[Row]:
    """How far AUTOINCREMENT is; its table is there only once a table has it."""
    if not run_sql(connection, "SELECT 1 AS one FROM sqlite_master WHERE name = 'sqlite_sequence'"):
        return []
    return run_sql(connection, read_sql("sqlite", "sequences"))
