"""The balance that each leg carries is the one before it plus its amount, account by account in the key's order.

Needs a table of legs with a running balance (``running_balance``, ``balance_after``). Whether amounts add or subtract
does not matter. Critical where the settings name the column, else a warning; nothing is found where no leg agrees.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.rule import NotEvaluated, Rule, Source


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    running = table.column(Role.RUNNING_BALANCE)
    if not (running and table.account and table.amount and len(table.key) == 1):
        return
    if look.too_large(table):
        raise NotEvaluated(f"{table.name} is large; --mode full looks at it")
    key, amount, held = (column_sql("t", name) for name in (table.key[0], table.amount, running))
    window = f"OVER (PARTITION BY {column_sql('t', table.account)} ORDER BY {key})"
    derived = f"SELECT {key} AS leg, {amount} AS amount, {held} - lag({held}) {window} AS step FROM {table.name.sql} t"
    off = "abs(abs(max(t.step)) - abs(max(t.amount))) >= 0.005"
    sure = Role.RUNNING_BALANCE in table.by_settings
    yield Rule(
        condition=off,
        severity=Severity.CRITICAL if sure else Severity.WARNING,
        message=f"{{rows}} of {table.name} carry a {running} that does not follow from the one before",
        effect="The account's history was changed, or a leg is missing or doubled.",
        subject=f"{table.name}.{running}",
        source=Source(
            by=((table.key[0], "t.leg"),),
            derived=derived,
            where="t.step IS NOT NULL",
            noun="legs after an account's first",
            void="" if sure else off,
            void_reason=f"{running} follows from the amounts nowhere, so it is something else",
        ),
    )


INVARIANT = RuleInvariant(
    id="running-balance",
    meaning="each running balance is the one before plus the amount",
    standard="Formance's volumes; the reconciliation of a statement",
    severity=Severity.CRITICAL,
    rules=_rules,
    examples=(
        Example(
            tables="CREATE TABLE accounts (id bigint PRIMARY KEY);"
            "CREATE TABLE movements (id bigint PRIMARY KEY, account_id bigint REFERENCES accounts (id),"
            " amount numeric(12, 2), currency char(3) NOT NULL, balance_after numeric(12, 2))",
            good="INSERT INTO accounts VALUES (1), (2);"
            "INSERT INTO movements VALUES (1, 1, 10, 'EUR', 10), (2, 2, 7, 'EUR', 7), (3, 1, -4, 'EUR', 6),"
            " (4, 1, 1, 'EUR', 7), (5, 2, 3, 'EUR', 10)",
            bad="UPDATE movements SET balance_after = 8 WHERE id = 4",
            count=1,
        ),
    ),
)
