"""A sample of rows that holds together: the first rows of each table, and the parent rows that they refer to.

The constraints are made after the rows, so the order of tables does not matter; foreign keys then check the whole.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, Any

from sqlalchemy.engine import Connection

from fingood.catalog import connect
from fingood.model.names import RelationName, quote_always
from fingood.sandbox.driver import autocommit, literal, load_sql, run
from fingood.statements.compat import driver_connection

# A key's rows go to the source as VALUES; so many at a time, so many rounds of parents of parents.
_CHUNK = 500
_ROUNDS = 30
# As pg_dump does: the text of a value must mean the same on both sides.
_TEXT_FORM = ("client_encoding = 'UTF8'", "datestyle = ISO", "intervalstyle = postgres", "extra_float_digits = 3")
_IN_MEMORY = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SampledTable:
    """A table with its writable columns. ``only`` is SQL's word to leave inheritance children out."""

    name: RelationName
    partitioned: bool
    columns: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def only(self) -> str:
        return "" if self.partitioned else "ONLY "

    @property
    def column_list(self) -> str:
        return ", ".join(quote_always(column) for column in self.columns)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns of ``child`` that refer to columns of ``parent``, which have these types."""

    child: RelationName
    parent: RelationName
    child_columns: tuple[str, ...]
    parent_columns: tuple[str, ...]
    types: tuple[str, ...]


def copy_sample(source_url: str, target_url: str, *, rows: int, note: Callable[[str], None]) -> None:
    """Fill the tables of ``target_url``, which have no constraints yet, from one moment of the source."""
    with connect(source_url) as source, autocommit(target_url) as target:
        run(source, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for setting in _TEXT_FORM:
            run(source, f"SET {setting}")
            run(target, f"SET {setting}")
        there = {name for name, *_ in _tables(target)}
        tables = {name: SampledTable(name, *rest) for name, *rest in _tables(source) if name in there}
        for table in tables.values():
            order = f" ORDER BY {', '.join(map(quote_always, table.key))}" if table.key else ""
            query = f"SELECT {table.column_list} FROM {table.only}{table.name.sql}{order} LIMIT {rows}"
            _carry(source, target, table, query)
        keys, without = _foreign_keys(source, tables)
        _pull_parents(source, target, tables, keys)
        _drop_orphans(target, tables, keys, note)
        for name in sorted(set(map(str, without))):
            note(f"sample: {name} refers to a table that is not in the copy")


def _tables(connection: Connection) -> list[tuple[Any, ...]]:
    return [
        (RelationName(schema, name), bool(partitioned), tuple(columns or ()), tuple(key or ()))
        for schema, name, partitioned, columns, key in run(connection, load_sql("sample_tables"))
    ]


def _foreign_keys(
    source: Connection, tables: dict[RelationName, SampledTable]
) -> tuple[list[ForeignKey], list[RelationName]]:
    """The keys to satisfy, and the tables with one that cannot be. A key that is not validated promises nothing."""
    keys, without = [], []
    for row in run(source, load_sql("sample_keys")):
        child, parent = RelationName(row[0], row[1]), RelationName(row[2], row[3])
        if child not in tables or not row[9]:
            continue
        if parent in tables:
            keys.append(ForeignKey(child, parent, tuple(row[4]), tuple(row[5]), tuple(row[6])))
        else:
            without.append(child)
    return keys, without


def _pull_parents(
    source: Connection, target: Connection, tables: dict[RelationName, SampledTable], keys: Sequence[ForeignKey]
) -> None:
    for _ in range(_ROUNDS):
        pulled = sum(_pull(source, target, tables, key) for key in keys)
        if not pulled:
            return


def _pull(source: Connection, target: Connection, tables: dict[RelationName, SampledTable], key: ForeignKey) -> int:
    """Fetch the parent rows that children of this key lack; returns how many rows came."""
    parent = tables[key.parent]
    count = 0
    wanted = run(target, _orphans_sql(tables[key.child], tables[key.parent], key))
    for start in range(0, len(wanted), _CHUNK):
        values = ", ".join(
            "(" + ", ".join(f"{literal(value)}::{kind}" for value, kind in zip(row, key.types, strict=True)) + ")"
            for row in wanted[start : start + _CHUNK]
        )
        names = [f"k{place}" for place in range(len(key.types))]
        match = " AND ".join(
            f"p.{quote_always(column)} = wanted.{name}" for column, name in zip(key.parent_columns, names, strict=True)
        )
        columns = ", ".join(f"p.{quote_always(column)}" for column in parent.columns)
        query = (
            f"SELECT {columns} FROM {parent.only}{parent.name.sql} AS p "
            f"JOIN (VALUES {values}) AS wanted ({', '.join(names)}) ON {match}"
        )
        count += _carry(source, target, parent, query)
    return count


def _orphans_sql(child: SampledTable, parent: SampledTable, key: ForeignKey) -> str:
    """Distinct keys, as text, of children without their parent; a key with a NULL refers to nothing (MATCH SIMPLE)."""
    pairs = list(zip(key.child_columns, key.parent_columns, strict=True))
    match = " AND ".join(f"p.{quote_always(there)} = c.{quote_always(here)}" for here, there in pairs)
    present = " AND ".join(f"c.{quote_always(here)} IS NOT NULL" for here, _ in pairs)
    shown = ", ".join(f"c.{quote_always(here)}::text" for here, _ in pairs)
    return (
        f"SELECT DISTINCT {shown} FROM {child.only}{child.name.sql} AS c WHERE {present} "
        f"AND NOT EXISTS (SELECT 1 FROM {parent.only}{parent.name.sql} AS p WHERE {match})"
    )


def _drop_orphans(
    target: Connection,
    tables: dict[RelationName, SampledTable],
    keys: Sequence[ForeignKey],
    note: Callable[[str], None],
) -> None:
    """Children whose parents did not come (a chain longer than we follow, a row that row security hides) go, and
    then the children of these."""
    gone: dict[tuple[RelationName, RelationName], int] = {}
    while True:
        before = sum(gone.values())
        for key in keys:
            count = _drop_orphans_of(target, tables[key.child], key)
            gone[key.child, key.parent] = gone.get((key.child, key.parent), 0) + count
        if sum(gone.values()) == before:
            break
    for (child, parent), count in gone.items():
        if count:
            note(f"sample: {count} rows of {child} were left out because their rows in {parent} were")


def _drop_orphans_of(target: Connection, child: SampledTable, key: ForeignKey) -> int:
    pairs = list(zip(key.child_columns, key.parent_columns, strict=True))
    match = " AND ".join(f"p.{quote_always(there)} = c.{quote_always(here)}" for here, there in pairs)
    present = " AND ".join(f"c.{quote_always(here)} IS NOT NULL" for here, _ in pairs)
    rows = run(
        target,
        f"WITH gone AS (DELETE FROM {child.only}{child.name.sql} AS c WHERE {present} AND NOT EXISTS "
        f"(SELECT 1 FROM {key.parent.sql} AS p WHERE {match}) RETURNING 1) SELECT count(*) FROM gone",
    )
    return int(rows[0][0])


def _carry(source: Connection, target: Connection, table: SampledTable, query: str) -> int:
    """Copy the query's rows into the table; returns how many."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as between:
        _copy_out(driver_connection(source), f"COPY ({query}) TO STDOUT", between)
        if not between.tell():
            return 0
        between.seek(0)
        columns = f" ({table.column_list})" if table.columns else ""
        return _copy_in(driver_connection(target), f"COPY {table.name.sql}{columns} FROM STDIN", between)


def _copy_out(connection: Any, sql: str, into: IO[bytes]) -> None:
    with connection.cursor() as cursor:
        if hasattr(cursor, "copy_expert"):
            cursor.copy_expert(sql, into)
            return
        with cursor.copy(sql) as rows:
            for block in rows:
                into.write(block)


def _copy_in(connection: Any, sql: str, rows: IO[bytes]) -> int:
    with connection.cursor() as cursor:
        if hasattr(cursor, "copy_expert"):
            cursor.copy_expert(sql, rows)
        else:
            with cursor.copy(sql) as copy:
                while block := rows.read(io.DEFAULT_BUFFER_SIZE):
                    copy.write(block)
        return int(cursor.rowcount)
