"""A row becomes valid before it ends, and the rows of one subject do not overlap.

Needs a beginning and an end (``valid_from``, ``valid_to``). Overlaps are looked for where one column refers to what the
rows speak of, row after row by their beginning; an end is not included, NULL and infinity never end. An error where the
settings name the columns, else a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.links import links_of
from fingood.validation.rule import Rule, Source


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    first, last = table.column(Role.VALID_FROM), table.column(Role.VALID_TO)
    if not (first and last):
        return
    sure = {Role.VALID_FROM, Role.VALID_TO} <= table.by_settings
    severity = Severity.ERROR if sure else Severity.WARNING
    begins, ends = column_sql("t", first), column_sql("t", last)
    yield Rule(
        condition=f"{begins} > {ends}",
        severity=severity,
        message=f"{{rows}} of {table.name} end before they begin",
        effect="They are valid at no time.",
        subject=f"{table.name}.{last}",
    )
    subjects = {link.column for link in links_of(table, look)}
    if len(subjects) != 1 or not table.key:
        return
    who = column_sql("t", subjects.pop())
    following = f"lead({begins}) OVER (PARTITION BY {who} ORDER BY {begins})"
    keys = ", ".join(f"{column_sql('t', name)} AS k_{n}" for n, name in enumerate(table.key))
    derived = f"SELECT {keys}, {begins} AS begins, {ends} AS ends, {following} AS following FROM {table.name.sql} t"
    yield Rule(
        condition="max(t.following) < max(t.ends) OR (max(t.following) IS NOT NULL AND max(t.ends) IS NULL)",
        severity=severity,
        message=f"{{rows}} of {table.name} are still valid when the next of the same subject begins",
        effect="At some time two rows are valid at once.",
        subject=f"{table.name}.{last}",
        source=Source(by=tuple((name, f"t.k_{n}") for n, name in enumerate(table.key)), derived=derived, noun="rows"),
    )


INVARIANT = RuleInvariant(
    id="validity-range",
    meaning="a row becomes valid before it ends, and rows of one subject do not overlap",
    standard="bi-temporal modelling; SQL:2011 application-time periods",
    severity=Severity.ERROR,
    rules=_rules,
    examples=(
        Example(
            tables="CREATE TABLE products (id bigint PRIMARY KEY);"
            "CREATE TABLE terms (id bigint PRIMARY KEY, product_id bigint REFERENCES products (id),"
            " valid_from date NOT NULL, valid_to date)",
            good="INSERT INTO products VALUES (1), (2);"
            "INSERT INTO terms VALUES (1, 1, '2024-01-01', '2024-02-01'), (2, 1, '2024-02-01', NULL),"
            " (3, 2, '2024-01-01', NULL)",
            bad="UPDATE terms SET valid_to = '2024-02-02' WHERE id = 1;"
            "UPDATE terms SET valid_to = '2023-12-31' WHERE id = 3",
            count=2,
        ),
    ),
)
