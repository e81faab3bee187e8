"""A SQLite schema by its pragmas; only what no pragma tells (CHECK, COLLATE, options) is read from the stored SQL."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy.engine import Connection

from fingood.catalog.queries import run_sql
from fingood.model.names import quote
from fingood.model.snapshot import ObjectKey

_TOKEN = re.compile(
    r"""--[^\n]*|/\*.*?\*/|\s+                       # nothing
      |'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\] # quoted
      |[\w$.]+|\|\||[<>!=]=|<>|<<|>>|.""",
    re.VERBOSE | re.DOTALL,
)
_PLAIN = re.compile(r"[A-Za-z_]\w*\Z")

Objects = dict[ObjectKey, dict[str, str]]


def read_sqlite_objects(connection: Connection, *, version_table: str) -> Objects:
    """Every table, column, constraint, index, view and trigger of the main database."""
    rows = run_sql(connection, "SELECT type, name, tbl_name, coalesce(sql, '') AS sql FROM sqlite_master")
    objects: Objects = {}
    for row in rows:
        if row["name"].startswith("sqlite_") or row["tbl_name"] == version_table:
            continue
        if row["type"] == "table":
            objects.update(_table(connection, row["name"], row["sql"]))
        else:
            key = ObjectKey(row["type"], quote(row["name"]))
            objects[key] = {"definition": normalised(row["sql"])}
            if row["type"] in ("index", "trigger"):
                objects[key]["of"] = quote(row["tbl_name"])
    pragmas = {name: _pragma(connection, name) for name in ("user_version", "application_id", "encoding")}
    objects[ObjectKey("database", "current")] = pragmas
    return dict(sorted(objects.items()))


def tokens(sql: str) -> list[str]:
    """The SQL's tokens without blanks and comments; names lose quotes they do not need, words are in lower case."""
    return [_folded(token) for token in _TOKEN.findall(sql) if not re.match(r"\s|--|/\*", token)]


def normalised(sql: str) -> str:
    """The SQL in one spelling."""
    return " ".join(tokens(sql))


def _folded(token: str) -> str:
    if token[0] in '"`[':
        inner = token[1:-1].replace('""', '"')
        return inner.lower() if _PLAIN.match(inner) else '"' + inner.replace('"', '""') + '"'
    return token if token[0] == "'" else token.lower()


def _pragma(connection: Connection, name: str) -> str:
    return str(run_sql(connection, f"SELECT * FROM pragma_{name}")[0][name])


def _table(connection: Connection, name: str, sql: str) -> Objects:
    literal = "'" + name.replace("'", "''") + "'"
    table = quote(name)
    columns = run_sql(connection, f"SELECT * FROM pragma_table_xinfo({literal})")
    items, tail = _items(sql)
    written = [tokens(item) for item in items]
    collations = {item[0]: item[item.index("collate") + 1] for item in written if "collate" in item}
    expressions = {item[0]: found for item in written if (found := _generated(item))}
    primary = [c["name"] for c in sorted(columns, key=lambda c: int(c["pk"])) if c["pk"]]
    objects: Objects = {
        ObjectKey("table", table): {
            "column order": json.dumps([column["name"] for column in columns]),
            "options": " ".join(sorted(tokens(tail.replace(",", " ")))),
            "autoincrement": "yes" if any("autoincrement" in item for item in written) else "no",
        }
    }
    for column in columns:
        objects[ObjectKey("column", f"{table}.{quote(column['name'])}")] = _column(
            column, table, collations, expressions
        )
    for kind, definition in _constraints(connection, literal, primary, written):
        key = ObjectKey("constraint", f"{table} {kind} {definition}")
        objects[key] = {"of": table, "type": kind, "definition": definition}
    return objects


def _column(
    column: dict[str, Any], table: str, collations: dict[str, str], expressions: dict[str, str]
) -> dict[str, str]:
    name = _folded('"' + column["name"] + '"')
    storage = {2: "virtual", 3: "stored"}.get(column["hidden"], "")
    found = {
        "of": table,
        "type": " ".join(str(column["type"]).lower().replace(" (", "(").split()),
        "nullable": "no" if column["notnull"] else "yes",
        "default": normalised(column["dflt_value"]) if column["dflt_value"] is not None else "",
        "generated": f"{storage} {expressions.get(name, '')}".strip() if storage else "",
        "collation": collations.get(name, ""),
    }
    return {key: value for key, value in found.items() if value}


def _constraints(
    connection: Connection, literal: str, key: list[str], written: list[list[str]]
) -> Iterator[tuple[str, str]]:
    if key:
        yield "primary key", _list(key)
    foreign: dict[int, list[dict[str, Any]]] = {}
    for row in run_sql(connection, f"SELECT * FROM pragma_foreign_key_list({literal}) ORDER BY id, seq"):
        foreign.setdefault(row["id"], []).append(row)
    deferred = set(_deferred(written))
    for rows in foreign.values():
        first = rows[0]
        actions = f"on update {first['on_update']} on delete {first['on_delete']}".lower()
        columns, targets = _list([r["from"] for r in rows]), _list([r["to"] or "" for r in rows])
        later = " deferrable initially deferred" if _folded_names(rows) in deferred else ""
        yield "foreign key", f"{columns} references {quote(first['table'])}{targets} {actions}{later}"
    for index in run_sql(connection, f"SELECT name FROM pragma_index_list({literal}) WHERE origin = 'u'"):
        inner = "'" + index["name"].replace("'", "''") + "'"
        yield "unique", _list([r["name"] for r in run_sql(connection, f"SELECT name FROM pragma_index_info({inner})")])
    counted = Counter(check for item in written for check in _checks(item))
    for check, times in counted.items():
        yield "check", check + (f" x{times}" if times > 1 else "")
    for item in written:
        for place, token in enumerate(item[:-1]):
            if token == "constraint":
                yield "name", item[place + 1]


def _folded_names(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(_folded('"' + row["from"] + '"') for row in rows)


def _deferred(written: list[list[str]]) -> Iterator[tuple[str, ...]]:
    """The columns of the foreign keys that wait for the end of the transaction; no pragma tells. Only the full form
    does (SQLite's manual, Foreign Key Support, 4.2)."""
    for item in written:
        text = " ".join(item)
        if "references" not in item or not re.search(r"(?<!not )deferrable initially deferred", text):
            continue
        if "foreign" not in item:
            yield (item[0],)
        else:
            opening = item.index("(", item.index("foreign"))
            yield tuple(token for token in item[opening + 1 : _closing(item, opening)] if token != ",")


def _generated(item: list[str]) -> str:
    """The expression of a generated column; no pragma tells it."""
    for place, token in enumerate(item):
        if token == "as" and item[place + 1 : place + 2] == ["("]:
            return " ".join(item[place + 1 : _closing(item, place + 1) + 1])
    return ""


def _list(names: list[str]) -> str:
    return "(" + ", ".join(quote(name) for name in names) + ")"


def _checks(item: list[str]) -> Iterator[str]:
    for place, token in enumerate(item):
        if token == "check" and item[place + 1 : place + 2] == ["("]:
            yield " ".join(item[place + 1 : _closing(item, place + 1) + 1])


def _closing(item: list[str], opening: int) -> int:
    depth = 0
    for place in range(opening, len(item)):
        depth += {"(": 1, ")": -1}.get(item[place], 0)
        if depth == 0:
            return place
    return len(item)


def _items(sql: str) -> tuple[list[str], str]:
    """The parts of a CREATE TABLE between its outer commas, and what follows the closing bracket."""
    depth, parts, current, tail = 0, [], "", ""
    done = False
    for token in _TOKEN.findall(sql):
        if done:
            tail += token
        elif token == "(":
            depth += 1
            current = current + token if depth > 1 else ""
        elif token == ")":
            depth -= 1
            done = depth == 0
            current = current if done else current + token
        elif token == "," and depth == 1:
            parts.append(current)
            current = ""
        else:
            current += token
    return [part for part in (*parts, current) if part.strip()], tail
