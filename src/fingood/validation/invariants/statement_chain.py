"""A statement opens with what the one before it closed with, account by account in the order of their dates.

Needs a table with an opening and a closing balance, a reference to an account and a date. An error where the settings
name both balances, else a warning; nothing is found where no statement agrees.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.links import account_of
from fingood.validation.roles import dates_of
from fingood.validation.rule import Rule, Source


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    opening, closing = table.column(Role.OPENING_BALANCE), table.column(Role.CLOSING_BALANCE)
    account = account_of(table, look)
    dates = [column.name for column in dates_of(table.shape)]
    date = next((name for name in dates if name in table.key), dates[0] if len(dates) == 1 else "")
    if not (opening and closing and account and date):
        return
    who, when = column_sql("t", account.column), column_sql("t", date)
    before = f"lag({column_sql('t', closing)}) OVER (PARTITION BY {who} ORDER BY {when})"
    derived = (
        f"SELECT {who} AS account, {when} AS day, {column_sql('t', opening)} AS opening, {before} AS before"
        f" FROM {table.name.sql} t"
    )
    off = "max(t.opening) <> max(t.before)"
    sure = {Role.OPENING_BALANCE, Role.CLOSING_BALANCE} <= table.by_settings
    yield Rule(
        condition=off,
        severity=Severity.ERROR if sure else Severity.WARNING,
        message=f"{{rows}} of {table.name} do not open with what the one before closed with",
        effect="Money appears or disappears between two statements.",
        subject=f"{table.name}.{opening}",
        source=Source(
            by=((account.column, "t.account"), (date, "t.day")),
            derived=derived,
            where="t.before IS NOT NULL",
            noun="statements after an account's first",
            void="" if sure else off,
            void_reason="no statement opens with what another closed with, so the columns are something else",
        ),
    )


INVARIANT = RuleInvariant(
    id="statement-chain",
    meaning="a statement opens with what the one before it closed with",
    standard="the statement of an account; openings minus closings are one an account",
    severity=Severity.ERROR,
    rules=_rules,
    examples=(
        Example(
            tables="CREATE TABLE accounts (id bigint PRIMARY KEY);"
            "CREATE TABLE statements (account_id bigint REFERENCES accounts (id), period_end date, currency char(3),"
            " opening_balance numeric(12, 2), closing_balance numeric(12, 2), PRIMARY KEY (account_id, period_end))",
            good="INSERT INTO accounts VALUES (1), (2);"
            "INSERT INTO statements VALUES (1, '2024-01-31', 'EUR', 0, 10), (1, '2024-02-29', 'EUR', 10, 15),"
            " (1, '2024-03-31', 'EUR', 15, 15), (2, '2024-01-31', 'EUR', 3, 4), (2, '2024-02-29', 'EUR', 4, 4)",
            bad="UPDATE statements SET closing_balance = 11 WHERE account_id = 1 AND period_end = '2024-01-31'",
            count=1,
        ),
    ),
)
