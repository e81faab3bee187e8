"""Facts about a SQLite file, by its pragmas. Row counts are exact."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from fingood.catalog.queries import run_sql
from fingood.catalog.version_table import find_version_table
from fingood.model.facts import ColumnFacts, ConstraintFacts, Facts, IndexFacts, TableFacts
from fingood.model.names import RelationName, quote_always
from fingood.model.project import VersionTable

MAIN = "main"


def read_sqlite_facts(connection: Connection, *, target: bool, version_table: VersionTable) -> Facts:
    """Tables and views of the main database. A SQLite name carries the schema ``main``."""
    listed = run_sql(
        connection,
        "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') AND substr(name, 1, 7) <> 'sqlite_'"
        " ORDER BY name",
    )
    tables = {}
    for row in listed:
        name = RelationName(MAIN, row["name"])
        tables[name] = _table(connection, name, row["type"])
    version = find_version_table(tables, version_table, MAIN)
    heads: tuple[str, ...] = ()
    if version is not None:
        rows = run_sql(connection, f"SELECT version_num FROM {version.sql} ORDER BY version_num")
        heads = tuple(str(row["version_num"]) for row in rows)
    return Facts(
        dialect="sqlite",
        database=str(connection.engine.url.database or ""),
        default_schema=MAIN,
        timezone="UTC",
        heads=heads,
        target=target,
        tables=tables,
    )


def _table(connection: Connection, name: RelationName, kind: str) -> TableFacts:
    literal = "'" + name.name.replace("'", "''") + "'"
    columns = run_sql(connection, f"SELECT * FROM pragma_table_xinfo({literal})")
    rows = None
    if kind == "table":
        rows = int(run_sql(connection, f"SELECT count(*) AS rows FROM {quote_always(name.name)}")[0]["rows"])
    return TableFacts(
        name=name,
        kind=kind,
        rows=rows,
        columns={
            column["name"]: ColumnFacts(
                name=column["name"],
                type=column["type"].lower(),
                nullable=not column["notnull"] and not column["pk"],
                default=column["dflt_value"],
                generated=column["hidden"] in (2, 3),
            )
            for column in columns
        },
        constraints=_constraints(connection, literal, columns) if kind == "table" else (),
        indexes=_indexes(connection, literal),
    )


def _constraints(connection: Connection, literal: str, columns: list[dict[str, object]]) -> tuple[ConstraintFacts, ...]:
    key = sorted((c for c in columns if c["pk"]), key=lambda c: int(str(c["pk"])))
    found = []
    if key:
        found.append(ConstraintFacts(name="", kind="primary key", columns=tuple(str(c["name"]) for c in key)))
    foreign: dict[int, list[dict[str, object]]] = {}
    for row in run_sql(connection, f"SELECT * FROM pragma_foreign_key_list({literal}) ORDER BY id, seq"):
        foreign.setdefault(row["id"], []).append(row)
    found += [
        ConstraintFacts(
            name="",
            kind="foreign key",
            columns=tuple(str(row["from"]) for row in rows),
            references=RelationName(MAIN, str(rows[0]["table"])),
        )
        for rows in foreign.values()
    ]
    for index in run_sql(connection, f"SELECT * FROM pragma_index_list({literal}) WHERE origin = 'u'"):
        found.append(ConstraintFacts(name="", kind="unique", columns=_index_columns(connection, index["name"])))
    return tuple(found)


def _indexes(connection: Connection, literal: str) -> tuple[IndexFacts, ...]:
    listed = run_sql(
        connection,
        "SELECT l.name, l.\"unique\", coalesce(m.sql, '') AS definition"
        f" FROM pragma_index_list({literal}) l LEFT JOIN sqlite_master m ON m.type = 'index' AND m.name = l.name"
        " ORDER BY l.name",
    )
    return tuple(
        IndexFacts(
            name=row["name"],
            columns=_index_columns(connection, row["name"]),
            unique=bool(row["unique"]),
            definition=row["definition"],
        )
        for row in listed
    )


def _index_columns(connection: Connection, index: str) -> tuple[str, ...]:
    literal = "'" + index.replace("'", "''") + "'"
    rows = run_sql(connection, f"SELECT name FROM pragma_index_info({literal}) ORDER BY seqno")
    return tuple(row["name"] or "(expression)" for row in rows)
