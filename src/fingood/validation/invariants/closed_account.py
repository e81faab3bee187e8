"""Nothing is booked on an account before it was opened or after it was closed.

Needs legs with a day of booking and a declared reference to accounts that carry the day they were opened or closed.
The day itself is still right. An error where the settings name the day (``opened``, ``closed``), else a warning: a
closing date may be that of a period.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.invariants.sample_ledger import ROWS, tables
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.links import account_of, day_sql
from fingood.validation.rule import Rule


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    link = account_of(table, look) if table.legs and table.date else None
    if link is None:
        return
    day = day_sql(column_sql("t", table.date), look.dialect)
    for role, sign, words_ in ((Role.CLOSED, ">", "after it was closed"), (Role.OPENED, "<", "before it was opened")):
        bound = link.table.column(role)
        if bound:
            yield Rule(
                condition=f"{day} {sign} {day_sql(column_sql(link.alias, bound), look.dialect)}",
                severity=Severity.ERROR if role in link.table.by_settings else Severity.WARNING,
                message=f"{{rows}} of {table.name} are booked on an account {words_} ({link.table.name}.{bound})",
                effect="The balance of an account moves while there is no account.",
                subject=f"{table.name}.{table.date}",
                joins=(link.join,),
            )


INVARIANT = RuleInvariant(
    id="closed-account",
    meaning="nothing is booked before an account was opened or after it was closed",
    standard="beancount: validate_active_accounts; TigerBeetle: account_already_closed",
    severity=Severity.ERROR,
    rules=_rules,
    examples=(
        Example(
            tables=tables(accounts="opened_on date, closed_on date", postings="booked_on date DEFAULT '2024-03-05'"),
            good=f"{ROWS}; UPDATE accounts SET opened_on = '2024-03-05', closed_on = '2024-03-05' WHERE id < 4",
            bad="UPDATE accounts SET closed_on = '2024-03-04' WHERE id IN (1, 2);"
            "UPDATE accounts SET opened_on = '2024-03-06' WHERE id = 4",
            count=3,
        ),
    ),
)
