"""What a PostgreSQL database has counted of its work; each look may fail by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.catalog.queries import load_sql, run_named, run_sql
from fingood.model.names import RelationName, quote_always
from fingood.model.workload import Moment, StatementCount, Workload
from fingood.statements.compat import sqlstate_of

NO_STATEMENTS = "pg_stat_statements is not installed in this database: CREATE EXTENSION pg_stat_statements;"
_SHOWN = 300

Row = dict[str, Any]


def read_workload(
    connection: Connection,
    moment: Moment,
    *,
    target: str,
    mask: Callable[[str], str],
    run: str = "",
    revisions: tuple[str, ...] = (),
    autocommit: bool = False,
) -> Workload:
    """The counters right now; ``mask`` takes literals out of statements. Reads statistics alone: no table is touched,
    nothing waits for a lock on one. With ``autocommit`` every look is a transaction of its own already.

    Raises DBAPIError where not even the database's own counters can be read.
    """
    database = run_named(connection, "workload/database")[0]
    unseen: list[str] = []
    savepoint = nullcontext if autocommit else connection.begin_nested
    tables = _looked(savepoint, "tables", lambda: run_named(connection, "workload/tables"), unseen)
    indexes = _looked(savepoint, "indexes", lambda: run_named(connection, "workload/indexes"), unseen)
    statements = _looked(savepoint, "statements", lambda: _statements(connection, unseen), unseen)
    return Workload(
        taken=datetime.now(UTC),
        moment=moment,
        target=target,
        run=run,
        revisions=revisions,
        server_version=int(database.pop("server_version")),
        reset=str(database.pop("reset")),
        database=_numbers(database),
        tables=_by_name(tables),
        indexes=_by_name(indexes),
        statements={str(row["key"]): _statement(row, mask) for row in statements},
        unseen=tuple(unseen),
    )


def _looked(
    savepoint: Callable[[], AbstractContextManager[object]],
    what: str,
    look: Callable[[], list[Row]],
    unseen: list[str],
) -> list[Row]:
    try:
        with savepoint():
            return look()
    except DBAPIError as error:
        state = sqlstate_of(error) or "unknown"
        unseen.append(f"{what} cannot be read (SQLSTATE {state})")
        return []


def _statements(connection: Connection, unseen: list[str]) -> list[Row]:
    found = run_named(connection, "workload/extension")
    if not found:
        unseen.append(NO_STATEMENTS)
        return []
    schema = quote_always(str(found[0]["schema"]))
    sql = load_sql("postgresql", "workload/statements").replace("schema_of_extension", schema)
    return run_sql(connection, sql)


def _statement(row: Row, mask: Callable[[str], str]) -> StatementCount:
    text = " ".join(mask(str(row["query"])).split())[:_SHOWN]
    numbers = {key: float(row[key]) for key in ("calls", "seconds", "squares", "rows", "blocks")}
    return StatementCount(text=text, **numbers)


def _by_name(rows: list[Row]) -> Mapping[str, Mapping[str, float]]:
    return {str(RelationName(row.pop("schema"), row.pop("name"))): _numbers(row) for row in rows}


def _numbers(row: Row) -> Mapping[str, float]:
    """The counters that have counted anything: a snapshot stays small where most tables lie idle."""
    return {key: float(value) for key, value in row.items() if isinstance(value, (int, float, Decimal)) and value}
