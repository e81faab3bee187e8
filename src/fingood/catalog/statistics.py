"""Statistics of a live PostgreSQL database, read from its catalog; nothing is counted, nothing is scanned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy.engine import Connection

from fingood.catalog.queries import load_sql, run_named
from fingood.model.names import RelationName
from fingood.model.statistics import ColumnStatistics, Statistics, TableStatistics


def read_statistics(connection: Connection) -> Statistics:
    """Sizes of all tables and the settings of a PostgreSQL server; the columns' values are read apart, by
    :func:`read_column_statistics`, for those tables that matter."""
    leaves: defaultdict[RelationName, list[RelationName]] = defaultdict(list)
    for row in run_named(connection, "statistics/leaves"):
        leaves[RelationName(row["schema"], row["name"])].append(RelationName(row["leaf_schema"], row["leaf"]))
    tables = {}
    for row in run_named(connection, "statistics/tables"):
        name = RelationName(row.pop("schema"), row.pop("name"))
        tables[name] = TableStatistics(name=name, **row)
    return Statistics(
        tables=tables,
        leaves={name: tuple(found) for name, found in leaves.items()},
        settings={row["name"]: row["value"] for row in run_named(connection, "statistics/settings")},
    )


def read_column_statistics(
    connection: Connection, tables: Collection[RelationName]
) -> dict[RelationName, dict[str, ColumnStatistics]]:
    """What pg_stats knows of the tables' columns. A table that was never analysed, or that the role may not read, is
    not in it."""
    names = [f"{name.schema}.{name.name}" for name in tables]
    result = connection.exec_driver_sql(load_sql("postgresql", "statistics/columns"), (names,))
    found: defaultdict[RelationName, dict[str, ColumnStatistics]] = defaultdict(dict)
    for row in result.mappings():
        found[RelationName(row["schema"], row["table"])][row["name"]] = _column(row)
    return dict(found)


def _column(row: Any) -> ColumnStatistics:
    return ColumnStatistics(
        null_share=row["null_share"],
        width=row["width"],
        distinct=row["distinct"],
        common=tuple(zip(row["common"] or (), row["shares"] or (), strict=False)),
        bounds=tuple(row["bounds"] or ()),
        correlation=row["correlation"],
    )
