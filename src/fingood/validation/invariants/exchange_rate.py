"""An exchange rate is above zero, and a pair of currencies has one rate at a time.

Applies where a rate stands with a base and a quote currency. Several rates of one pair are told where their date or
instant is the same and the rates differ, a warning: a table of several sources may hold them on purpose. Inverse rates
and triangles of three pairs are not compared.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.roles import dates_of
from fingood.validation.rule import Rule, Source


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    names = tuple(table.column(role) for role in (Role.RATE, Role.BASE_CURRENCY, Role.QUOTE_CURRENCY))
    if not all(names):
        return
    rate, base, quote = (column_sql("t", name) for name in names)
    mapped = {Role.RATE, Role.BASE_CURRENCY, Role.QUOTE_CURRENCY} <= table.by_settings
    yield Rule(
        condition=f"{rate} <= 0",
        severity=Severity.ERROR if mapped else Severity.WARNING,
        message=f"{{rows}} of {table.name} have a {names[0]} of zero or below",
        effect="Amounts converted by it vanish or change their sign.",
        remedy="SELECT the rows and load them again from their source",
        subject=f"{table.name}.{names[0]}",
    )
    days = [column.name for column in dates_of(table.shape)]
    known = [day for day in days if day not in table.roles.get(Role.CREATED, ())]
    if len(known) != 1 or look.too_large(table):
        return
    yield Rule(
        condition=f"min({rate}) <> max({rate})",
        severity=Severity.WARNING,
        message=f"{{rows}} in {table.name} have several rates",
        effect="What a conversion gives depends on the row that is read first.",
        remedy=f"a unique constraint on ({names[1]}, {names[2]}, {known[0]}), after one of them is chosen",
        subject=f"{table.name}.{names[0]}",
        source=Source(
            by=((names[1], base), (names[2], quote), (known[0], column_sql("t", known[0]))),
            where=f"{rate} IS NOT NULL",
            noun="pairs and days",
        ),
    )


INVARIANT = RuleInvariant(
    id="exchange-rate",
    meaning="an exchange rate is above zero, and a pair has one rate at a time",
    standard="unique prices: beancount; an exchange rate is a positive ratio",
    severity=Severity.ERROR,
    rules=_rules,
    financial=False,
    examples=(
        Example(
            tables="CREATE TABLE fx_rates (id bigint PRIMARY KEY, base_currency char(3), quote_currency char(3),"
            " rate_date date, rate numeric(18, 8))",
            good="INSERT INTO fx_rates VALUES (1, 'EUR', 'USD', '2024-03-01', 1.08),"
            " (2, 'EUR', 'USD', '2024-03-04', 1.09),"
            " (3, 'USD', 'EUR', '2024-03-01', 0.9259), (4, 'EUR', 'JPY', '2024-03-01', NULL)",
            bad="UPDATE fx_rates SET rate = 0 WHERE id = 3;"
            "INSERT INTO fx_rates VALUES (5, 'EUR', 'USD', '2024-03-04', 1.2)",
            count=2,
        ),
    ),
)
