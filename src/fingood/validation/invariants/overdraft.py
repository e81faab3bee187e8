"""An account that may not be overdrawn has no negative balance, and one with a limit is not below it.

Needs a table of accounts with a balance and a column whose name speaks of overdraft: a truth value
(``allow_overdraft``) or a number (``overdraft_limit``). An error where the settings name the balance, else a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.lexicon import words
from fingood.validation.roles import Family, family_of
from fingood.validation.rule import Rule


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    balance = table.column(Role.BALANCE)
    for column in table.shape.columns.values() if balance else ():
        if not words(column.name) & {"overdraft", "overdrawn"} or column.name == balance:
            continue
        held, own = column_sql("t", balance), column_sql("t", column.name)
        if column.type.lower().startswith("bool"):
            condition = f"{held} < 0 AND NOT {own}"
        elif family_of(column) is Family.NUMBER:
            condition = f"{held} < -abs({own})"
        else:
            continue
        yield Rule(
            condition=condition,
            severity=Severity.ERROR if Role.BALANCE in table.by_settings else Severity.WARNING,
            message=f"{{rows}} of {table.name} are overdrawn further than {column.name} allows",
            effect="Money was paid out that was not there.",
            subject=f"{table.name}.{balance}",
        )


INVARIANT = RuleInvariant(
    id="overdraft",
    meaning="no account is overdrawn further than it may be",
    standard="TigerBeetle: debits_must_not_exceed_credits",
    severity=Severity.ERROR,
    rules=_rules,
    examples=(
        Example(
            tables="CREATE TABLE accounts (id bigint PRIMARY KEY, currency char(3) NOT NULL, balance numeric(12, 2),"
            " overdraft_limit numeric(12, 2))",
            good="INSERT INTO accounts VALUES (1, 'EUR', -5, 10), (2, 'EUR', 7, 0),"
            " (3, 'EUR', NULL, 0), (4, 'EUR', -1, NULL)",
            bad="UPDATE accounts SET balance = -10.01 WHERE id IN (1, 2)",
            count=2,
        ),
    ),
)
