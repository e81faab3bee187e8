"""All legs of a ledger add up to zero in each currency.

Where every transaction balances this follows, but for legs that belong to no transaction; so it is looked at where the
settings name the table as a ledger (``[[tool.fingood.ledger]]``).
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant, currency_join, currency_sql
from fingood.validation.invariants.double_entry import difference_text, tolerance_sql
from fingood.validation.invariants.sample_ledger import ROWS, TABLES
from fingood.validation.ledger import Certainty, LedgerTable
from fingood.validation.rule import Rule, Source
from fingood.validation.sides import finite_sql, sides_in, signed_sql


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    currency = currency_sql(table, table.currency)
    if not table.legs or table.certainty is not Certainty.MAPPED or not currency or currency.startswith("'"):
        return
    signed = signed_sql(table, sides_in(table, look))
    yield Rule(
        condition=f"abs(sum({signed})) >= {tolerance_sql(table, currency)}",
        severity=Severity.CRITICAL,
        message=f"{{rows}} of {table.name} do not add up to zero",
        effect="The ledger as a whole has more on one side than on the other.",
        subject=str(table.name),
        source=Source(
            by=(("currency", currency),),
            joins=currency_join(table, table.currency),
            where=finite_sql(table, look.dialect),
            value=f"sum({signed})",
            shows=difference_text("", look.dialect),
            noun="currencies",
        ),
    )


INVARIANT = RuleInvariant(
    id="trial-balance",
    meaning="all legs of a ledger add up to zero in each currency",
    standard="the accounting identity: total debits are total credits",
    severity=Severity.CRITICAL,
    rules=_rules,
    examples=(
        Example(
            tables=TABLES.replace("entry_id bigint NOT NULL", "entry_id bigint"),
            good=ROWS,
            bad="INSERT INTO postings VALUES (9, NULL, 1, 5, 'EUR'), (10, NULL, 3, 7, 'JPY')",
            count=2,
            mapping=(("table", "postings"),),
        ),
    ),
)
