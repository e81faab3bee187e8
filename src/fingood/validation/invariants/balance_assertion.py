"""A balance that is stated for a day is the sum of the legs up to that day.

Needs a table whose closing balance the settings name (``closing_balance``), with an account and a day, and
tables of legs with a day for the same accounts: all of them count. Either sign is taken. Not guessed: what a closing
balance leaves out (fees not yet booked, values of another day) only its owner knows.
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
from fingood.validation.links import account_of, day_sql, legs_of
from fingood.validation.roles import dates_of
from fingood.validation.rule import NotEvaluated, Rule, Source


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    closing, link = table.column(Role.CLOSING_BALANCE), account_of(table, look)
    dates = [column.name for column in dates_of(table.shape)]
    if Role.CLOSING_BALANCE not in table.by_settings or link is None or len(dates) != 1:
        return
    legs = [(one, theirs) for one, theirs in legs_of(link.table, look) if one.name != table.name]
    if not legs:
        return
    undated = [str(one.name) for one, _ in legs if not one.date]
    if undated:
        raise NotEvaluated(f"{table.name}: {', '.join(undated)} has no day")
    mine, stated = column_sql("s", link.column), day_sql(column_sql("s", dates[0]), look.dialect)
    derived = (
        f"SELECT {mine} AS account, {stated} AS day, max({column_sql('s', closing)}) AS held,"
        f" coalesce(sum(b.amount), 0) AS total FROM {table.name.sql} s"
        f" LEFT JOIN ({booked_sql(legs, look, by_day=True)}) b ON b.account = {mine} AND b.day <= {stated}"
        " GROUP BY 1, 2"
    )
    yield Rule(
        condition="abs(max(t.held) - max(t.total)) >= 0.005 AND abs(max(t.held) + max(t.total)) >= 0.005",
        severity=Severity.ERROR,
        message=f"{{rows}} of {table.name} state another {closing} than the legs of {names_of(legs)} add up to",
        effect="The statement does not follow from what was booked.",
        subject=f"{table.name}.{closing}",
        source=Source(
            by=((link.column, "t.account"), (dates[0], "t.day")),
            derived=derived,
            value="max(t.held) - max(t.total)",
            shows=difference_text("", look.dialect),
            noun="stated balances",
        ),
    )


INVARIANT = RuleInvariant(
    id="balance-assertion",
    meaning="a balance stated for a day is the sum of the legs up to that day",
    standard="balance assertions of hledger and beancount",
    severity=Severity.ERROR,
    rules=_rules,
    examples=(
        Example(
            tables=tables(postings="booked_on date DEFAULT '2024-03-05'")
            + "CREATE TABLE statements (account_id bigint REFERENCES accounts (id), day date, closing_balance"
            " numeric(18, 4), currency char(3), PRIMARY KEY (account_id, day))",
            good=f"{ROWS}; INSERT INTO statements VALUES (1, '2024-03-04', 0, 'EUR'), (1, '2024-03-05', 10.25, 'EUR'),"
            " (2, '2024-03-31', 10.25, 'EUR')",
            bad="UPDATE statements SET closing_balance = 10 WHERE day > '2024-03-04'",
            count=2,
            mapping=(("table", "statements"), ("double_entry", False), ("closing_balance", "closing_balance")),
        ),
    ),
)
