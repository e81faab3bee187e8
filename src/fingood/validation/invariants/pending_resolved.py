"""A pending transfer is posted or voided once, and not for more than was reserved.

Needs a table with money and a column that refers to the pending row (``pending_id``). An error where the settings name
it (``pending``), else a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.rule import Rule, Source


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    pending = table.column(Role.PENDING)
    if not pending or not table.money or len(table.key) != 1:
        return
    severity = Severity.ERROR if Role.PENDING in table.by_settings else Severity.WARNING
    own = column_sql("t", pending)
    yield Rule(
        condition="count(*) > 1",
        severity=severity,
        message=f"{{rows}} of {table.name} are resolved more than once",
        effect="What was reserved once is paid twice.",
        subject=f"{table.name}.{pending}",
        source=Source(by=((pending, own),), where=f"{own} IS NOT NULL", noun="pending rows that were resolved"),
    )
    amount = table.amount or (table.money[0].name if len(table.money) == 1 else "")
    if amount:
        join = f"LEFT JOIN {table.name.sql} pen ON {column_sql('pen', table.key[0])} = {own}"
        yield Rule(
            condition=f"abs({column_sql('t', amount)}) > abs({column_sql('pen', amount)})",
            severity=severity,
            message=f"{{rows}} of {table.name} post more than was pending",
            effect="More is paid than was reserved.",
            subject=f"{table.name}.{amount}",
            joins=(join,),
        )


INVARIANT = RuleInvariant(
    id="pending-resolved",
    meaning="a pending transfer is resolved once, and not for more than was reserved",
    standard="TigerBeetle: pending_transfer_already_posted, exceeds_pending_transfer_amount",
    severity=Severity.ERROR,
    rules=_rules,
    examples=(
        Example(
            tables="CREATE TABLE transfers (id bigint PRIMARY KEY, amount numeric(12, 2) NOT NULL,"
            " currency char(3) NOT NULL, pending_id bigint)",
            good="INSERT INTO transfers VALUES (1, 5, 'EUR', NULL), (2, 5, 'EUR', 1),"
            " (3, 8, 'EUR', NULL), (4, 3, 'EUR', 3)",
            bad="UPDATE transfers SET amount = 8.01 WHERE id = 4; INSERT INTO transfers VALUES (5, 1, 'EUR', 1)",
            count=2,
        ),
    ),
)
