"""Looks at a whole SQLite database within a few seconds: sizes, rows, and how long it takes to read each table."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.catalog.queries import run_named, run_sql
from fingood.model.file_snapshot import MOST, FileSnapshot, IndexShape, TableShape
from fingood.model.names import RelationName, quote_always
from fingood.model.workload import Moment
from fingood.statements.compat import driver_connection

VERSION_TABLE = "alembic_version"
ROUNDS = 11
"""The first reads the table from the disk and is not timed."""
SECONDS = 2.0
_FOR_SIZES = 0.5

Row = dict[str, Any]


def read_file_snapshot(
    connection: Connection,
    moment: Moment,
    *,
    target: str,
    run: str = "",
    revisions: tuple[str, ...] = (),
    tables: Collection[str] | None = None,
    rounds: int = ROUNDS,
    seconds: float = SECONDS,
) -> FileSnapshot:
    """The database right now, within about ``seconds``; ``tables`` alone where they are given, else the largest ones.

    No statement holds its lock when the next one begins. What did not come in time is said to be unseen.
    Raises DBAPIError where not even the schema can be read: locked, damaged, no database.
    """
    end = time.monotonic() + seconds
    database = run_named(connection, "file/database")[0]
    objects = run_named(connection, "file/objects")
    unseen: list[str] = []
    pages = _sizes(connection, min(_FOR_SIZES, seconds / 4) if tables is None else seconds / 2, unseen)
    chosen = _chosen(objects, tables, pages, unseen)
    rows, times = _count(connection, chosen, rounds, end, unseen)
    return FileSnapshot(
        taken=datetime.now(UTC),
        moment=moment,
        target=target,
        run=run,
        revisions=revisions,
        wal=database["journal_mode"] == "wal",
        page_size=int(database["page_size"]),
        pages=int(database["pages"]),
        free_pages=int(database["free_pages"]),
        tables={name: TableShape(rows=rows.get(name), pages=pages.get(name), times=times[name]) for name in chosen},
        indexes={
            row["name"]: IndexShape(table=row["on_table"], pages=pages.get(row["name"]))
            for row in objects
            if row["type"] == "index" and row["on_table"] != VERSION_TABLE
        },
        triggers={row["name"]: row["on_table"] for row in objects if row["type"] == "trigger"},
        plans=_plans(connection, [row["name"] for row in objects if row["type"] == "view"], unseen),
        unseen=tuple(unseen),
    )


def tables_behind(connection: Connection, names: Collection[str]) -> frozenset[str]:
    """The tables and views of those names, and what indexes and triggers of those names stand on, as the schema spells
    them: SQLite does not tell small letters from large ones. Raises DBAPIError."""
    wanted = {name.lower() for name in names}
    return frozenset(row["on_table"] for row in run_named(connection, "file/objects") if row["name"].lower() in wanted)


@contextmanager
def ended_after(connection: Connection, seconds: float) -> Iterator[None]:
    """Interrupts what runs on the connection when its time is over. A count of rows asks no progress handler."""
    driver = driver_connection(connection)
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    timer = threading.Timer(max(seconds, 0.0), driver.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def read_plan(connection: Connection, sql: str, parameters: tuple[None, ...] = ()) -> tuple[str, ...]:
    """The lines of EXPLAIN QUERY PLAN, what is within another step set in. Raises DBAPIError."""
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall()
    depth = {0: -1}
    lines = []
    for number, parent, _, detail in rows:
        depth[number] = depth.get(parent, -1) + 1
        lines.append(f"{'  ' * depth[number]}{detail}")
    return tuple(lines)


def _sizes(connection: Connection, seconds: float, unseen: list[str]) -> dict[str, int]:
    try:
        with ended_after(connection, seconds):
            rows = run_named(connection, "file/sizes")
    except DBAPIError as error:
        name = _name_of(error)
        # The table is missing: the only error of its kind that this statement can raise.
        reason = "this SQLite is built without dbstat" if name == "SQLITE_ERROR" else _reason(name)
        unseen.append(f"the pages of tables and indexes: {reason}")
        return {}
    return {row["name"]: int(row["pages"]) for row in rows}


def _chosen(objects: list[Row], wanted: Collection[str] | None, pages: dict[str, int], unseen: list[str]) -> list[str]:
    names = [row["name"] for row in objects if row["type"] == "table" and row["name"] != VERSION_TABLE]
    virtual = {row["name"] for row in objects if row["type"] == "table" and row["virtual"]}
    names = [name for name in names if wanted is None or name in wanted]
    unseen += [f"{shown(name)} is a virtual table: its rows are not counted" for name in names if name in virtual]
    names = sorted((name for name in names if name not in virtual), key=lambda name: (-pages.get(name, 0), name))
    if len(names) > MOST:
        unseen.append(f"{len(names) - MOST} tables beyond the {MOST} largest")
    return names[:MOST]


def _count(
    connection: Connection, names: list[str], rounds: int, end: float, unseen: list[str]
) -> tuple[dict[str, int], dict[str, tuple[float, ...]]]:
    """The rows of each table and the times of counting them, one table after the other in each round, so that a slow
    moment of the machine does not fall on one table alone."""
    rows: dict[str, int] = {}
    times: dict[str, list[float]] = {name: [] for name in names}
    failed: dict[str, str] = {}
    with ended_after(connection, end - time.monotonic()):
        for number in range(rounds):
            for name in names:
                if time.monotonic() >= end or name in failed:
                    continue
                begun = time.perf_counter()
                try:
                    answer = run_sql(connection, _counting(name))
                except DBAPIError as error:
                    failed[name] = _name_of(error)
                    continue
                if number:
                    times[name].append(time.perf_counter() - begun)
                rows[name] = int(answer[0]["rows"])
    unseen += [f"the rows of {shown(name)}: {_reason(why)}" for name, why in failed.items() if name not in rows]
    late = [name for name in names if name not in rows and name not in failed]
    if late:
        unseen.append(f"the rows of {len(late)} tables, {shown(late[0])} first: there was no time left")
    return rows, {name: tuple(found) for name, found in times.items()}


def _counting(name: str) -> str:
    return f"SELECT count(*) AS rows FROM {quote_always(name)}"


def _plans(connection: Connection, views: list[str], unseen: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for view in views:
        try:
            found[view] = read_plan(connection, f"SELECT * FROM {quote_always(view)}")
        except DBAPIError:
            found[view] = ()
            unseen.append(f"the view {shown(view)} cannot be read (fingood health-check says more)")
    return found


def _name_of(error: DBAPIError) -> str:
    """SQLite's name for what went wrong."""
    return getattr(error.orig, "sqlite_errorname", "") or type(error.orig).__name__


def _reason(name: str) -> str:
    if name == "SQLITE_INTERRUPT":
        return "there was no time left"
    return "another process holds the file locked" if name.startswith("SQLITE_BUSY") else f"cannot be read ({name})"


def shown(name: str) -> str:
    """A table's name for people: SQLite has one schema here."""
    return str(RelationName(None, name))
