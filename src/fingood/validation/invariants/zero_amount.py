"""A leg moves something. A zero is information only: some ledgers book it on purpose, to keep a trace."""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.invariants.sample_ledger import ROWS, TABLES
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.rule import Rule


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    names = [name for name in (table.amount, table.debit, table.credit) if name]
    if not table.legs or not names:
        return
    zeros = " AND ".join(f"coalesce({column_sql('t', name)}, 0) = 0" for name in names)
    filled = " OR ".join(f"{column_sql('t', name)} IS NOT NULL" for name in names)
    yield Rule(
        gate=f"{column_sql('t', names[0])} = 0" if len(names) == 1 else "",
        condition=f"{zeros} AND ({filled})",
        severity=Severity.INFO,
        message=f"{{rows}} of {table.name} move nothing",
        effect="They may be left over from a correction, or amounts that were lost.",
        subject=f"{table.name}.{names[0]}",
    )


INVARIANT = RuleInvariant(
    id="zero-amount",
    meaning="a leg moves something",
    standard="TigerBeetle before 0.16: amount_must_not_be_zero",
    severity=Severity.INFO,
    rules=_rules,
    examples=(
        Example(tables=TABLES, good=ROWS, bad="UPDATE postings SET amount = 0 WHERE entry_id IN (1, 2)", count=4),
    ),
)
