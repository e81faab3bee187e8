"""No amount is in a code that is no money: XXX (no currency) and XTS (for tests), metals and units of account.

Gold accounts are real; therefore metals and units of account are a remark, XXX and XTS a warning. Tables without
amounts (lists of currencies) are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.currencies import NONE, OTHER
from fingood.validation.invariants.base import Example, Look, RuleInvariant, currency_gate
from fingood.validation.invariants.sample_ledger import ROWS, TABLES
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.rule import Rule


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    if not table.money:
        return
    for name in table.currencies:
        for codes, severity, what in (
            (NONE, Severity.WARNING, "no currency at all"),
            (OTHER, Severity.INFO, "a metal or a unit of account"),
        ):
            yield Rule(
                condition=f"{column_sql('t', name)} IN ({', '.join(map(repr, codes))})",
                gate=currency_gate(table, name),
                severity=severity,
                message=f"{{rows}} of {table.name} are in {what} ({', '.join(codes)}) by {name}",
                effect="It has no minor unit: amounts in it are neither rounded nor judged by their digits.",
                remedy="SELECT the rows and give them the currency that was meant"
                if codes is NONE
                else "nothing, where such holdings are meant",
                subject=f"{table.name}.{name}",
            )


INVARIANT = RuleInvariant(
    id="currency-not-money",
    meaning="no amount is in a code that is no money",
    standard="ISO 4217, list one: codes without minor units",
    severity=Severity.WARNING,
    rules=_rules,
    examples=(
        Example(
            tables=TABLES,
            good=ROWS,
            bad="UPDATE accounts SET currency = 'XTS' WHERE id < 3;"
            "UPDATE postings SET currency = 'XTS' WHERE entry_id = 1",
            count=2,
        ),
    ),
)
