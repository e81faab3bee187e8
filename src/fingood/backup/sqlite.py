"""A SQLite database into a folder, by SQLite's own backup."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL, Connection

from fingood.backup.content import Content, read_content
from fingood.catalog import connect
from fingood.errors import ConfigError, CouldNotLook
from fingood.model.project import VersionTable
from fingood.statements.compat import driver_connection, read_url

COPY = "database.sqlite"
SCHEMA = "schema.sql"


def database_file(url: str) -> Path:
    """The file of a SQLite URL. Raises ConfigError for a database in memory and for a ``file:`` address."""
    database = read_url(url).database or ""
    if database in ("", ":memory:"):
        raise ConfigError("a database in memory cannot be backed up", key="database_url")
    if database.startswith("file:"):
        raise ConfigError("a backup needs the database's path", key="database_url", hint="like sqlite:///app.db")
    return Path(database).absolute()


def file_url(path: Path) -> URL:
    """The URL of a file, whatever its name holds."""
    return URL.create("sqlite", database=str(path))


def dump_sqlite(url: str, folder: Path, *, schema_only: bool, version_table: VersionTable) -> Content:
    """Copies the database of ``url`` into ``folder``: the file, or its schema as SQL. Returns what it held.

    Look and copy are of one consistent state also while others write (sqlite.org/backup.html): both run in one read
    transaction. Raises ConfigError for a database in memory, CouldNotLook when the copy fails or is damaged.
    """
    path = database_file(url)
    folder.mkdir()
    try:
        with connect(url, application_name="fingood backup") as connection:
            connection.exec_driver_sql("BEGIN")
            content = read_content(connection, rows=not schema_only, version_table=version_table)
            if schema_only:
                _write_schema(connection, folder / SCHEMA)
            else:
                _copy(connection, folder / COPY)
    except sqlite3.Error as error:
        full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        raise CouldNotLook(
            f"SQLite cannot copy {path.name}: {'the disk is full' if full else type(error).__name__}",
            hint="make room, or set another backup_dir" if full else "does the file open with sqlite3?",
        ) from None
    return content


def _copy(source: Connection, path: Path) -> None:
    with closing(sqlite3.connect(path)) as copy:
        driver_connection(source).backup(copy)
        answer = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if answer != "ok":
        raise CouldNotLook("the copy does not hold together", hint="run PRAGMA integrity_check on the database")


def _write_schema(source: Connection, path: Path) -> None:
    """Tables before what stands on them; what SQLite makes by itself is left to it."""
    shadows = {row[1] for row in source.exec_driver_sql("PRAGMA table_list") if row[2] == "shadow"}
    rows = source.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        " ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 WHEN 'view' THEN 2 ELSE 3 END, rowid",
        execution_options={"no_parameters": True},
    )
    path.write_text("".join(f"{row[1]};\n" for row in rows if row[0] not in shadows), encoding="utf-8")
