"""No amount is NaN or infinite. PostgreSQL sorts NaN above every number and sums turn NaN (manual, 8.1.2).

Of an amount inside a json column, whatever stands there and is no number of JSON is found: a text, even `"12.30"`, true
or false, an object, a list. It is in no sum; a missing key and null are for amount-missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant, graded
from fingood.validation.invariants.sample_ledger import ROWS, TABLES
from fingood.validation.json_field import JsonField
from fingood.validation.ledger import LedgerTable, MoneyColumn, column_sql
from fingood.validation.rule import Rule
from fingood.validation.sides import NOT_FINITE, beyond_sql, not_finite_possible

_NOT_FINITE, _STRANGE = "NaN, infinite or text", "a text, true or false, an object, a list, or too long"
_SPOILT = "Every sum over them is NaN, and comparisons such as amount > 0 are true for them."
_LEFT_OUT = "They are in no sum here; whoever casts them adds them up, or fails."


def _condition(column: MoneyColumn, dialect: str) -> str:
    if isinstance(column.name, JsonField):
        return column.name.strange_sql("t")
    name = column_sql("t", column.name)
    if dialect == "sqlite":
        return f"(typeof({name}) IN ('text', 'blob') OR {name} IN (9e999, -9e999))"
    return f"{name} IN ({NOT_FINITE})"


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    for column in table.money:
        inside = isinstance(column.name, JsonField)
        if look.dialect != "sqlite" and not inside and not not_finite_possible(table, column.name):
            continue
        yield Rule(
            condition=_condition(column, look.dialect),
            severity=graded(table, Severity.CRITICAL, Severity.ERROR),
            message=f"{{rows}} of {table.name} hold no number in {column.name} ({_STRANGE if inside else _NOT_FINITE})",
            effect=_LEFT_OUT if inside else _SPOILT,
            subject=f"{table.name}.{column.name}",
            gate="" if look.dialect == "sqlite" else beyond_sql(table, column.name),
        )


INVARIANT = RuleInvariant(
    id="amount-not-a-number",
    meaning="no amount is NaN or infinite",
    standard="PostgreSQL manual 8.1.2: NaN and Infinity in numeric",
    severity=Severity.CRITICAL,
    rules=_rules,
    examples=(
        Example(
            tables=TABLES,
            good=ROWS,
            bad="UPDATE postings SET amount = 'NaN' WHERE entry_id = 1",
            count=2,
        ),
    ),
)
