"""The statements in a SQLite schema, with the tables that SQLite itself says they touch, and their plans.

What a text touches is asked of the authorizer while SQLite compiles it (sqlite.org/c3ref/set_authorizer.html): no
reading of names out of texts. Nothing is run.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.catalog.file_snapshot import read_plan
from fingood.catalog.queries import run_named
from fingood.model.names import quote_always
from fingood.model.schema_statement import SchemaStatement
from fingood.statements.compat import driver_connection
from fingood.statements.placeholders import split_statements, tokens_of

_TOUCHING = (sqlite3.SQLITE_READ, sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE)
_EVENT = re.compile(r"\b(BEFORE|AFTER|INSTEAD\s+OF)?\s*\b(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
_BEGIN = re.compile(r"(?<![.\w])\s*\bBEGIN\b", re.IGNORECASE)
_END = re.compile(r"\bEND\s*\Z", re.IGNORECASE)
_ROW = re.compile(r"\b(?:NEW|OLD)\s*\.\s*([^\W\d]\w*)", re.IGNORECASE)
_ROW_QUOTED = re.compile(r"\b(?:NEW|OLD)\s*\.\s*\Z", re.IGNORECASE)
_RAISE = re.compile(r"\bRAISE\s*\((?:[^()']|'(?:[^']|'')*')*\)", re.IGNORECASE)
_QUOTED = ("quoted", "backquoted", "bracketed")


def read_schema_statements(connection: Connection) -> tuple[SchemaStatement, ...]:
    """Every view, trigger and foreign key of the main database. Raises DBAPIError where the schema cannot be read."""
    objects = run_named(connection, "file/objects")
    found: list[SchemaStatement] = []
    for row in objects:
        name = row["name"]
        if row["type"] == "view":
            view = SchemaStatement(kind="view", name=name, on="", event="when it is read", text=row["definition"])
            found.append(_compiled(connection, view, f"SELECT * FROM {quote_always(name)}"))
        elif row["type"] == "trigger":
            found += _trigger(connection, name, row["on_table"], row["definition"])
    return (*found, *_foreign_keys(connection))


def body_of(definition: str) -> tuple[str, ...]:
    """The statements of a trigger, each fit to be compiled by itself: a question mark for what it takes from the row,
    NULL for RAISE."""
    text = _standing_alone(definition)
    begin = next(
        (
            at + match.end()
            for at, kind, piece in _placed(text)
            if kind == "text"
            for match in [_BEGIN.search(piece)]
            if match
        ),
        None,
    )
    if begin is None:
        return ()
    body = _END.sub("", text[begin:].rstrip().removesuffix(";").rstrip())
    return tuple(one.strip() for one in split_statements(body, sqlite=True) if one.strip())


def _placed(text: str) -> Iterator[tuple[int, str, str]]:
    at = 0
    for kind, piece in tokens_of(text, sqlite=True):
        yield at, kind, piece
        at += len(piece)


def _standing_alone(sql: str) -> str:
    pieces: list[str] = []
    for kind, text in tokens_of(sql, sqlite=True):
        if kind in _QUOTED and pieces and _ROW_QUOTED.search(pieces[-1]):
            pieces[-1] = _ROW_QUOTED.sub("?", pieces[-1])
        else:
            pieces.append(_ROW.sub("?", text) if kind == "text" else text)
    return _RAISE.sub("NULL", "".join(pieces))


def _trigger(connection: Connection, name: str, table: str, definition: str) -> Iterator[SchemaStatement]:
    head = _EVENT.search(definition, definition.upper().find(name.upper()) + len(name))
    event = " ".join((head.group(1) or "", head.group(2))).strip().lower() if head else ""
    for statement in body_of(definition):
        found = SchemaStatement(kind="trigger", name=name, on=table, event=event, text=statement)
        yield _compiled(connection, found, statement)


def _foreign_keys(connection: Connection) -> Iterator[SchemaStatement]:
    rows = run_named(connection, "file/foreign_keys")
    for (child, _, parent), columns in groupby(rows, key=lambda row: (row["child"], row["number"], row["parent"])):
        names = [row["child_column"] for row in columns]
        asked = " AND ".join(f"{quote_always(name)} = ?" for name in names)
        sql = f"SELECT * FROM {quote_always(child)} WHERE {asked}"
        key = SchemaStatement(
            kind="foreign key", name=", ".join(names), on=child, event=f"delete or update of {parent}", text=sql
        )
        found = _compiled(connection, key, sql)
        yield replace(found, touches=found.touches | {parent})


def _compiled(connection: Connection, statement: SchemaStatement, sql: str) -> SchemaStatement:
    marks = sum(token == "question" for token, _ in tokens_of(sql, sqlite=True))
    plan: tuple[str, ...] = ()
    unseen = ""
    with _overheard(connection) as touched:
        try:
            plan = read_plan(connection, sql, (None,) * marks)
        except DBAPIError as error:
            unseen = f"it cannot be compiled ({getattr(error.orig, 'sqlite_errorname', type(error.orig).__name__)})"
    return replace(statement, touches=frozenset(touched), plan=plan, unseen=unseen)


@contextmanager
def _overheard(connection: Connection) -> Iterator[set[str]]:
    """The tables and views that SQLite asks leave for, while it compiles."""
    touched: set[str] = set()

    def note(action: int, first: str | None, second: str | None, database: str | None, source: str | None) -> int:
        if action in _TOUCHING and first and not first.startswith("sqlite_"):
            touched.add(first)
        return sqlite3.SQLITE_OK

    driver = driver_connection(connection)
    driver.set_authorizer(note)
    try:
        yield touched
    finally:
        driver.set_authorizer(None)
