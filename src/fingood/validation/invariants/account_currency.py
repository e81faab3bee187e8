"""A leg is in the currency of its account."""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.invariants.base import RowInvariant, RowRule, graded
from fingood.validation.ledger import LedgerTable, column_sql


def _rules(table: LedgerTable, dialect: str) -> Iterator[RowRule]:
    link, own = table.account_link, table.currency or (table.currencies[0] if len(table.currencies) == 1 else "")
    if link is None or not own:
        return
    yield RowRule(
        condition=f"{column_sql('t', own)} <> {column_sql('a', link.currency)}",
        severity=graded(table, Severity.CRITICAL),
        message=f"{{rows}} of {table.name} are in another currency than their account in {link.table}",
        effect="The account's balance adds amounts of different currencies.",
        subject=f"{table.name}.{own}",
        joined=True,
    )


INVARIANT = RowInvariant(
    id="currency-of-account",
    meaning="a leg is in the currency of its account",
    standard="one commodity an account: hledger, beancount; ledgers of TigerBeetle",
    rules=_rules,
)
