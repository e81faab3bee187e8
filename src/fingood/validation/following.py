"""A ledger before a change and after it, found again where the change gave it other names.

:func:`follow` sums up a table that the settings name; :func:`sum_up_again` does so later, under the names of before, so
that :func:`fingood.validation.reconcile.compare_totals` can compare the two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.engine import Connection

from fingood.catalog import read_facts
from fingood.model.facts import TableFacts
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
    SQLite. ``missing`` are columns that the settings name and the table does not have yet: what they mean was left to
    recognition, and ``expected`` says which of them stands for a column of now.
    """

    mapping: LedgerMapping
    totals: Totals
    work: Work
    columns: Mapping[str, int]
    missing: tuple[str, ...] = ()
    expected: Mapping[str, str] = field(default_factory=dict)


def follow(
    connection: Connection, mapping: LedgerMapping, *, money: Collection[str] = (), most_rows: int | None = None
) -> Followed | None:
    """The ledger that a mapping names; None where it is not there (a later step may bring it).

    Settings speak of a table as it will be once the pending revisions have run: columns that it does not have yet are
    recognised by themselves. Raises CannotRead, also where it has more than ``most_rows`` rows by the server's estimate
    or no column that holds amounts; ConfigError where the mapping does not fit in another way.
    """
    shape = find_table(read_facts(connection, target=True), mapping.table)
    work = read_work(connection, None, shape.name) if shape is not None else None
    if shape is None or work is None:
        return None
    if most_rows is not None and work.rows > most_rows:
        raise CannotRead(f"it has about {work.rows:,} rows (guard.totals_rows is {most_rows:,})")
    said, missing = mapping, tuple(name for name in _names_of(mapping) if not _has(shape, name))
    mapping = _without(said, missing) if missing else said
    known = look_over(connection, mappings=[mapping], money=tuple(money))
    table = next(one for one in known.everything if one.name == shape.name)
    if not table.money:
        lacking = f" ({', '.join(missing)} is not there yet)" if missing else ""
        raise CannotRead(f"no column of it holds amounts{lacking}")
    expected = {}
    if said.amount in missing and len(table.money) == 1:
        mapping = replace(mapping, amount=table.money[0].name)
        expected = {mapping.amount: said.amount}
    return Followed(
        mapping=mapping,
        totals=sum_up(connection, table),
        work=work,
        columns=read_columns(connection, work.oid),
        missing=missing,
        expected=expected,
    )


def _names_of(mapping: LedgerMapping) -> Iterator[str]:
    yield from filter(None, (str(getattr(mapping, role)) for role in _ROLES))
    yield from mapping.columns.values()


def _has(shape: TableFacts, name: str) -> bool:
    """Whether the table has the column, or the document that a path leads into; SQLite's names have no case."""
    there = {column.casefold() for column in shape.columns}
    return name.casefold() in there or name.partition(".")[0].casefold() in there


def _without(mapping: LedgerMapping, missing: Collection[str]) -> LedgerMapping:
    roles = {role: "" for role in _ROLES if getattr(mapping, role) in missing}
    columns = {role: name for role, name in mapping.columns.items() if name not in missing}
    said: dict[str, Any] = {**roles, "columns": columns}
    return replace(mapping, **said)


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


def still_missing(connection: Connection, followed: Followed, work: Work) -> tuple[str, ...]:
    """Which columns that the settings name the table still does not have."""
    if not followed.missing:
        return ()
    shape = find_table(read_facts(connection, target=True), str(work.name))
    return tuple(name for name in followed.missing if shape is None or not _has(shape, name))


def _later_names(connection: Connection, followed: Followed, work: Work) -> dict[str, str]:
    """What each column is called now, '' where it is gone: by its number in the same table, else by its name."""
    if work.oid is not None and work.oid == followed.work.oid:
        by_number = {number: name for name, number in read_columns(connection, work.oid).items()}
        return {name: by_number.get(number, "") for name, number in followed.columns.items()}
    shape = find_table(read_facts(connection, target=True), str(work.name))
    named = {str(getattr(followed.mapping, role)) for role in _ROLES} | set(followed.columns)
    return {
        name: next((one for one in (name, followed.expected.get(name, "")) if shape and one and _has(shape, one)), "")
        for name in named
        if name
    }
