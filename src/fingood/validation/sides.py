"""Debit and credit: which values of a direction column mean which, and the signed amount of a leg as SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fingood.validation.invariants.base import Look
from fingood.validation.json_field import JsonField
from fingood.validation.ledger import Kind, LedgerTable, column_sql, literal
from fingood.validation.lexicon import CREDIT_VALUES, DEBIT_VALUES, words
from fingood.validation.rule import NotEvaluated

_DECLARED = re.compile(r"numeric\((\d+),(-?\d+)\)")
_INTEGERS = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}

NOT_FINITE = "'NaN', 'Infinity', '-Infinity'"
"""What numeric and floating point hold beside numbers (PostgreSQL manual 8.1.2, 8.1.3)."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Which values of the direction column mean debit and credit; both empty where amounts carry their own sign."""

    debit: tuple[str, ...] = ()
    credit: tuple[str, ...] = ()


def sides_in(table: LedgerTable, look: Look) -> Sides:
    """What the direction column's values mean, by the settings or by the words in it; read once a run.

    Raises NotEvaluated where they do not say which side is which, CannotRead.
    """
    if not table.direction or table.debit:
        return Sides()
    if table.debit_values and table.credit_values:
        return Sides(*(tuple(v.strip().lower() for v in vs) for vs in (table.debit_values, table.credit_values)))
    known = look.memory.get(("sides", table.name))
    if not isinstance(known, Sides):
        known = look.memory[("sides", table.name)] = sides_of(table, _values(table, look))
    return known


def _values(table: LedgerTable, look: Look) -> dict[str, tuple[int, int]]:
    amount = column_sql("t", table.amount)
    # NaN is greater than every number, and says nothing of a side.
    number = f" AND {amount} <> 'NaN'" if look.dialect != "sqlite" and not_finite_possible(table, table.amount) else ""
    rows = look.read(
        f"SELECT lower(trim(CAST({column_sql('t', table.direction)} AS text))) AS value,"
        f" sum(CASE WHEN {amount} > 0{number} THEN 1 ELSE 0 END) AS positive,"
        f" sum(CASE WHEN {amount} < 0 THEN 1 ELSE 0 END) AS negative"
        f" FROM {table.name.sql} t WHERE {column_sql('t', table.direction)} IS NOT NULL"
        " GROUP BY 1 ORDER BY 2 DESC LIMIT 51"
    )
    return {str(row["value"]): (int(row["positive"]), int(row["negative"])) for row in rows}


def sides_of(table: LedgerTable, values: dict[str, tuple[int, int]]) -> Sides:
    """The meaning of the values, given how many positive and negative amounts stand beside each."""
    debits, credits = DEBIT_VALUES, CREDIT_VALUES
    if words(table.direction) & {"credit"} and not words(table.direction) & {"debit"}:
        debits, credits = credits, debits  # is_credit: true means credit
    debit = tuple(value for value in values if value in debits)
    credit = tuple(value for value in values if value in credits)
    if len(debit) + len(credit) < len(values):
        if words(table.direction) & {"type", "kind"}:
            return Sides()
        strange = sorted(value for value in values if value not in debits | credits)[:5]
        held = f"{table.name}: {table.direction} holds {', '.join(map(repr, strange))}"
        raise NotEvaluated(f"{held}; name debit_values and credit_values")
    positive = sum(values[value][0] for value in credit)
    negative = sum(values[value][1] for value in credit)
    # Credits that are mostly negative carry their sign already; the others are errors, or reversals.
    return Sides() if negative > positive else Sides(debit, credit)


def signed_sql(table: LedgerTable, sides: Sides) -> str:
    """The amount of a leg with its sign."""
    if table.debit and table.credit:
        return f"coalesce({column_sql('t', table.debit)}, 0) - coalesce({column_sql('t', table.credit)}, 0)"
    amount = column_sql("t", table.amount)
    if not sides.debit:
        return amount
    side = f"lower(trim(CAST({column_sql('t', table.direction)} AS text)))"
    debit, credit = (", ".join(map(literal, values)) for values in (sides.debit, sides.credit))
    return f"CASE WHEN {side} IN ({debit}) THEN {amount} WHEN {side} IN ({credit}) THEN -{amount} END"


def finite_sql(table: LedgerTable, dialect: str) -> str:
    """A condition that all amounts of a leg are numbers; NULL passes."""
    if dialect == "sqlite":
        return "1"
    names = [name for name in (table.amount, table.debit, table.credit) if name]
    columns = [column for column in table.money if column.name in names and not_finite_possible(table, column.name)]
    tests = [f"({column_sql('t', c.name)} NOT IN ({NOT_FINITE})) IS NOT FALSE" for c in columns]
    return " AND ".join(tests) or "true"


def not_finite_possible(table: LedgerTable, name: str) -> bool:
    """Whether a PostgreSQL column can hold NaN or an infinity by its type."""
    if isinstance(name, JsonField):
        return False
    kind = next((column.kind for column in table.money if column.name == name), None)
    return kind is Kind.FLOAT or (kind is Kind.DECIMAL and table.shape.columns[name].type.startswith("numeric"))


def limit_of(table: LedgerTable, name: str) -> str:
    """99 % of the most that the type holds; '' where it declares no limit, or holds so little that prices reach it."""
    type_ = table.shape.columns[name].type
    declared = _DECLARED.fullmatch(type_)
    if declared:
        whole = int(declared[1]) - int(declared[2])
        return f"99{'0' * (whole - 2)}" if whole >= 5 else ""
    most = _INTEGERS.get(type_)
    return str(most * 99 // 100) if most and type_ != "smallint" else ""


def beyond_sql(table: LedgerTable, name: str) -> str:
    """Whether a number lies beyond that limit, as NaN and infinities do, too; '' without one."""
    limit, number = limit_of(table, name), column_sql("t", name)
    return f"NOT ({number} > -{limit} AND {number} < {limit})" if limit else ""
