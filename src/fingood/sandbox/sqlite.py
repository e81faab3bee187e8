"""SQLite: a sandbox database is a file, a clone is a backup of it."""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from fingood.errors import CannotConnect, SandboxUnavailable
from fingood.model.names import quote_always
from fingood.statements.compat import read_url

_ROUNDS = 50


@dataclass(frozen=True, slots=True)
class SqliteDatabase:
    """One database file in the sandbox's directory; it comes into being with the first connection."""

    path: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def clone(self) -> SqliteDatabase:
        """Through the backup API, which also takes what another connection has in its write-ahead log."""
        copy = SqliteDatabase(self.path.with_name(f"{secrets.token_hex(4)}.db"))
        _back_up(self.path, copy.path, f"sandbox file {self.path.name}")
        return copy

    @property
    def is_private(self) -> bool:
        return True

    def durable(self) -> AbstractContextManager[None]:
        return nullcontext()

    def drop(self) -> None:
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)


def copy_sqlite(url: str, target: Path, *, content: str, rows: int) -> tuple[str, ...]:
    """Copy the database file of ``url``, which is opened read-only, to ``target``; returns notes."""
    source = _path_of(url)
    if content == "full":
        _back_up(source, target, str(source))
        return ()
    with _opened(target) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        # As in mode=ro of the source's own address: nothing here can write to it.
        connection.execute("ATTACH DATABASE ? AS source", (f"{source.absolute().as_uri()}?mode=ro",))
        connection.execute("BEGIN")
        tables = _create_tables(connection)
        notes = _copy_rows(connection, tables, rows) if content == "sample" else ()
        _create_rest(connection)
        connection.execute("COMMIT")
    return notes


def _path_of(url: str) -> Path:
    database = read_url(url).database or ""
    if database.startswith("file:"):
        database = database.removeprefix("file:").partition("?")[0]
    if database in ("", ":memory:") or not Path(database).is_file():
        shown = database or ":memory:"
        raise CannotConnect(f"sqlite:///{shown}", "there is no such file", hint="check the path in the URL")
    return Path(database)


def _back_up(source: Path, target: Path, shown: str) -> None:
    try:
        address = f"{source.absolute().as_uri()}?mode=ro"
        with _opened(target) as into:
            if source.exists():
                with contextlib.closing(sqlite3.connect(address, uri=True, timeout=30)) as connection:
                    connection.backup(into)
    except sqlite3.Error as error:
        raise SandboxUnavailable(f"{shown} cannot be copied: {type(error).__name__}") from error


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    address = f"{path.absolute().as_uri()}?mode=rwc"
    with contextlib.closing(sqlite3.connect(address, uri=True, timeout=30, isolation_level=None)) as connection:
        yield connection


def _create_tables(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Tables first, without indexes and triggers, so that rows go in as they are."""
    query = "SELECT name, sql FROM source.sqlite_master WHERE type = 'table' AND sql IS NOT NULL ORDER BY rowid"
    found = connection.execute(query).fetchall()
    shadows = {row[1] for row in connection.execute("PRAGMA source.table_list") if row[2] == "shadow"}
    plain = [(name, sql) for name, sql in found if not name.startswith("sqlite_") and name not in shadows]
    for _, sql in plain:
        connection.execute(sql)
    if any(name == "sqlite_sequence" for name, _ in found):
        connection.execute("DELETE FROM main.sqlite_sequence")
        connection.execute("INSERT INTO main.sqlite_sequence SELECT * FROM source.sqlite_sequence")
    return tuple(name for name, sql in plain if not sql.lstrip().upper().startswith("CREATE VIRTUAL"))


def _create_rest(connection: sqlite3.Connection) -> None:
    query = (
        "SELECT sql FROM source.sqlite_master WHERE type IN ('index', 'view', 'trigger') AND sql IS NOT NULL "
        "ORDER BY CASE type WHEN 'index' THEN 0 WHEN 'view' THEN 1 ELSE 2 END, rowid"
    )
    for (sql,) in connection.execute(query).fetchall():
        connection.execute(sql)


def _copy_rows(connection: sqlite3.Connection, tables: tuple[str, ...], rows: int) -> tuple[str, ...]:
    for table in tables:
        columns = _columns(connection, table)
        name = quote_always(table)
        connection.execute(f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM source.{name} LIMIT ?", (rows,))
    for _ in range(_ROUNDS):
        before = connection.total_changes
        for table, parent, key in _violated_keys(connection):
            _pull_parents(connection, table, parent, key)
        if connection.total_changes == before:
            break
    left = {table for table, _, _ in _violated_keys(connection)}
    return tuple(f"{table}: rows whose parent row is missing, as in the source" for table in sorted(left))


def _violated_keys(connection: sqlite3.Connection) -> set[tuple[str, str, int]]:
    return {(row[0], row[2], row[3]) for row in connection.execute("PRAGMA main.foreign_key_check")}


def _pull_parents(connection: sqlite3.Connection, table: str, parent: str, key: int) -> None:
    """The source's parent rows that the sample's children point at and that are not here yet."""
    pairs = [
        (row[3], row[4])
        for row in connection.execute(f"PRAGMA main.foreign_key_list({quote_always(table)})")
        if row[0] == key
    ]
    info = connection.execute(f"PRAGMA main.table_info({quote_always(parent)})").fetchall()
    primary = [row[1] for row in sorted(info, key=lambda row: row[5]) if row[5]]
    wanted = [(child, to or primary[at]) for at, (child, to) in enumerate(pairs)]
    match = " AND ".join(f"c.{quote_always(child)} = p.{quote_always(to)}" for child, to in wanted)
    columns, name = _columns(connection, parent), quote_always(parent)
    connection.execute(
        f"INSERT OR IGNORE INTO main.{name} ({columns}) SELECT {columns} FROM source.{name} AS p "
        f"WHERE EXISTS (SELECT 1 FROM main.{quote_always(table)} AS c WHERE {match})"
    )


def _columns(connection: sqlite3.Connection, table: str) -> str:
    """The columns that can be written: generated ones (hidden 2 and 3) cannot."""
    found = connection.execute(f"PRAGMA main.table_xinfo({quote_always(table)})").fetchall()
    return ", ".join(quote_always(row[1]) for row in found if row[6] == 0)
