"""An idempotency key stands for one request: it occurs once, and never with another amount.

Needs a table with money and a column of such keys (``idempotency_key``) that no unique constraint or index guards
already. Critical where the settings name the column, else a warning: a table of attempts may hold a key several times.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.rule import NotEvaluated, Rule, Source


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    name = table.column(Role.IDEMPOTENCY_KEY)
    if not name or not table.money or _is_unique(table, name):
        return
    if look.too_large(table):
        raise NotEvaluated(f"{table.name} is large; --mode full looks at it")
    key = column_sql("t", name)
    amount = column_sql("t", table.amount or table.money[0].name)
    source = Source(by=((name, key),), where=f"{key} IS NOT NULL", noun="keys")
    sure = Role.IDEMPOTENCY_KEY in table.by_settings
    severity = Severity.CRITICAL if sure else Severity.WARNING
    rules = (
        ("count(*) > 1 AND count(DISTINCT {0}) < 2", "occur more than once", "A request was carried out twice."),
        ("count(DISTINCT {0}) > 1", "occur with different amounts", "A key was used for two requests."),
    )
    for condition, words, effect in rules:
        yield Rule(
            condition=condition.format(amount),
            severity=severity,
            message=f"{{rows}} in {table.name} {words}",
            effect=effect,
            subject=f"{table.name}.{name}",
            source=source,
        )


def _is_unique(table: LedgerTable, name: str) -> bool:
    constraints = any(k.kind in ("unique", "primary key") and k.columns == (name,) for k in table.shape.constraints)
    return constraints or any(i.unique and i.valid and i.columns == (name,) for i in table.shape.indexes)


INVARIANT = RuleInvariant(
    id="idempotency-key",
    meaning="an idempotency key stands for one request",
    standard="Stripe's idempotent requests; TigerBeetle: exists_with_different_amount",
    severity=Severity.CRITICAL,
    rules=_rules,
    examples=(
        Example(
            tables="CREATE TABLE payments (id bigint PRIMARY KEY, amount numeric(12, 2), currency char(3) NOT NULL,"
            " idempotency_key text)",
            good="INSERT INTO payments VALUES (1, 5, 'EUR', 'a'), (2, 5, 'EUR', 'b'),"
            " (3, 5, 'EUR', NULL), (4, 5, 'EUR', NULL)",
            bad="INSERT INTO payments VALUES (5, 5, 'EUR', 'a'), (6, 6, 'EUR', 'b')",
            count=2,
            mapping=(("table", "payments"), ("double_entry", False), ("idempotency_key", "idempotency_key")),
        ),
    ),
)
