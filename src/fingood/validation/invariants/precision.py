"""No amount has more digits than its currency's minor unit: no tenth of a cent, no part of a yen."""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.currencies import DIGITS, case_sql, too_fine_sql
from fingood.validation.invariants.base import (
    Example,
    Look,
    RuleInvariant,
    currency_join,
    currency_sql,
    graded,
    has_digits_of_currency,
)
from fingood.validation.invariants.sample_ledger import ROWS, TABLES
from fingood.validation.json_field import JsonField
from fingood.validation.ledger import Kind, LedgerTable, MoneyColumn, column_sql
from fingood.validation.rule import Rule


def _condition(column: MoneyColumn, currency: str, dialect: str) -> str:
    name = column_sql("t", column.name)
    if dialect == "sqlite":
        if isinstance(column.name, JsonField):
            return f"({name} IS NOT NULL AND {_digits_condition(column.name, currency)})"
        return case_sql(
            currency, {d: f"abs({name} - round({name}, {d})) > 1e-9 * max(1, abs({name}))" for d in DIGITS}, "0"
        )
    # round() of NaN is NaN, which equals itself; a float is judged by the digits it shows.
    number = name if column.kind is Kind.DECIMAL else f"CAST({name} AS numeric)"
    return case_sql(currency, {d: f"{number} <> round({number}, {d})" for d in DIGITS}, "false")


def _digits_condition(field: JsonField, currency: str) -> str:
    """By the digits that the document shows; by the number where it has an exponent."""
    written, number = field.written_sql("t"), field.sql("t")
    shown = f"length(rtrim(substr({written}, instr({written}, '.') + 1), '0'))"
    plain = f"instr(lower({written}), 'e') = 0"
    digits = {
        d: f"CASE WHEN {plain} THEN instr({written}, '.') > 0 AND {shown} > {d}"
        f" ELSE abs({number} - round({number}, {d})) > 1e-9 * max(1, abs({number})) END"
        for d in DIGITS
    }
    return case_sql(currency, digits, "0")


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    for column in table.money:
        currency = currency_sql(table, column.currency)
        if not has_digits_of_currency(table, column):
            continue
        if column.kind is Kind.FLOAT and look.dialect != "sqlite":
            continue
        yield Rule(
            condition=_condition(column, currency, look.dialect),
            severity=graded(table, Severity.ERROR),
            message=f"{{rows}} of {table.name} have more digits in {column.name} than their currency has",
            effect="They cannot be paid out as they stand; rounded one by one they no longer add up.",
            subject=f"{table.name}.{column.name}",
            joins=currency_join(table, column.currency),
            gate=too_fine_sql(column_sql("t", column.name), currency) if column.kind is Kind.DECIMAL else "",
        )


INVARIANT = RuleInvariant(
    id="amount-precision",
    meaning="an amount has no more digits than its currency's minor unit",
    standard="ISO 4217, minor units of list one",
    severity=Severity.ERROR,
    rules=_rules,
    examples=(
        Example(
            tables=TABLES,
            good=ROWS,
            bad="UPDATE postings SET amount = 10.254 WHERE id = 1; UPDATE postings SET amount = 1500.1 WHERE id = 3",
            count=2,
        ),
    ),
)
