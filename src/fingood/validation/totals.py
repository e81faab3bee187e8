"""What a ledger comes to: rows and exact sums by account and currency, and a fingerprint of every column.

Taken before a migration and again after it; :mod:`fingood.validation.reconcile` compares the two. Sums are texts as the
database prints them and Decimal in between; one scan a table for the sums and one for the fingerprint.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.engine import Connection

from fingood.catalog import take_fingerprints
from fingood.model.names import RelationName
from fingood.model.snapshot import Fingerprint
from fingood.validation.invariants.base import currency_join, currency_sql
from fingood.validation.ledger import LedgerTable, Recognised, column_sql
from fingood.validation.query import read

MOST_GROUPS = 200_000
"""Beyond so many accounts and currencies a table is summed up by currency alone."""

Group = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """A table with money. ``groups``: by the values of ``dimensions``, how many rows there are and what each of
    ``amounts`` sums up to; NULL is '' in a key and no sum. ``contents``: by column, the hash of its values, bound to
    the ``key``; only hashes of one ``formula`` compare."""

    table: RelationName
    dimensions: tuple[str, ...]
    amounts: tuple[str, ...]
    groups: Mapping[Group, tuple[int, tuple[str, ...]]]
    contents: Mapping[str, str]
    key: tuple[str, ...] = ()
    formula: str = ""

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(rows for rows, _ in self.groups.values())

    @property
    def fingerprint(self) -> Fingerprint:
        """That of its contents, without the sums."""
        return Fingerprint(table=self.table, rows=self.rows, columns=self.contents, formula=self.formula, key=self.key)


def take_totals(
    connection: Connection,
    recognised: Recognised,
    *,
    like: Collection[Totals] = (),
    watch: Callable[[str], None] = lambda label: None,
) -> tuple[Totals, ...]:
    """The totals of every table that holds money. ``like`` are earlier ones: contents are hashed by their formula and
    bound to their keys. Raises CannotRead, and CouldNotLook where a formula of theirs is not known."""
    tables = [table for table in recognised.tables if table.money]
    watch("fingerprints of the ledger's tables")
    # SQLite's fingerprints name their tables without the one schema there is.
    names = {_printed(connection, table.name): table for table in tables}
    earlier = {_printed(connection, one.table): one.fingerprint for one in like if one.formula}
    prints = take_fingerprints(connection, list(names), like=earlier, sums=False)
    found = []
    for name, table in names.items():
        if name not in prints:
            continue  # a view: its rows are those of its tables
        watch(f"sums of {table.name}")
        fingerprint = prints[name]
        found.append(
            replace(
                sum_up(connection, table),
                contents=fingerprint.columns,
                key=fingerprint.key,
                formula=fingerprint.formula,
            )
        )
    return tuple(found)


def sum_up(connection: Connection, table: LedgerTable) -> Totals:
    """The sums of one table, without hashes of its contents. Raises CannotRead."""
    dimensions = _dimensions(table)
    groups = _groups(connection, table, dimensions)
    if len(groups) > MOST_GROUPS:
        dimensions = {name: sql for name, sql in dimensions.items() if name == "currency"}
        groups = _groups(connection, table, dimensions)
    amounts = tuple(column.name for column in table.money)
    return Totals(table=table.name, dimensions=tuple(dimensions), amounts=amounts, groups=groups, contents={})


def _dimensions(table: LedgerTable) -> dict[str, str]:
    """What sums are grouped by: name for people and SQL."""
    found = {}
    if table.account and table.account not in table.key:
        found[table.account] = column_sql("t", table.account)
    currency = currency_sql(table, table.currency or (table.currencies[0] if len(table.currencies) == 1 else ""))
    if currency and not currency.startswith("'"):
        found["currency"] = currency
    if table.direction:
        # A leg that changes its side leaves the sum of unsigned amounts as it was.
        found[table.direction] = column_sql("t", table.direction)
    return found


def _groups(
    connection: Connection, table: LedgerTable, dimensions: Mapping[str, str]
) -> dict[Group, tuple[int, tuple[str, ...]]]:
    keys = [f"CAST({sql} AS text) AS k{n}" for n, sql in enumerate(dimensions.values())]
    sums = [f"CAST(sum({column_sql('t', column.name)}) AS text) AS s{n}" for n, column in enumerate(table.money)]
    joins = " ".join(currency_join(table, table.currency)) if "currency" in dimensions else ""
    by = f" GROUP BY {', '.join(dimensions.values())} LIMIT {MOST_GROUPS + 1}" if dimensions else ""
    rows = read(connection, f"SELECT {', '.join([*keys, 'count(*) AS n', *sums])} FROM {table.name.sql} t {joins}{by}")
    return {
        tuple(_text(row[f"k{n}"]) for n in range(len(keys))): (
            int(row["n"]),
            tuple(_text(row[f"s{n}"]) for n in range(len(sums))),
        )
        for row in rows
    }


def _printed(connection: Connection, name: RelationName) -> RelationName:
    return RelationName(None, name.name) if connection.dialect.name == "sqlite" else name


def _text(value: object) -> str:
    return "" if value is None else str(value)
