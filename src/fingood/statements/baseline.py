"""Builds what a history takes for granted before its first revision, in the worker process."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.engine import Connection
from sqlalchemy.schema import CreateSchema

from fingood.errors import FingoodError
from fingood.statements.compat import driver_connection, make_engine
from fingood.statements.failures import CannotRecord, describe
from fingood.statements.wire import Fault

_COPY = re.compile(r"^COPY\s.+\sFROM\s+stdin\s*;\s*$", re.IGNORECASE)


def build_baseline(baseline: str, url: str, root: Path) -> Fault | None:
    """Runs the baseline on an empty database in one transaction. Returns why it failed, or None."""
    try:
        engine = make_engine(_synchronous(url))
        with engine.begin() as connection:
            _build(baseline, connection, root)
    except FingoodError as error:
        return Fault(kind="baseline", error=type(error).__name__, message=error.message)
    except Exception as error:  # noqa: BLE001 - whatever a user's file raises is told
        return describe(error, kind="baseline")
    return None


def _synchronous(url: str) -> str:
    """The URL without a driver that can only run asynchronously."""
    return re.sub(r"^(postgresql|sqlite)\+(?:asyncpg|aiosqlite)://", r"\1://", url)


def _build(baseline: str, connection: Connection, root: Path) -> None:
    if baseline.endswith(".sql"):
        file = root / baseline
        if not file.is_file():
            raise CannotRecord(f"there is no file {file}")
        run_script(connection, file.read_text(encoding="utf-8"))
        return
    found = _find(baseline)
    metadata = found if isinstance(found, MetaData) else getattr(found, "metadata", None)
    if isinstance(metadata, MetaData):
        _create(metadata, connection)
    elif callable(found):
        found(connection)
    else:
        raise CannotRecord(f"{baseline} is neither a MetaData, nor a declarative base, nor a function")


def _find(baseline: str) -> Any:
    module, colon, name = baseline.partition(":")
    if not colon:
        raise CannotRecord(f"'{baseline}' is neither an SQL file nor package.module:name")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _create(metadata: MetaData, connection: Connection) -> None:
    """All tables, and the schemas that they lie in, which ``create_all`` leaves to the user."""
    if connection.dialect.name == "postgresql":
        existing = set(connection.dialect.get_schema_names(connection))
        for schema in sorted({table.schema for table in metadata.tables.values() if table.schema} - existing):
            connection.execute(CreateSchema(schema))
    metadata.create_all(connection)


def run_script(connection: Connection, script: str) -> None:
    """Runs an SQL file: plain statements, and for PostgreSQL what pg_dump writes (COPY data, psql's ``\\`` lines)."""
    if connection.dialect.name == "sqlite":
        driver_connection(connection).executescript(script)
        return
    cursor = driver_connection(connection).cursor()
    for sql, data in split_dump(script):
        if data is None:
            cursor.execute(sql)
        elif hasattr(cursor, "copy_expert"):
            import io

            cursor.copy_expert(sql, io.StringIO(data))
        else:
            with cursor.copy(sql) as copy:
                copy.write(data)


def split_dump(script: str) -> Iterator[tuple[str, str | None]]:
    """The script's pieces: SQL with None, or a COPY with its data lines."""
    sql: list[str] = []
    lines = iter(script.splitlines(keepends=True))
    for line in lines:
        if _COPY.match(line):
            yield from _piece(sql)
            sql = []
            yield line.strip().rstrip(";"), "".join(_until_end(lines))
        elif not re.match(r"\\(?:un)?restrict\b|\\connect\b", line):
            sql.append(line)
    yield from _piece(sql)


def _until_end(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line.rstrip("\r\n") == "\\.":
            return
        yield line


def _piece(lines: list[str]) -> Iterator[tuple[str, None]]:
    text = "".join(lines)
    if text.strip():
        yield text, None
