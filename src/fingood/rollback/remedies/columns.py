"""Columns of tables, views and foreign tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from fingood.rollback.remedies import rights, sequences
from fingood.rollback.remedies.code import (
    Name,
    Subject,
    change_options,
    execute,
    identifier,
    literal,
    note,
    options_of,
    server_options,
    split,
    sql_literal,
    text_literal,
)

# Spelled so that SQLAlchemy 1.4 knows them too; "import sqlalchemy as sa" is all that they need.
_TYPES = {
    "integer": "sa.Integer", "bigint": "sa.BigInteger", "smallint": "sa.SmallInteger", "text": "sa.Text",
    "numeric": "sa.Numeric", "character varying": "sa.String", "boolean": "sa.Boolean", "date": "sa.Date",
    "bytea": "sa.LargeBinary", "character": "sa.CHAR", "real": "sa.REAL", "json": "sa.JSON",
    "timestamp without time zone": "sa.DateTime", "time without time zone": "sa.Time",
}  # fmt: skip
_FIXED = {"timestamp with time zone": "sa.DateTime(timezone=True)", "double precision": "sa.Float(53)"}
_LENGTHS = ("numeric", "character varying", "character")
_METHODS = {"p": "pglz", "l": "lz4"}
# What SET STORAGE has to say where the type's own strategy is wanted (DEFAULT is there from version 16 on only).
_STORAGE = {"numeric": "MAIN", "inet": "MAIN", "cidr": "MAIN"}


def sqlalchemy_type(spelled: str) -> str:
    """SQLAlchemy's spelling of a common type; empty for others."""
    if spelled in _FIXED:
        return _FIXED[spelled]
    base, bracket, rest = spelled.partition("(")
    known = _TYPES.get(base.strip())
    if known is None or (bracket and base not in _LENGTHS) or not re.fullmatch(r"[\d,]*\)?", rest):
        return ""
    return f"{known}({rest.rstrip(')').replace(',', ', ')})"


def as_python(column: Subject) -> str:
    """``sa.Column(...)``; empty where Alembic has no words for what the column is."""
    kind = sqlalchemy_type(column.get("type"))
    if not kind or any(map(column.get, ("generated", "identity", "collation", "storage", "compression"))):
        return ""
    parts = [literal(column.on.name), kind]
    if column.get("default"):
        parts.append(f"server_default=sa.text({sql_literal(column.get('default'))})")
    if column.get("nullable") == "no":
        parts.append("nullable=False")
    if column.get("comment"):
        parts.append(f"comment={literal(column.get('comment'))}")
    return f"sa.Column({', '.join(parts)})"


def as_sql(column: Subject) -> str:
    """The column as CREATE TABLE and ADD COLUMN take it."""
    parts = [column.on.own, column.get("type")]
    if column.get("compression"):
        parts.append(f"COMPRESSION {_METHODS[column.get('compression')]}")
    if column.get("server options"):
        parts.append(f"OPTIONS ({_plain_options(column.get('server options'))})")
    if column.get("collation"):
        parts.append(f"COLLATE {column.get('collation')}")
    if column.get("default"):
        parts.append(f"DEFAULT {column.get('default')}")
    if column.get("generated"):
        kind, _, expression = column.get("generated").partition(" ")
        parts.append(f"GENERATED ALWAYS AS ({expression}) {kind.upper()}")
    if column.get("identity"):
        parts.append(f"GENERATED {column.get('identity').upper()} AS IDENTITY{_counting(column)}")
    if column.get("nullable") == "no":
        parts.append("NOT NULL")
    return " ".join(parts)


def _counting(column: Subject) -> str:
    """Name and options of the sequence behind an identity, where the whole table is known."""
    for key, properties in column.details.items():
        sequence = Subject(key, properties, column.details)
        if (
            key.kind == "sequence"
            and sequence.get("identity") == "yes"
            and split(sequence.get("owned by"))[-1:] == [column.on.name]
        ):
            return f" (SEQUENCE NAME {sequence.sql} {sequences.options(sequence)})"
    return ""


def _plain_options(text: str) -> str:
    return ", ".join(f"{identifier(name)} {text_literal(value)}" for name, value in options_of(text).items())


def beside(column: Subject, *, commented: bool = False) -> Iterator[str]:
    """What the column's definition cannot say; ``commented`` where it has said the comment already."""
    for name in ("storage", "statistics target", "options"):
        if column.get(name):
            yield from _PLAIN[name](column, column.get(name), "")
    if column.get("grants"):
        yield from _grants(column, column.get("grants"), "")
    if column.get("comment") and not commented:
        yield rights.comment(f"COLUMN {column.on.sql}.{column.on.own}", column.get("comment"))


def drop(column: Subject) -> list[str]:
    if _of_view(column):
        return _again_with_view(column)
    return [f"op.drop_column({literal(column.on.table)}, {literal(column.on.name)}{column.on.keyword})"]


def create(column: Subject) -> list[str]:
    if _of_view(column):
        return _again_with_view(column)
    needs_values = column.get("nullable") == "no" and not any(map(column.get, ("default", "generated", "identity")))
    if not needs_values:
        return [*_add(column), *beside(column, commented=bool(as_python(column)))]
    empty = Subject(column.key, {**column.properties, "nullable": "yes"}, column.details)
    return [
        *_add(empty),
        *beside(empty, commented=bool(as_python(empty))),
        note("fill it from a pre-image table here; with rows that have no value the next line fails"),
        _alter(column, "nullable=False"),
    ]


def _add(column: Subject) -> list[str]:
    python, on = as_python(column), column.on
    if python:
        return [f"op.add_column({literal(on.table)}, {python}{on.keyword})"]
    return [execute(f"ALTER TABLE {on.sql} ADD COLUMN {as_sql(column)}")]


def change(column: Subject, name: str, before: str, after: str) -> list[str]:
    if name in _PYTHON:
        return [_alter(column, _PYTHON[name](before))]
    if name == "default" and _of_view(column):
        return [execute(f"{_table(column)} {_column(column)} {f'SET DEFAULT {before}' if before else 'DROP DEFAULT'}")]
    if _of_view(column) and name in ("type", "collation"):
        return _again_with_view(column)
    return _PLAIN[name](column, before, after) if name in _PLAIN else []


def _alter(column: Subject, words: str) -> str:
    return f"op.alter_column({literal(column.on.table)}, {literal(column.on.name)}, {words}{column.on.keyword})"


def _default(before: str) -> str:
    return f"server_default=sa.text({sql_literal(before)})" if before else "server_default=None"


_PYTHON: dict[str, Callable[[str], str]] = {
    "nullable": lambda before: f"nullable={before == 'yes'}",
    "default": _default,
    "comment": lambda before: f"comment={literal(before)}" if before else "comment=None",
}


def _of_view(column: Subject) -> bool:
    return column.owner is not None and column.owner.kind in ("view", "materialized view")


def _again_with_view(column: Subject) -> list[str]:
    kind = column.owner.kind if column.owner else "view"
    return [note(f"the column comes and goes with the definition of the {kind} {column.get('of')}")]


def _table(column: Subject) -> str:
    return f"ALTER {column.owner.kind.upper() if column.owner else 'TABLE'} {column.on.sql}"


def _column(column: Subject) -> str:
    return f"ALTER COLUMN {column.on.own}"


def _type(column: Subject, _before: str, _after: str) -> list[str]:
    """The type with its collation; the values are cast, which fails on those that do not fit."""
    kind, own = column.get("type"), column.on.own
    python = sqlalchemy_type(kind)
    if python and not column.get("collation"):
        return [_alter(column, f"type_={python}, postgresql_using={literal(f'{own}::{kind}')}")]
    collation = f" COLLATE {column.get('collation')}" if column.get("collation") else ""
    return [execute(f"{_table(column)} {_column(column)} TYPE {kind}{collation} USING {own}::{kind}")]


def _generated(column: Subject, before: str, _after: str) -> list[str]:
    if not before:
        return [execute(f"{_table(column)} {_column(column)} DROP EXPRESSION")]
    drop = f"op.drop_column({literal(column.on.table)}, {literal(column.on.name)}{column.on.keyword})"
    return [note("its values are computed again"), drop, *create(column)]


def _identity(column: Subject, before: str, after: str) -> list[str]:
    if not before:
        return [execute(f"{_table(column)} {_column(column)} DROP IDENTITY")]
    words = f"SET GENERATED {before.upper()}" if after else f"ADD GENERATED {before.upper()} AS IDENTITY"
    found = [execute(f"{_table(column)} {_column(column)} {words}")]
    if not after:
        found.append(catch_up(column.on))
    return found


def catch_up(on: Name) -> str:
    """Sets the sequence behind a column past the highest value of the column."""
    sequence = f"pg_get_serial_sequence({text_literal(on.sql)}, {text_literal(on.name)})"
    return execute(f"SELECT setval({sequence}, (SELECT coalesce(max({on.own}), 0) + 1 FROM {on.sql}), false)")


def _storage(column: Subject, before: str, _after: str) -> list[str]:
    base = column.get("type").partition("(")[0]
    return [
        execute(f"{_table(column)} {_column(column)} SET STORAGE {before.upper() or _STORAGE.get(base, 'EXTENDED')}")
    ]


def _compression(column: Subject, before: str, _after: str) -> list[str]:
    method = _METHODS[before] if before else "DEFAULT"
    return [execute(f"{_table(column)} {_column(column)} SET COMPRESSION {method}")]


def _statistics(column: Subject, before: str, _after: str) -> list[str]:
    return [execute(f"{_table(column)} {_column(column)} SET STATISTICS {before or -1}")]


def _options(column: Subject, before: str, after: str) -> list[str]:
    return change_options(f"{_table(column)} {_column(column)}", before, after)


def _server_options(column: Subject, before: str, after: str) -> list[str]:
    return [execute(f"{_table(column)} {_column(column)} OPTIONS ({server_options(before, after)})")]


def _grants(column: Subject, before: str, after: str) -> list[str]:
    on = f"({column.on.own}) ON TABLE {column.on.sql}"
    return list(rights.between(on, rights.parse(before), rights.parse(after)))


def _inheritance(column: Subject, _before: str, _after: str) -> list[str]:
    return [note(f"comes back when {column.get('of')} is a child of its parent again")]


_PLAIN: dict[str, Callable[[Subject, str, str], list[str]]] = {
    "type": _type,
    "collation": _type,
    "generated": _generated,
    "identity": _identity,
    "storage": _storage,
    "compression": _compression,
    "statistics target": _statistics,
    "options": _options,
    "server options": _server_options,
    "grants": _grants,
    "local": _inheritance,
    "inherited": _inheritance,
}
