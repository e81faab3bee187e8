"""A leg is in the currency of its account.

Only legs are looked at: a payment or an order may well be in another currency than the account that it is charged to.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant, graded
from fingood.validation.invariants.sample_ledger import ROWS, TABLES
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.rule import Rule, account_join


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    link, own = table.account_link, table.currency or (table.currencies[0] if len(table.currencies) == 1 else "")
    if link is None or not own or not table.legs:
        return
    yield Rule(
        condition=f"{column_sql('t', own)} <> {column_sql('a', link.currency)}",
        severity=graded(table, Severity.CRITICAL),
        message=f"{{rows}} of {table.name} are in another currency than their account in {link.table}",
        effect="The account's balance adds amounts of different currencies.",
        subject=f"{table.name}.{own}",
        joins=account_join(table),
    )


INVARIANT = RuleInvariant(
    id="currency-of-account",
    meaning="a leg is in the currency of its account",
    standard="one commodity an account: hledger, beancount; ledgers of TigerBeetle",
    severity=Severity.CRITICAL,
    rules=_rules,
    examples=(
        Example(
            tables=TABLES,
            good=ROWS,
            bad="UPDATE postings SET currency = 'USD' WHERE entry_id = 1",
            count=2,
        ),
    ),
)
