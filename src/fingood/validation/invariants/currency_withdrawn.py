"""No amount is booked in a currency that was withdrawn before its day: marks after the euro, kuna after 2023.

The days are those after the time in which both currencies could be paid with, so the last weeks of a currency are no
finding. Needs a date in the same table; old rows in an old currency are history and sound.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.historic_currencies import WITHDRAWN
from fingood.validation.invariants.base import Example, Look, RuleInvariant, currency_gate
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.roles import Family, family_of
from fingood.validation.rule import Rule


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    day = table.column(Role.POSTED) or table.date or table.column(Role.CREATED)
    if not table.money or not day or family_of(table.shape.columns[day]) is not Family.DATE:
        return
    for name in table.currencies:
        code, date = column_sql("t", name), column_sql("t", day)
        ends = " ".join(f"WHEN '{old}' THEN {_date(end, look.dialect)}" for old, end in sorted(WITHDRAWN.items()))
        known = ", ".join(f"'{old}'" for old in sorted(WITHDRAWN))
        yield Rule(
            gate=currency_gate(table, name),
            condition=f"{code} IN ({known}) AND {date} >= CASE {code} {ends} END",
            severity=Severity.WARNING,
            message=f"{{rows}} of {table.name} are in a currency of {name} that was withdrawn before {day}",
            effect="No bank pays or quotes it any more; its successor has another value.",
            remedy="correct the code or the day at the source; amounts are converted at the fixed rate, not renamed",
            subject=f"{table.name}.{name}",
        )


def _date(day: str, dialect: str) -> str:
    return f"'{day}'" if dialect == "sqlite" else f"DATE '{day}'"


INVARIANT = RuleInvariant(
    id="currency-withdrawn",
    meaning="no amount is booked in a currency that was withdrawn before its day",
    standard="ISO 4217, list three",
    severity=Severity.WARNING,
    rules=_rules,
    examples=(
        Example(
            tables="CREATE TABLE payments (id bigint PRIMARY KEY, paid_date date, amount numeric(12, 2),"
            " currency varchar(3))",
            good="INSERT INTO payments VALUES (1, '2024-03-01', 5, 'EUR'), (2, NULL, 6, 'USD')",
            bad="INSERT INTO payments VALUES (3, '2001-05-01', 7, 'DEM'), (4, '2024-05-01', 7, 'DEM'),"
            " (5, '2023-06-01', 7, 'HRK')",
            count=2,
        ),
    ),
)
