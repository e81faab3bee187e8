"""The legs of every transaction add up to zero in each currency.

Debits count positive, credits negative; NULL and NaN are left out here and told by their own invariants. The tolerance
is half a minor unit of the currency: less than that is no difference anybody could book. Nothing is found where no
transaction at all has legs on both sides, unless the settings name the table: then it holds lines of another kind.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.currencies import case_sql
from fingood.validation.invariants.base import Example, Look, RuleInvariant, currency_join, currency_sql, graded
from fingood.validation.invariants.sample_ledger import ROWS, TABLES
from fingood.validation.ledger import Certainty, LedgerTable, column_sql, literal
from fingood.validation.rule import NotEvaluated, Rule, Source
from fingood.validation.sides import finite_sql, sides_in, signed_sql

_TOLERANCES = {0: "0.5", 2: "0.005", 3: "0.0005", 4: "0.00005"}


def tolerance_sql(table: LedgerTable, currency: str) -> str:
    """Half a minor unit of a currency, as SQL; ``currency`` is an SQL expression, empty where none is known."""
    if table.minor:
        return "0.5"
    return case_sql(currency, _TOLERANCES, "0.000001") if currency else "0.000001"


def transactions_of(table: LedgerTable, look: Look) -> Source:
    """The sums of a table of legs by transaction and currency; shared by all that judge transactions by currency.

    Raises NotEvaluated where the sides of the legs are unclear.
    """
    if look.too_large(table):
        raise NotEvaluated(f"{table.name} is large; --mode full looks at it")
    currency = currency_sql(table, table.currency)
    sides = sides_in(table, look)
    signed = signed_sql(table, sides)
    by = [(table.transaction, column_sql("t", table.transaction))]
    if currency and currency != f"'{table.currency_code}'":
        by.append(("currency", currency))
    return Source(
        by=tuple(by),
        joins=currency_join(table, table.currency),
        where=f"{column_sql('t', table.transaction)} IS NOT NULL AND {finite_sql(table, look.dialect)}",
        value=f"sum({signed})",
        shows=difference_text(table.currency_code, look.dialect),
        noun=f"sums by {' and '.join(name for name, _ in by)}",
        void=f"min({signed}) >= 0 OR max({signed}) <= 0" if table.certainty is not Certainty.MAPPED else "",
        void_reason="no transaction has legs on both sides, so this is not double entry",
    )


def difference_text(code: str, dialect: str) -> str:
    """``value`` as a text: a sum without trailing zeros and, where the database adds in floating point, without its
    noise."""
    if dialect == "sqlite":
        text = "CAST(round(value, 6) AS text)"
    else:
        text = "CAST(trim_scale(round(CAST(value AS numeric), 6)) AS text)"
    return f"{text} || {literal(' ' + code)}" if code else text


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    if not table.legs:
        return
    source = transactions_of(table, look)
    currency = currency_sql(table, table.currency)
    signed = signed_sql(table, sides_in(table, look))
    known = source.by[1][1] if len(source.by) > 1 else ""
    message = f"{{rows}} in {table.name} are not zero"
    yield Rule(
        condition=f"abs(sum({signed})) >= {tolerance_sql(table, known or currency)}",
        severity=graded(table, Severity.CRITICAL),
        message=message,
        effect="Money appears or disappears: the trial balance cannot be zero.",
        subject=str(table.name),
        remedy=_remedy(table),
        source=source,
    )


def _remedy(table: LedgerTable) -> str:
    if table.certainty is not Certainty.GUESSED:
        return ""
    return f'-- not double entry? then [[tool.fingood.ledger]] table = "{table.name}" double_entry = false'


INVARIANT = RuleInvariant(
    id="double-entry",
    meaning="the legs of every transaction add up to zero in each currency",
    standard="double-entry bookkeeping; tolerance by ISO 4217 minor units",
    severity=Severity.CRITICAL,
    rules=_rules,
    examples=(
        Example(
            tables=TABLES,
            good=ROWS,
            bad="UPDATE postings SET amount = amount + 1 WHERE id IN (1, 3)",
            count=2,
        ),
    ),
)
