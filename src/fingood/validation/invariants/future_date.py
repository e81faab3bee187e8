"""Nothing was written, opened, traded or booked later than today.

Two days are left for zones and clocks. When something falls due, settles, expires or gets its value may well lie ahead
and is not looked at. Days of booking may lie ahead where orders are booked in advance: a remark, or a warning where
the settings name the column. Days from the year 9999 on are no dates, see date-sentinel. An error where the settings
name the column, else a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.dates import in_future_sql
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.roles import Family, family_of
from fingood.validation.rule import Rule

_GRADES: dict[Role, tuple[Severity, Severity]] = {
    Role.CREATED: (Severity.ERROR, Severity.WARNING),
    Role.OPENED: (Severity.ERROR, Severity.WARNING),
    Role.TRADED: (Severity.ERROR, Severity.WARNING),
    Role.POSTED: (Severity.WARNING, Severity.INFO),
}
"""By role, the severity where the settings name the column, and where its name does."""


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    for role, (sure, guessed) in _GRADES.items():
        for name in table.roles.get(role, ()):
            if family_of(table.shape.columns[name]) is not Family.DATE:
                continue
            yield Rule(
                condition=in_future_sql(column_sql("t", name), look),
                severity=sure if role in table.by_settings else guessed,
                message=f"{{rows}} of {table.name} have a {name} in the future",
                effect="They are missing from every report up to today, and sort behind all that comes.",
                remedy="correct them at their source; often day and month, or a unit of time, were mistaken",
                subject=f"{table.name}.{name}",
            )


INVARIANT = RuleInvariant(
    id="date-in-future",
    meaning="nothing was written, opened, traded or booked later than today",
    standard="TigerBeetle: imported_event_timestamp_must_not_advance",
    severity=Severity.ERROR,
    rules=_rules,
    financial=False,
    examples=(
        Example(
            tables="CREATE TABLE deals (id bigint PRIMARY KEY, created_at timestamp, trade_date date, due_on date)",
            good="INSERT INTO deals VALUES (1, CURRENT_TIMESTAMP, CURRENT_DATE, '2198-01-04'),"
            " (2, '2024-03-01 10:00:00', '2024-03-01', NULL), (3, NULL, NULL, NULL)",
            bad="UPDATE deals SET created_at = '2204-03-01 10:00:00' WHERE id = 1;"
            "UPDATE deals SET trade_date = '2204-03-01' WHERE id = 2",
            count=2,
        ),
    ),
)
