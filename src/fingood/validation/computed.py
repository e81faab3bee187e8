"""Names of columns that stand for an expression: whoever writes SQL by a column's name gets the expression."""

from __future__ import annotations

from fingood.model.names import quote_always


class Computed(str):
    """A column's name as people know it, and as SQL an expression over the row's alias."""

    def sql(self, alias: str) -> str:
        """The expression; the column itself where a kind of name says nothing else."""
        return f"{alias}.{quote_always(self)}"


class MoneyTyped(Computed):
    """A column of PostgreSQL's type money, which compares with no number: as numeric, which loses nothing. PostgreSQL
    manual 8.2."""

    def sql(self, alias: str) -> str:
        return f"CAST({super().sql(alias)} AS numeric)"
