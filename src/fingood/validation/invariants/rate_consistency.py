"""Rates fit each other: there and back gives one, and a way through a third currency what the direct rate gives.

Applies where a rate stands with a base and a quote currency, to rates of one date or instant. What differs by less than
five in a hundred is taken for the spread between bid and ask; rates may have been rounded to four digits as well.
What is found was turned round, or has its point in the wrong place.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.roles import dates_of
from fingood.validation.rule import NotEvaluated, Rule, Source

_SPREAD = "0.05"
_ROUNDING = "0.00005"
"""Half of the fourth digit: what a rate may be off by itself, and a product by it times the other rate."""


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    rate, base, quote = (table.column(role) for role in (Role.RATE, Role.BASE_CURRENCY, Role.QUOTE_CURRENCY))
    days = [one.name for one in dates_of(table.shape) if one.name not in table.roles.get(Role.CREATED, ())]
    if not (rate and base and quote and len(days) == 1):
        return
    if look.too_large(table):
        raise NotEvaluated(f"{table.name} is large; --mode full compares its rates with each other")
    own = Pairs(table, base, quote, rate, days[0])
    keys = ((base, "t.base"), (quote, "t.quote"), (days[0], "t.day"))
    yield Rule(
        condition=f"max(abs(t.there * t.back - 1) - {_SPREAD} - {_ROUNDING} * (t.there + t.back)) > 0",
        severity=Severity.WARNING,
        message=f"{{rows}} in {table.name} give something else than one, there and back",
        effect="Converting to and fro makes money or loses it.",
        subject=f"{table.name}.{rate}",
        source=Source(by=keys, derived=own.both_ways, noun="pairs and days in both directions"),
    )
    yield Rule(
        condition=f"max(abs(t.first * t.second - t.direct) - {_SPREAD} * t.direct"
        f" - {_ROUNDING} * (t.first + t.second + 1)) > 0",
        severity=Severity.WARNING,
        message=f"{{rows}} in {table.name} give another rate than the direct one",
        effect="What a conversion gives depends on the way that it takes.",
        subject=f"{table.name}.{rate}",
        source=Source(by=(*keys, ("via", "t.via")), derived=own.three_ways, noun="ways through a third currency"),
    )


class Pairs:
    """The table joined with itself, by its columns' names."""

    def __init__(self, table: LedgerTable, base: str, quote: str, rate: str, day: str) -> None:
        self.table, self.base, self.quote, self.rate, self.day = table.name.sql, base, quote, rate, day

    def _of(self, alias: str) -> tuple[str, str, str, str]:
        base, quote, rate, day = (column_sql(alias, one) for one in (self.base, self.quote, self.rate, self.day))
        return base, quote, rate, day

    @property
    def both_ways(self) -> str:
        """Each pair once, with its rate and that of the way back."""
        base, quote, there, day = self._of("a")
        from_, to, back, then = self._of("b")
        return (
            f"SELECT {base} AS base, {quote} AS quote, {day} AS day, {there} AS there, {back} AS back"
            f" FROM {self.table} a JOIN {self.table} b ON {from_} = {quote} AND {to} = {base} AND {then} = {day}"
            f" WHERE {base} < {quote} AND {_usable(there, back)}"
        )

    @property
    def three_ways(self) -> str:
        """Each direct rate beside two that lead to the same currency."""
        base, via, first, day = self._of("a")
        from_, to, second, then = self._of("b")
        start, end, direct, when = self._of("c")
        return (
            f"SELECT {base} AS base, {to} AS quote, {via} AS via, {day} AS day, {first} AS first,"
            f" {second} AS second, {direct} AS direct FROM {self.table} a"
            f" JOIN {self.table} b ON {from_} = {via} AND {then} = {day}"
            f" JOIN {self.table} c ON {start} = {base} AND {end} = {to} AND {when} = {day}"
            f" WHERE {base} <> {via} AND {via} <> {to} AND {base} <> {to} AND {_usable(first, second, direct)}"
        )


def _usable(*rates: str) -> str:
    """Rates above zero that are numbers: NaN is above every number on PostgreSQL."""
    return " AND ".join(f"{rate} > 0 AND {rate} < 1e15" for rate in rates)


INVARIANT = RuleInvariant(
    id="rate-consistency",
    meaning="inverse rates and ways through a third currency give the same within a tolerance",
    standard="no arbitrage between the rates of one instant",
    severity=Severity.WARNING,
    rules=_rules,
    financial=False,
    examples=(
        Example(
            tables="CREATE TABLE fx_rates (id bigint PRIMARY KEY, base_currency char(3), quote_currency char(3),"
            " rate_date date, rate numeric(18, 8))",
            good="INSERT INTO fx_rates VALUES (1, 'EUR', 'USD', '2024-03-01', 1.08),"
            " (2, 'USD', 'EUR', '2024-03-01', 0.9259), (3, 'GBP', 'CHF', '2024-03-01', 1.12),"
            " (4, 'GBP', 'SEK', '2024-03-01', 13.2), (8, 'CHF', 'SEK', '2024-03-01', 11.79),"
            " (5, 'EUR', 'IDR', '2024-03-01', 17012),"
            " (6, 'IDR', 'EUR', '2024-03-01', 0.0001), (7, 'EUR', 'USD', '2024-03-04', 7)",
            bad="UPDATE fx_rates SET rate = 1.08 WHERE id = 2; UPDATE fx_rates SET rate = 1.32 WHERE id = 4",
            count=2,
        ),
        Example(
            tables="CREATE TABLE fx_rates (id bigint PRIMARY KEY, base_currency char(3), quote_currency char(3),"
            " rate_date date, rate double precision)",
            good="INSERT INTO fx_rates VALUES (1, 'EUR', 'USD', '2024-03-01', 1.08),"
            " (2, 'USD', 'EUR', '2024-03-01', 0.9259), (3, 'GBP', 'USD', NULL, 1.3)",
            bad="UPDATE fx_rates SET rate = 1.08 WHERE id = 2",
            count=1,
        ),
    ),
)
