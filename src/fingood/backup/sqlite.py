"""A SQLite database into a folder, by SQLite's own backup."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from fingood.errors import ConfigError, CouldNotLook
from fingood.statements.compat import read_url


def dump_sqlite(url: str, folder: Path, *, schema_only: bool) -> None:
    """Copies the database of ``url`` into ``folder``: the file, or its schema as SQL.

    The copy is one consistent state also while others write (sqlite.org/backup.html). Raises ConfigError for a database
    in memory, CouldNotLook when the copy fails or does not hold together.
    """
    database = read_url(url).database or ""
    if database in ("", ":memory:"):
        raise ConfigError("a database in memory cannot be backed up", key="database_url")
    folder.mkdir()
    source = f"file:{quote(str(Path(database).absolute()))}?mode=ro"
    try:
        with closing(sqlite3.connect(source, uri=True)) as connection:
            if schema_only:
                _write_schema(connection, folder / "schema.sql")
            else:
                _copy(connection, folder / "database.sqlite")
    except sqlite3.Error as error:
        raise CouldNotLook(f"SQLite cannot copy {Path(database).name}: {type(error).__name__}") from None


def _copy(source: sqlite3.Connection, path: Path) -> None:
    with closing(sqlite3.connect(path)) as copy:
        source.backup(copy)
        answer = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if answer != "ok":
        raise CouldNotLook("the copy does not hold together", hint="run PRAGMA integrity_check on the database")


def _write_schema(source: sqlite3.Connection, path: Path) -> None:
    rows = source.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
    path.write_text("".join(f"{row[0]};\n" for row in rows), encoding="utf-8")
