"""What rows of a table must look like: columns, keys, foreign keys, and the literals its checks speak of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from sqlalchemy.engine import Connection

from fingood.model.names import RelationName

_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"(?<![\w'.])-?\d+(?:\.\d+)?(?![\w'])")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnShape:
    """``type`` is the base type's name; ``length``, ``precision`` and ``scale`` its room where it is limited."""

    name: str
    type: str
    required: bool = False
    automatic: bool = False
    is_array: bool = False
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    labels: tuple[str, ...] = ()
    literals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A foreign key."""

    columns: tuple[str, ...]
    table: RelationName
    referenced: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableShape:
    """A table that rows are made for. ``unique`` are the columns of any key, ``checks`` those of each check and key."""

    name: RelationName
    columns: tuple[ColumnShape, ...]
    references: tuple[Reference, ...] = ()
    unique: frozenset[str] = field(default_factory=frozenset)
    checks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_shapes(connection: Connection, *, version_table: str) -> dict[RelationName, TableShape]:
    """Every table of the user's, in an order in which parents come before their children where that is possible."""
    if connection.dialect.name == "sqlite":
        shapes = _read_sqlite(connection)
    else:
        shapes = _read_postgresql(connection)
    kept = {name: shape for name, shape in shapes.items() if name.name != version_table}
    return {name: kept[name] for name in _parents_first(kept)}


def without_pages(connection: Connection) -> frozenset[RelationName]:
    """Tables of PostgreSQL that hold no row for certain."""
    return frozenset(RelationName(row["schema"], row["table"]) for row in _run(connection, _sql("without_pages")))


def _parents_first(shapes: dict[RelationName, TableShape]) -> list[RelationName]:
    done: dict[RelationName, None] = {}
    waiting = dict(shapes)
    while waiting:
        ready = [
            name
            for name, shape in waiting.items()
            if all(ref.table == name or ref.table not in waiting for ref in shape.references)
        ]
        # A circle of foreign keys: the table with the fewest open ones goes first, its own stay NULL.
        for name in ready or [min(waiting, key=lambda n: (len(waiting[n].references), n))]:
            done[name] = None
            del waiting[name]
    return list(done)


def _run(connection: Connection, sql: str) -> list[dict[str, Any]]:
    result = connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
    keys = list(result.keys())
    return [dict(zip(keys, row, strict=True)) for row in result]


def _sql(name: str) -> str:
    return (resources.files(__package__) / "sql" / "postgresql" / f"{name}.sql").read_text(encoding="utf-8")


def _read_postgresql(connection: Connection) -> dict[RelationName, TableShape]:
    constraints: defaultdict[RelationName, list[dict[str, Any]]] = defaultdict(list)
    for row in _run(connection, _sql("constraints")):
        constraints[RelationName(row["schema"], row["table"])].append(row)
    columns: defaultdict[RelationName, list[ColumnShape]] = defaultdict(list)
    for row in _run(connection, _sql("columns")):
        name = RelationName(row["schema"], row["table"])
        about = [c["definition"] for c in constraints[name] if c["kind"] == "b" or _is_check_of(c, row["name"])]
        columns[name].append(_column(row, tuple(row["checks"]) + tuple(about)))
    return {
        name: TableShape(
            name=name,
            columns=tuple(found),
            references=tuple(_reference(c) for c in constraints[name] if c["kind"] == "f"),
            unique=frozenset(col for c in constraints[name] if c["kind"] in "pu" for col in c["columns"]),
            checks={c["name"]: tuple(c["columns"]) for c in constraints[name] if c["kind"] in "cpu"},
        )
        for name, found in columns.items()
    }


def _is_check_of(constraint: dict[str, Any], column: str) -> bool:
    return constraint["kind"] == "c" and column in constraint["columns"]


def _reference(row: dict[str, Any]) -> Reference:
    return Reference(
        columns=tuple(row["columns"]),
        table=RelationName(row["references_schema"], row["references_table"]),
        referenced=tuple(row["referenced"]),
    )


def _column(row: dict[str, Any], checks: tuple[str, ...]) -> ColumnShape:
    typmod, kind = row["typmod"], row["type"]
    limited = typmod is not None and typmod >= 0
    numeric = kind == "numeric" and limited
    return ColumnShape(
        name=row["name"],
        type=kind if row["typtype"] != "c" else "record",
        required=row["required"],
        automatic=row["identity"] or row["generated"] or row["counts"],
        is_array=row["is_array"],
        # A typmod counts the four bytes of a varlena header (varchar, numeric), bit's does not.
        length=(typmod if kind in ("bit", "varbit") else typmod - 4) if limited and not numeric else None,
        precision=(typmod - 4) >> 16 & 0xFFFF if numeric else None,
        scale=_scale(typmod - 4) if numeric else None,
        labels=tuple(row["labels"]),
        literals=literals_of(checks),
    )


def _scale(packed: int) -> int:
    """Eleven bits with a sign since version 15."""
    return ((packed & 0x7FF) ^ 1024) - 1024


def literals_of(checks: tuple[str, ...]) -> tuple[str, ...]:
    """What a check compares with: its strings, and its numbers with their neighbours."""
    found: dict[str, None] = {}
    for check in checks:
        for text in _LITERAL.findall(check):
            found[text.replace("''", "'")] = None
        for number in _NUMBER.findall(_LITERAL.sub("", check)):
            for near in (number, str(int(float(number)) + 1), str(int(float(number)) - 1)):
                found[near] = None
    return tuple(found)


def _read_sqlite(connection: Connection) -> dict[RelationName, TableShape]:
    listed = _run(
        connection,
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'"
        " AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
    )
    return {RelationName(None, row["name"]): _sqlite_table(connection, row["name"], row["sql"]) for row in listed}


def _sqlite_table(connection: Connection, name: str, sql: str) -> TableShape:
    literal = "'" + name.replace("'", "''") + "'"
    info = _run(connection, f"SELECT * FROM pragma_table_xinfo({literal}) WHERE hidden <> 1")
    keys = [row["name"] for row in info if row["pk"]]
    checks = tuple(re.findall(r"check\s*\((.*?)\)\s*(?:,|$|\n)", sql, re.IGNORECASE | re.DOTALL))
    columns = tuple(_sqlite_column(row, checks, alone=keys == [row["name"]]) for row in info)
    foreign: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in _run(connection, f"SELECT * FROM pragma_foreign_key_list({literal}) ORDER BY id, seq"):
        foreign[row["id"]].append(row)
    unique = set(keys)
    for index in _run(connection, f'SELECT name FROM pragma_index_list({literal}) WHERE "unique"'):
        inner = "'" + index["name"].replace("'", "''") + "'"
        unique |= {r["name"] for r in _run(connection, f"SELECT name FROM pragma_index_info({inner})") if r["name"]}
    return TableShape(
        name=RelationName(None, name),
        columns=columns,
        references=tuple(
            Reference(
                columns=tuple(r["from"] for r in rows),
                table=RelationName(None, rows[0]["table"]),
                referenced=tuple(r["to"] or r["from"] for r in rows),
            )
            for rows in foreign.values()
        ),
        unique=frozenset(unique),
    )


def _sqlite_column(row: dict[str, Any], checks: tuple[str, ...], *, alone: bool) -> ColumnShape:
    declared = str(row["type"]).lower()
    limit = re.search(r"\((\d+)(?:\s*,\s*(\d+))?\)", declared)
    kind = declared.partition("(")[0].strip()
    decimal = kind in ("numeric", "decimal")
    return ColumnShape(
        name=row["name"],
        type=_SQLITE_TYPES.get(kind, "numeric" if decimal else "text"),
        required=bool(row["notnull"]) or bool(row["pk"]),
        automatic=row["hidden"] in (2, 3) or (alone and kind == "integer"),
        length=int(limit.group(1)) if limit and not decimal else None,
        precision=int(limit.group(1)) if limit and decimal else None,
        scale=int(limit.group(2) or 0) if limit and decimal else None,
        literals=literals_of(tuple(check for check in checks if row["name"].lower() in check.lower())),
    )


_SQLITE_TYPES = {
    "integer": "int4", "int": "int4", "bigint": "int8", "smallint": "int2", "boolean": "sqlite_bool", "float": "float8",
    "real": "float8", "double precision": "float8", "date": "date", "datetime": "sqlite_datetime",
    "time": "sqlite_time", "timestamp": "sqlite_datetime", "blob": "sqlite_blob", "json": "json",
}  # fmt: skip
