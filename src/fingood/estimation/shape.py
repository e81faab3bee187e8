"""What a table's rows must be like: its columns, its keys, its parents."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy.engine import Connection

from fingood.model.names import RelationName


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that values are made for. ``type`` is the base type's name, ``spelled`` the declared one as SQL writes
    it, ``typmod`` PostgreSQL's type modifier (-1 for none)."""

    name: str
    type: str
    spelled: str
    typmod: int = -1
    is_array: bool = False
    is_range: bool = False
    required: bool = False
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A foreign key: own columns, and those of the parent that they must be found in."""

    columns: tuple[str, ...]
    parent: RelationName
    parent_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A table: its columns in order, the sets of columns that are unique, its foreign keys."""

    name: RelationName
    columns: tuple[Column, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    references: tuple[Reference, ...] = ()


def read_shapes(connection: Connection) -> dict[RelationName, Shape]:
    """The shapes of all tables of a PostgreSQL database."""
    columns: defaultdict[RelationName, list[Column]] = defaultdict(list)
    for row in rows_of(connection, "columns"):
        name = RelationName(row.pop("schema"), row.pop("table"))
        columns[name].append(Column(**{**row, "labels": tuple(row["labels"])}))
    unique: defaultdict[RelationName, list[tuple[str, ...]]] = defaultdict(list)
    references: defaultdict[RelationName, list[Reference]] = defaultdict(list)
    for row in rows_of(connection, "keys"):
        name, own = RelationName(row["schema"], row["table"]), tuple(row["columns"] or ())
        if row["parent"] is None:
            unique[name].append(own)
        else:
            parent = RelationName(row["parent_schema"], row["parent"])
            references[name].append(Reference(columns=own, parent=parent, parent_columns=tuple(row["parent_columns"])))
    return {
        name: Shape(name=name, columns=tuple(found), unique=tuple(unique[name]), references=tuple(references[name]))
        for name, found in columns.items()
    }


@cache
def load_sql(name: str) -> str:
    """The text of ``sql/postgresql/<name>.sql``."""
    return (resources.files(__package__) / "sql" / "postgresql" / f"{name}.sql").read_text(encoding="utf-8")


def rows_of(connection: Connection, name: str) -> list[dict[str, Any]]:
    """The rows of a named SQL file."""
    result = connection.exec_driver_sql(load_sql(name), execution_options={"no_parameters": True})
    return [dict(row) for row in result.mappings()]
