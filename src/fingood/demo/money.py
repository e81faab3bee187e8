"""The currencies of the reference ledger and amounts in them, counted in whole minor units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency of the ledger. ``digits`` after the point are its minor units (ISO 4217); ``per_euro`` is a round
    price of one euro, from which rates wander; ``weight`` says how many of a hundred accounts hold it."""

    code: str
    digits: int
    per_euro: Decimal
    weight: int

    def text(self, minor: int) -> str:
        """An amount of minor units as the exact decimal text that the database takes."""
        if not self.digits:
            return str(minor)
        whole, rest = divmod(abs(minor), 10**self.digits)
        return f"{'-' if minor < 0 else ''}{whole}.{rest:0{self.digits}d}"

    def from_euro_cents(self, cents: int) -> int:
        """About the same value in this currency's minor units, at least one."""
        return max(1, convert(cents, CURRENCIES["EUR"], self, self.per_euro))


def convert(minor: int, source: Currency, target: Currency, rate: Decimal) -> int:
    """An amount in ``target``'s minor units: ``rate`` units of target for one of source, rounded half to even."""
    value = (Decimal(minor) * rate).scaleb(target.digits - source.digits)
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


CURRENCIES: Mapping[str, Currency] = {
    currency.code: currency
    for currency in (
        Currency("EUR", 2, Decimal("1"), 30),
        Currency("USD", 2, Decimal("1.08"), 25),
        Currency("GBP", 2, Decimal("0.85"), 12),
        Currency("JPY", 0, Decimal("163"), 8),
        Currency("INR", 2, Decimal("90"), 8),
        Currency("CHF", 2, Decimal("0.96"), 6),
        Currency("BHD", 3, Decimal("0.407"), 3),
        Currency("KRW", 0, Decimal("1475"), 3),
        Currency("CLF", 4, Decimal("0.0275"), 3),
        Currency("KWD", 3, Decimal("0.332"), 2),
    )
}
