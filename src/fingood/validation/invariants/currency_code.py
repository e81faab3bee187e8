"""Every currency code is one of ISO 4217's, in capitals and without blanks."""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.names import quote_always
from fingood.model.severity import Severity
from fingood.validation.currencies import codes_sql
from fingood.validation.invariants.base import Example, Look, RuleInvariant, graded
from fingood.validation.invariants.sample_ledger import ROWS, TABLES
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.rule import Rule


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    for name in table.currencies:
        # char(n) pads with blanks that the cast takes away; blanks of a varchar stay and are told.
        code = f"CAST({column_sql('t', name)} AS text)"
        plain = f"upper(trim({code}))"
        subject, column = f"{table.name}.{name}", quote_always(name)
        yield Rule(
            condition=f"{code} NOT IN ({codes_sql()}) AND {plain} NOT IN ({codes_sql()})",
            severity=graded(table, Severity.ERROR),
            message=f"{{rows}} of {table.name} have an unknown currency in {name}",
            effect="Their minor units are unknown, so they can be neither rounded nor converted.",
            subject=subject,
        )
        yield Rule(
            condition=f"{code} NOT IN ({codes_sql()}) AND {plain} IN ({codes_sql()})",
            severity=graded(table, Severity.ERROR),
            message=f"{{rows}} of {table.name} have a currency in {name} in lower case or with blanks",
            effect="Sums by currency split: 'usd' and 'USD' count as two.",
            subject=subject,
            remedy=f"UPDATE {table.name.sql} SET {column} = upper(trim({column}));",
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
