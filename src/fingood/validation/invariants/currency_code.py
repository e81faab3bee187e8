"""Every currency code is one of ISO 4217's, in capitals and without blanks.

Unknown codes, small letters and blanks are counted apart, empty texts among the unknown; NULL is for amount-missing.
Codes that were in force once are known here; whether they still were on their day is for currency-withdrawn. The blanks
that char(n) pads with are no mistake: PostgreSQL takes them away before anything compares.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.names import quote_always
from fingood.model.severity import Severity
from fingood.validation.currencies import codes_sql
from fingood.validation.historic_currencies import WITHDRAWN
from fingood.validation.invariants.base import Example, Look, RuleInvariant, currency_gate, graded
from fingood.validation.invariants.sample_ledger import ROWS, TABLES
from fingood.validation.json_field import JsonField
from fingood.validation.ledger import LedgerTable, column_sql, literal
from fingood.validation.roles import Family, family_of
from fingood.validation.rule import Rule


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    for name in table.currencies:
        # char(n) pads with blanks that the cast takes away; blanks of a varchar stay and are told.
        own = column_sql("t", name)
        gate = currency_gate(table, name) if family_of(table.shape.columns[name]) is Family.TEXT else ""
        code = f"CAST({own} AS text)"
        plain = f"upper(trim({code}))"
        subject, column = f"{table.name}.{name}", quote_always(name)
        known = f"{codes_sql()}, {', '.join(map(literal, WITHDRAWN))}"
        for condition, what, effect, remedy in (
            (
                f"{plain} NOT IN ({known})",
                "an unknown currency in {name}",
                "Their minor units are unknown, so they can be neither rounded nor converted.",
                "",
            ),
            (
                f"{code} NOT IN ({known}) AND {plain} IN ({known}) AND trim({code}) = {code}",
                "a currency in {name} in lower case",
                "Sums by currency split: 'usd' and 'USD' count as two.",
                f"UPDATE {table.name.sql} SET {column} = upper({column});",
            ),
            (
                f"{code} NOT IN ({known}) AND {plain} IN ({known}) AND trim({code}) <> {code}",
                "a currency in {name} with blanks",
                "Sums by currency split: 'USD ' and 'USD' count as two.",
                f"UPDATE {table.name.sql} SET {column} = upper(trim({column}));",
            ),
        ):
            yield Rule(
                condition=condition,
                gate=gate,
                severity=graded(table, Severity.ERROR),
                message=f"{{rows}} of {table.name} have {what.format(name=name)}",
                effect=effect,
                subject=subject,
                remedy="" if isinstance(name, JsonField) else remedy,
            )


INVARIANT = RuleInvariant(
    id="currency-code",
    meaning="a currency code is one of ISO 4217's, in capitals and without blanks",
    standard="ISO 4217, list one",
    severity=Severity.ERROR,
    rules=_rules,
    examples=(
        Example(
            tables=TABLES,
            good=ROWS,
            bad="UPDATE accounts SET currency = 'EUX' WHERE id < 3;"
            "UPDATE postings SET currency = 'EUX' WHERE entry_id = 1",
            count=4,
        ),
    ),
)
