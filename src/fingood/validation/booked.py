"""What was booked on accounts, as SQL: the sums over every table of legs that refers to them.

A ledger may lie in several tables (the year's postings and an archive): only all of them together are a balance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fingood.validation.invariants.base import Look
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.links import Link, day_sql
from fingood.validation.rule import NotEvaluated
from fingood.validation.sides import finite_sql, sides_in, signed_sql

Legs = Sequence[tuple[LedgerTable, Link]]


def booked_sql(legs: Legs, look: Look, *, by_day: bool = False) -> str:
    """A SELECT of ``account`` and ``amount``, and with ``by_day`` of the ``day``: one row an account (and day).

    Raises NotEvaluated where a table is too large for the mode, or the sides of its legs are unclear; CannotRead.
    """
    for table, _ in legs:
        if look.too_large(table):
            raise NotEvaluated(f"{table.name} is large; --mode full looks at it")
    parts = " UNION ALL ".join(_of_table(table, link, look, by_day=by_day) for table, link in legs)
    keys = "account, day" if by_day else "account"
    return f"SELECT {keys}, sum(amount) AS amount FROM ({parts}) every_leg GROUP BY {keys}"


def names_of(legs: Legs) -> str:
    """The tables, for people."""
    return " and ".join(str(table.name) for table, _ in legs)


@dataclass(frozen=True, slots=True)
class NamedOnce:
    """A join to what the legs name, each once; ``name`` is NULL where they do not name a row."""

    name: str
    join: str


def named_once(legs: LedgerTable, link: Link, alias: str) -> NamedOnce:
    """Which rows the legs name. A join, since a subquery for each row reads all legs anew where no index is on them."""
    named = f"SELECT DISTINCT {column_sql('l', link.column)} AS named FROM {legs.name.sql} l"
    return NamedOnce(f"{alias}.named", f"LEFT JOIN ({named}) {alias} ON {alias}.named = {column_sql('t', link.key)}")


def _of_table(table: LedgerTable, link: Link, look: Look, *, by_day: bool) -> str:
    day = f", {day_sql(column_sql('t', table.date), look.dialect)} AS day" if by_day else ""
    signed = signed_sql(table, sides_in(table, look))
    return (
        f"SELECT {column_sql('t', link.column)} AS account{day}, sum({signed}) AS amount"
        f" FROM {table.name.sql} t WHERE {finite_sql(table, look.dialect)} GROUP BY 1{', 2' if by_day else ''}"
    )
