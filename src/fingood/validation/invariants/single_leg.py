"""No transaction is one leg over nothing: the other leg, and the amount, were lost.

One leg with an amount does not add up, which double-entry tells. A leg of zero alone adds up and is told here; counted
by transaction and currency, in the scan that adds them up.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.invariants.double_entry import transactions_of
from fingood.validation.invariants.sample_ledger import ROWS, TABLES
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.rule import Rule
from fingood.validation.sides import sides_in, signed_sql


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    if not table.legs:
        return
    source = transactions_of(table, look)
    names = [name for name in (table.amount, table.debit, table.credit) if name]
    filled = " OR ".join(f"count({column_sql('t', name)}) = 1" for name in names)
    yield Rule(
        condition=f"count(*) = 1 AND ({filled}) AND sum({signed_sql(table, sides_in(table, look))}) = 0",
        severity=Severity.WARNING,
        message=f"{{rows}} in {table.name} are a single leg of zero",
        effect="Nothing was booked, though a transaction says so; its other side and its amount may be lost.",
        subject=str(table.name),
        source=source,
    )


INVARIANT = RuleInvariant(
    id="single-leg",
    meaning="no transaction is a single leg of zero",
    standard="double-entry bookkeeping: at least two legs a transaction",
    severity=Severity.WARNING,
    rules=_rules,
    examples=(
        Example(
            tables=TABLES,
            good=ROWS,
            bad="DELETE FROM postings WHERE id IN (2, 4); UPDATE postings SET amount = 0 WHERE id IN (1, 3);"
            "UPDATE postings SET amount = NULL WHERE id = 5; DELETE FROM postings WHERE id = 6",
            count=2,
            also=frozenset({"zero-amount", "unused-account", "amount-missing"}),
        ),
    ),
)
