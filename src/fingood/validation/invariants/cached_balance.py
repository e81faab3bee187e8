"""The balance that an account carries is the sum of its legs.

Needs a table of accounts with a column of balances, and tables of legs that refer to it: all of them count. Either sign
is taken, since accounts of liabilities often show theirs turned round. It is critical where the settings name the
column (``balance``), else a warning; and nothing is found where no account at all agrees, which means something else
(an available balance, an opening balance) or legs that are kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.booked import booked_sql, names_of
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.invariants.double_entry import difference_text
from fingood.validation.invariants.sample_ledger import ROWS, tables
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.links import legs_of
from fingood.validation.rule import Rule, Source


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    balance = table.column(Role.BALANCE)
    legs = list(legs_of(table, look)) if balance else []
    if not legs:
        return
    key = legs[0][1].key
    mine, held = column_sql("c", key), column_sql("c", balance)
    derived = (
        f"SELECT {mine} AS account, {held} AS held, s.amount AS total FROM {table.name.sql} c"
        f" LEFT JOIN ({booked_sql(legs, look)}) s ON s.account = {mine}"
    )
    total = "coalesce(max(t.total), 0)"
    off = f"abs(max(t.held) - {total}) >= 0.005 AND abs(max(t.held) + {total}) >= 0.005"
    sure = Role.BALANCE in table.by_settings
    yield Rule(
        condition=off,
        severity=Severity.CRITICAL if sure else Severity.WARNING,
        message=f"{{rows}} of {table.name} carry another {balance} than their legs in {names_of(legs)} add up to",
        effect="What customers are shown is not what was booked.",
        subject=f"{table.name}.{balance}",
        source=Source(
            by=((key, "t.account"),),
            derived=derived,
            value=f"max(t.held) - {total}",
            shows=difference_text("", look.dialect),
            noun="accounts",
            void="" if sure else off,
            void_reason=f"no {balance} agrees with the legs, so it is something else",
        ),
    )


INVARIANT = RuleInvariant(
    id="cached-balance",
    meaning="the balance that an account carries is the sum of its legs",
    standard="LedgerSMB's checkpoints; Formance's post-commit volumes",
    severity=Severity.CRITICAL,
    rules=_rules,
    examples=(
        Example(
            tables=tables(accounts="balance numeric(18, 4)"),
            good=f"{ROWS}; UPDATE accounts SET balance ="
            " coalesce((SELECT sum(amount) FROM postings WHERE account_id = accounts.id), 0)",
            bad="UPDATE accounts SET balance = balance + 1 WHERE id IN (1, 4, 7)",
            count=3,
        ),
    ),
)
