"""Which table stands behind a foreign key: a leg's account, a leg's transaction, a line's header."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fingood.validation.invariants.base import Look
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.lexicon import ACCOUNT, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A declared reference of one column to the one key column of another table, joined under ``alias``."""

    column: str
    table: LedgerTable
    key: str
    alias: str

    @property
    def join(self) -> str:
        """LEFT JOIN on a unique key: no row is multiplied."""
        on = f"{column_sql(self.alias, self.key)} = {column_sql('t', self.column)}"
        return f"LEFT JOIN {self.table.name.sql} {self.alias} ON {on}"


def links_of(table: LedgerTable, look: Look, alias: str = "p") -> Iterator[Link]:
    """The declared references of single columns to tables with one key column, other than the table itself."""
    for constraint in table.shape.constraints:
        if constraint.kind != "foreign key" or len(constraint.columns) != 1 or constraint.references is None:
            continue
        parent = look.recognised.table(constraint.references.within(look.recognised.facts.default_schema))
        if parent is not None and parent.name != table.name and len(parent.key) == 1:
            yield Link(column=constraint.columns[0], table=parent, key=parent.key[0], alias=alias)


def account_of(table: LedgerTable, look: Look, alias: str = "acc") -> Link | None:
    """The account of a row: by the account column's reference, else by a reference to a table of accounts."""
    found = list(links_of(table, look, alias))
    named = [link for link in found if link.column == table.account]
    return next(iter(named or [link for link in found if words(link.table.name.name) & ACCOUNT]), None)


def transaction_of(table: LedgerTable, look: Look, alias: str = "trx") -> Link | None:
    """The header of a leg's transaction."""
    return next((link for link in links_of(table, look, alias) if link.column == table.transaction), None)


def legs_of(account: LedgerTable, look: Look) -> Iterator[tuple[LedgerTable, Link]]:
    """The tables of legs whose account column refers to this table."""
    for table in look.recognised.tables:
        link = account_of(table, look) if table.legs else None
        if link is not None and link.table.name == account.name:
            yield table, link


def day_sql(expression: str, dialect: str) -> str:
    """The day of a date or timestamp."""
    return f"date({expression})" if dialect == "sqlite" else f"CAST({expression} AS date)"
