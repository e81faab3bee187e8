"""Nothing is kept for longer than it may be.

How long that is say the settings, table by table: `retention = "10 years"` in `[[tool.fingood.ledger]]`, counted from
the table's `date`, else from the day that its rows were made. That is the most; the least, for which rows must be kept,
is `[[tool.fingood.retention]]`; settings whose most is less than their least are refused. Besides, a row may carry its
own last day (`retention_until`, `delete_after`): found are rows past it that still tell who they are about.

An error where the settings name the date, too, else a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.period import Period
from fingood.model.severity import Severity
from fingood.validation.dates import before_sql
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.personal import still_personal_sql
from fingood.validation.rule import NotEvaluated, Rule


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    until = table.column(Role.RETAINED_UNTIL)
    if until:
        held = still_personal_sql(table)
        past = before_sql(column_sql("t", until), look.today, look)
        yield Rule(
            condition=f"{past} AND ({held})" if held else past,
            severity=Severity.ERROR if Role.RETAINED_UNTIL in table.by_settings else Severity.WARNING,
            message=f"{{rows}} of {table.name} are past their {until}",
            effect="What may no longer be kept can be asked for, stolen and fined.",
            remedy="erase them, or empty what tells who they are about; backups and replicas have them too",
            subject=f"{table.name}.{until}",
        )
    if table.retention is None:
        return
    name, sure = _date_of(table)
    yield Rule(
        condition=before_sql(column_sql("t", name), table.retention.before(look.today), look),
        severity=Severity.ERROR if sure else Severity.WARNING,
        message=f"{{rows}} of {table.name} are older than {table.retention} by {name}",
        effect="The settings say that they are kept no longer than that.",
        remedy="erase or archive them as the retention schedule says; backups and replicas have them too",
        subject=f"{table.name}.{name}",
        certain=sure,
    )


def _date_of(table: LedgerTable) -> tuple[str, bool]:
    """The column that says how old a row is, and whether the settings name it. Raises NotEvaluated."""
    if table.date_said:
        return table.date, True
    for role in (Role.CREATED, Role.POSTED):
        if role in table.by_settings and table.column(role):
            return table.column(role), True
    name = table.column(Role.CREATED) or table.column(Role.POSTED) or table.date
    if not name:
        raise NotEvaluated(f"{table.name} has a retention and no date that says how old a row is; name its date")
    return name, False


INVARIANT = RuleInvariant(
    id="retention-exceeded",
    meaning="nothing is kept for longer than it may be",
    standard="GDPR, article 5 (1) (e): storage limitation",
    severity=Severity.ERROR,
    rules=_rules,
    financial=False,
    examples=(
        Example(
            tables="CREATE TABLE parties (id bigint PRIMARY KEY, email text, retention_until date)",
            good="INSERT INTO parties VALUES (1, 'a@example.com', '2199-01-01'), (2, 'b@example.com', NULL),"
            " (3, NULL, '2020-01-01')",
            bad="UPDATE parties SET retention_until = '2024-06-30' WHERE id = 1",
            count=1,
        ),
        Example(
            tables="CREATE TABLE visits (id bigint PRIMARY KEY, seen_on date, page text)",
            good="INSERT INTO visits VALUES (1, CURRENT_DATE, '/'), (2, NULL, '/')",
            bad="INSERT INTO visits VALUES (3, '2004-02-29', '/')",
            count=1,
            mapping=(("table", "visits"), ("date", "seen_on"), ("retention", Period(years=10))),
        ),
    ),
)
