"""Facts about a live database: shapes and sizes, read from the catalog in seven queries."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy.engine import Connection

from fingood.catalog.queries import run_named, run_sql
from fingood.catalog.sqlite_facts import read_sqlite_facts
from fingood.catalog.version_table import find_version_table
from fingood.errors import CouldNotLook
from fingood.model.facts import ColumnFacts, ConstraintFacts, DomainFacts, Facts, IndexFacts, TableFacts
from fingood.model.names import RelationName
from fingood.model.project import ALEMBICS, VersionTable

# By name has_table_privilege() itself would need USAGE on the schema.
_MAY_READ = """
SELECT pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = %s AND c.relname = %s
"""


def read_facts(connection: Connection, *, target: bool, version_table: VersionTable = ALEMBICS) -> Facts:
    """Everything a check may know about the database. Writes nothing.

    ``target`` says whether this is the database the migration is meant for (its sizes then count). Raises CouldNotLook
    where only a run of env.py could tell which of several tables holds the applied revisions.
    """
    if connection.dialect.name == "sqlite":
        return read_sqlite_facts(connection, target=target, version_table=version_table)
    server = run_named(connection, "facts/server")[0]
    tables = _read_tables(connection)
    version = find_version_table(tables, version_table, server["default_schema"])
    readable = version is None or _may_read(connection, version)
    return Facts(
        dialect="postgresql",
        server_version=server["server_version"],
        database=server["database"],
        default_schema=server["default_schema"],
        timezone=server["timezone"],
        heads=read_heads(connection, version) if version and readable else (),
        heads_unread="" if readable else str(version),
        target=target,
        tables=tables,
        domains=_read_domains(connection),
    )


def read_heads(connection: Connection, version_table: RelationName) -> tuple[str, ...]:
    """The revisions that the database says are applied."""
    rows = run_sql(connection, f"SELECT version_num FROM {version_table.sql} ORDER BY version_num")
    return tuple(str(row["version_num"]) for row in rows)


def known_heads(facts: Facts) -> tuple[str, ...]:
    """The applied revisions. Raises CouldNotLook where the user may not read the version table."""
    if facts.heads_unread:
        raise CouldNotLook(
            f"the user of the database URL may not read {facts.heads_unread}: which revisions are applied is not known",
            hint="GRANT USAGE on its schema and SELECT on the table",
        )
    return facts.heads


def _may_read(connection: Connection, table: RelationName) -> bool:
    return bool(connection.exec_driver_sql(_MAY_READ, (table.schema, table.name)).scalar())


def _read_tables(connection: Connection) -> dict[RelationName, TableFacts]:
    columns = _by_table(run_named(connection, "facts/columns"))
    constraints = _by_table(run_named(connection, "facts/constraints"))
    indexes = _by_table(run_named(connection, "facts/indexes"))
    views = _read_views(connection)
    found = {}
    for row in run_named(connection, "facts/tables"):
        name = RelationName(row["schema"], row["name"])
        found[name] = TableFacts(
            name=name,
            kind=row["kind"],
            rows=row["rows"],
            bytes=row["bytes"],
            total_bytes=row["total_bytes"],
            columns={
                column["name"]: ColumnFacts(**column, views=tuple(views[name, column["name"]]))
                for column in columns[name]
            },
            constraints=tuple(_constraint(row) for row in constraints[name]),
            indexes=tuple(IndexFacts(**{**index, "columns": tuple(index["columns"])}) for index in indexes[name]),
            definition=row["definition"] or "",
        )
    return found


def _read_views(connection: Connection) -> defaultdict[tuple[RelationName, str], list[RelationName]]:
    """The views that read each column."""
    grouped: defaultdict[tuple[RelationName, str], list[RelationName]] = defaultdict(list)
    for row in run_named(connection, "facts/view_columns"):
        table = RelationName(row["schema"], row["table"])
        grouped[table, row["name"]].append(RelationName(row["view_schema"], row["view"]))
    return grouped


def _read_domains(connection: Connection) -> dict[RelationName, DomainFacts]:
    found = {}
    for row in run_named(connection, "facts/domains"):
        name = RelationName(row["schema"], row["name"])
        found[name] = DomainFacts(name=name, type=row["type"], constrained=row["constrained"], spelling=row["spelling"])
    return found


def _by_table(rows: list[dict[str, Any]]) -> defaultdict[RelationName, list[dict[str, Any]]]:
    grouped: defaultdict[RelationName, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[RelationName(row.pop("schema"), row.pop("table"))].append(row)
    return grouped


def _constraint(row: dict[str, Any]) -> ConstraintFacts:
    references = RelationName(row["references_schema"], row["references_table"]) if row["references_table"] else None
    return ConstraintFacts(
        name=row["name"],
        kind=row["kind"],
        columns=tuple(row["columns"]),
        definition=row["definition"],
        validated=row["validated"],
        references=references,
    )
