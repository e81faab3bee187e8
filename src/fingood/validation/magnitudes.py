"""How amounts are spread: how many there are of each first digit and number of places, read in one scan a column.

Two invariants look at the same numbers, so they are read once a run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fingood.validation.invariants.base import Look, currency_join, currency_sql
from fingood.validation.ledger import LedgerTable, MoneyColumn, column_sql
from fingood.validation.lexicon import words
from fingood.validation.once import fields_in, read_once, rows_once_sql
from fingood.validation.sides import NOT_FINITE, not_finite_possible

ENOUGH = 1_000
"""Amounts below which nothing is said of their spread."""


@dataclass(frozen=True, slots=True, order=True)
class Bucket:
    """Amounts of one first digit and one number of places before the point; those below one have none."""

    places: int
    digit: int

    @property
    def lower(self) -> int:
        """The smallest amount of its kind; 0 for those below one."""
        return self.digit * 10 ** (self.places - 1) if self.places else 0

    @property
    def upper(self) -> int:
        """What all amounts of its kind are below."""
        return (self.digit + 1) * 10 ** (self.places - 1) if self.places else 1


Spread = Mapping[Bucket, int]


def amounts_of(table: LedgerTable) -> Iterator[MoneyColumn]:
    """The columns of what is booked or paid: those of legs, or the one amount of a row. Balances are no amounts."""
    for column in table.money:
        named = column.name in (table.amount, table.debit, table.credit)
        if named and not words(column.name) & {"balance", "bal", "saldo"}:
            yield column


def spreads_of(table: LedgerTable, column: MoneyColumn, look: Look) -> dict[str, Spread]:
    """The spread of a column's amounts in each currency ('' where none is known). Raises CannotRead."""
    known = look.memory.get(("spread", table.name, column.name))
    if isinstance(known, dict):
        return known
    found: dict[str, dict[Bucket, int]] = {}
    for row in look.read(_sql(table, column, look.dialect)):
        bucket = Bucket(int(row["places"]), int(row["digit"]))
        spread = found.setdefault(str(row["currency"] or "").strip(), {})
        spread[bucket] = spread.get(bucket, 0) + int(row["n"])
    look.memory[("spread", table.name, column.name)] = found
    return dict(found)


def at_share(spread: Spread, share: float) -> Bucket:
    """The bucket below whose end that share of the amounts lies."""
    left = share * sum(spread.values())
    for bucket in sorted(spread):
        left -= spread[bucket]
        if left <= 0:
            return bucket
    return max(spread)


def _sql(table: LedgerTable, column: MoneyColumn, dialect: str) -> str:
    """By the amounts' texts, which are made once a row: those below one begin with a zero."""
    name, currency = column_sql("t", column.name), currency_sql(table, column.currency) or "''"
    fields = fields_in(table, (name, currency)) if dialect != "sqlite" else ()
    rows = rows_once_sql(fields, f"SELECT t.* FROM {table.name.sql} t") if fields else f"{table.name.sql} t"
    name, currency = read_once(fields, name), read_once(fields, currency)
    relation = " ".join((rows, *currency_join(table, column.currency)))
    if dialect == "sqlite":
        shown = f"CASE WHEN abs({name}) < 1 THEN '0' || abs({name}) ELSE CAST(abs({name}) AS text) END"
        where = f"typeof({name}) IN ('integer', 'real') AND {name} <> 0 AND abs({name}) < 1e15"
        whole, once = "instr(shown || '.', '.') - 1", " LIMIT -1 OFFSET 0"
    else:
        finite = f" AND {name} NOT IN ({NOT_FINITE})" if not_finite_possible(table, column.name) else ""
        shown, where = f"CAST(abs(CAST({name} AS numeric)) AS text)", f"CAST({name} AS numeric) <> 0{finite}"
        whole, once = "strpos(shown || '.', '.') - 1", " OFFSET 0"
    return (
        f"SELECT currency, substr(ltrim(shown, '0.'), 1, 1) AS digit,"
        f" CASE WHEN shown LIKE '0%' THEN 0 ELSE {whole} END AS places, count(*) AS n"
        f" FROM (SELECT {currency} AS currency, {shown} AS shown FROM {relation} WHERE {where}{once}) amounts"
        " GROUP BY 1, 2, 3"
    )
