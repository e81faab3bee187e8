"""A statement closes with what it opened with and what moved in between.

Needs a table with an opening and a closing balance, and what moved: one column (``movement``), or one of debits and one
of credits, whose side may be either. An error where the settings name all three columns, else a warning; nothing is
found where no statement agrees.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.lexicon import words
from fingood.validation.roles import Family, family_of
from fingood.validation.rule import Rule, Source


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    opening, closing = table.column(Role.OPENING_BALANCE), table.column(Role.CLOSING_BALANCE)
    moved = _moved(table)
    if not (opening and closing and moved):
        return
    first, last = column_sql("t", opening), column_sql("t", closing)
    off = " AND ".join(f"abs({first} + ({one}) - {last}) >= 0.005" for one in moved)
    sure = {Role.OPENING_BALANCE, Role.CLOSING_BALANCE, Role.MOVEMENT} <= table.by_settings
    yield Rule(
        condition=off,
        severity=Severity.ERROR if sure else Severity.WARNING,
        message=f"{{rows}} of {table.name} do not close with what they opened with and what moved",
        effect="Money appears or disappears within a statement.",
        subject=f"{table.name}.{closing}",
        source=Source(
            noun="statements",
            void="" if sure else off,
            void_reason="no statement closes with its opening and its movement, so the columns are something else",
        ),
    )


def _moved(table: LedgerTable) -> tuple[str, ...]:
    """What may have moved, as SQL; empty where nothing says it."""
    movement = table.column(Role.MOVEMENT)
    if movement:
        return (column_sql("t", movement),)
    debits, credits = (_side(table, names) for names in ({"debit", "debits"}, {"credit", "credits"}))
    if not (debits and credits):
        return ()
    return (f"{debits} - {credits}", f"{credits} - {debits}")


def _side(table: LedgerTable, names: set[str]) -> str:
    columns = table.shape.columns.values()
    found = [one.name for one in columns if words(one.name) & names and family_of(one) is Family.NUMBER]
    return f"coalesce({column_sql('t', found[0])}, 0)" if len(found) == 1 else ""


INVARIANT = RuleInvariant(
    id="statement-movement",
    meaning="a statement closes with what it opened with and what moved",
    standard="the statement of an account: opening and movement are closing",
    severity=Severity.ERROR,
    rules=_rules,
    examples=(
        Example(
            tables="CREATE TABLE statements (id bigint PRIMARY KEY, currency char(3), opening_balance numeric(12, 2),"
            " movement numeric(12, 2), closing_balance numeric(12, 2))",
            good="INSERT INTO statements VALUES (1, 'EUR', 0, 10, 10), (2, 'EUR', 10, -3, 7),"
            " (3, 'EUR', NULL, 2, 2), (4, 'EUR', 5, 0, 5)",
            bad="UPDATE statements SET movement = 9 WHERE id = 1;"
            "UPDATE statements SET closing_balance = 6 WHERE id = 4",
            count=2,
        ),
        Example(
            tables="CREATE TABLE periods (id bigint PRIMARY KEY, currency char(3), opening_balance numeric(12, 2),"
            " total_debit numeric(12, 2), total_credit numeric(12, 2), closing_balance numeric(12, 2))",
            good="INSERT INTO periods VALUES (1, 'EUR', 0, 10, NULL, 10), (2, 'EUR', 10, 4, 1, 7),"
            " (3, 'EUR', 0, 1, 1, 0)",
            bad="UPDATE periods SET total_debit = 9 WHERE id = 1",
            count=1,
        ),
    ),
)
