"""A ledger before a change and after it, found again where the change gave it other names.

:func:`follow` sums up a table that the settings name; :func:`sum_up_again` does so later, under the names of before, so
that :func:`fingood.validation.reconcile.compare_totals` can compare the two.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.engine import Connection

from fingood.catalog import read_facts
from fingood.settings.values import LedgerMapping
from fingood.validation.query import CannotRead
from fingood.validation.recognise import find_table
from fingood.validation.totals import Totals, sum_up
from fingood.validation.validate import look_over
from fingood.validation.work import Work, read_columns, read_work

_ROLES = ("amount", "debit_amount", "credit_amount", "currency", "transaction", "account", "direction", "date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A ledger as it was. ``columns`` are its columns' numbers by name, which find them again under others; none on
    SQLite."""

    mapping: LedgerMapping
    totals: Totals
    work: Work
    columns: Mapping[str, int]


def follow(
    connection: Connection, mapping: LedgerMapping, *, money: Collection[str] = (), most_rows: int | None = None
) -> Followed | None:
    """The ledger that a mapping names; None where it is not there (a later step may bring it).

    Raises CannotRead, also where it has more than ``most_rows`` rows by the server's estimate; ConfigError where the
    mapping does not fit.
    """
    shape = find_table(read_facts(connection, target=True), mapping.table)
    work = read_work(connection, None, shape.name) if shape is not None else None
    if shape is None or work is None:
        return None
    if most_rows is not None and work.rows > most_rows:
        raise CannotRead(f"it has about {work.rows:,} rows (guard.totals_rows is {most_rows:,})")
    known = look_over(connection, mappings=[mapping], money=tuple(money))
    table = next(one for one in known.everything if one.name == shape.name)
    if not table.money:
        raise CannotRead("no column of it holds amounts")
    totals = sum_up(connection, table)
    return Followed(mapping=mapping, totals=totals, work=work, columns=read_columns(connection, work.oid))


def sum_up_again(connection: Connection, followed: Followed, work: Work, *, money: Collection[str] = ()) -> Totals:
    """What the ledger comes to now; only its rows where no column holds amounts any more. ``work`` is what
    :func:`~fingood.validation.work.read_work` says of it now. Raises CannotRead, ConfigError."""
    later = _later_names(connection, followed, work)
    said = {role: str(getattr(followed.mapping, role)) for role in _ROLES}
    renamed: dict[str, Any] = {role: later.get(name, name) for role, name in said.items() if name}
    mapping = replace(followed.mapping, table=str(work.name), columns={}, **renamed)
    known = look_over(connection, mappings=[mapping], money=tuple(money))
    table = next((one for one in known.everything if one.name == work.name), None)
    if table is None or not table.money:
        rows = connection.exec_driver_sql(f"SELECT count(*) FROM {work.name.sql}").scalar_one()
        return Totals(table=followed.totals.table, dimensions=(), amounts=(), groups={(): (int(rows), ())}, contents={})
    totals = sum_up(connection, table)
    earlier = {name: old for old, name in later.items() if name}
    return replace(
        totals,
        table=followed.totals.table,
        amounts=tuple(earlier.get(name, name) for name in totals.amounts),
        dimensions=tuple(earlier.get(name, name) for name in totals.dimensions),
    )


def _later_names(connection: Connection, followed: Followed, work: Work) -> dict[str, str]:
    """What each column is called now, '' where it is gone: by its number in the same table, else by its name."""
    if work.oid is not None and work.oid == followed.work.oid:
        by_number = {number: name for name, number in read_columns(connection, work.oid).items()}
        return {name: by_number.get(number, "") for name, number in followed.columns.items()}
    shape = find_table(read_facts(connection, target=True), str(work.name))
    there = shape.columns if shape is not None else {}
    named = {str(getattr(followed.mapping, role)) for role in _ROLES} | set(followed.columns)
    return {name: name if name.partition(".")[0] in there or name in there else "" for name in named if name}
