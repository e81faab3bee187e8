"""Journal entries and their postings: each entry adds up to zero in each of its currencies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from fingood.demo.money import convert
from fingood.demo.rows import DAYS, FIRST_DAY, Account, Book

_START = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC)
# The last days of the year stay free, so that no value date runs into the next.
_SECONDS = (DAYS - 4) * 86_400

Leg = tuple[Account, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal entry. A leg is an account and a signed amount in minor units: debit positive, credit negative."""

    id: int
    kind: str
    description: str
    booked_at: datetime
    idempotency_key: str
    legs: tuple[Leg, ...]

    @property
    def value_date(self) -> date:
        """The day of booking, or the Monday after a weekend."""
        day = self.booked_at.date()
        return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day


def draw_entries(random: Random, book: Book, postings: int) -> Iterator[Entry]:
    """Entries in the order of booking, with exactly ``postings`` postings in all; fewer than two raise ValueError."""
    if postings < 2:
        raise ValueError("an entry has two postings at least")
    teller, done, number = _Teller(random, book), 0, 0
    codes = list(book.customers)
    weights = [len(accounts) for accounts in book.customers.values()]
    while done < postings:
        number += 1
        booked = _START + timedelta(seconds=_SECONDS * done // postings)
        code = random.choices(codes, weights)[0]
        kind, description, legs = teller.draw(code, (booked - _START).days, postings - done)
        key = f"{kind}-{number:08d}-{random.getrandbits(32):08x}"
        yield Entry(id=number, kind=kind, description=description, booked_at=booked, idempotency_key=key, legs=legs)
        done += len(legs)


Drawn = tuple[str, str, tuple[Leg, ...]]


class _Teller:
    """Draws one entry after another."""

    def __init__(self, random: Random, book: Book) -> None:
        self.random, self.book = random, book

    def draw(self, code: str, day: int, room: int) -> Drawn:
        """An entry of at most ``room`` postings that never leaves room for one alone."""
        lot = self.random.random()
        if (room >= 6 and lot < 0.12) or room == 4:
            return self.exchange(code, day)
        if (room >= 5 and lot < 0.40) or room == 3:
            return self.card(code)
        plain: Callable[[str], Drawn] = self.deposit if lot < 0.65 else self.payment
        return plain(code)

    def deposit(self, code: str) -> Drawn:
        customer, amount = self.customer(code), self.amount(code, 100_000, 900_000)
        return (
            "deposit",
            f"Deposit, reference {self.reference()}",
            ((self.own("cash", code), amount), (customer, -amount)),
        )

    def payment(self, code: str) -> Drawn:
        payer, payee, amount = self.customer(code), self.customer(code), self.amount(code, 100, 400_000)
        while payee is payer:
            payee = self.customer(code)
        return "payment", f"Transfer, reference {self.reference()}", ((payer, amount), (payee, -amount))

    def card(self, code: str) -> Drawn:
        amount = self.amount(code, 50, 30_000)
        fee = max(1, amount // 200)
        settlement, income = self.own("card_settlement", code), self.own("fee_income", code)
        legs = ((self.customer(code), amount + fee), (settlement, -amount), (income, -fee))
        return "card", f"Card purchase, terminal {self.random.randrange(10_000):04d}", legs

    def exchange(self, code: str, day: int) -> Drawn:
        """Sells ``code`` for another currency over the conversion accounts of both."""
        other = self.random.choice([held for held in self.book.customers if held != code])
        seller, buyer, sold = self.customer(code), self.customer(other), self.amount(code, 5_000, 500_000)
        rate = self.book.rates[other][day] / self.book.rates[code][day]
        bought = max(1, convert(sold, seller.currency, buyer.currency, rate))
        legs = (
            (seller, sold),
            (self.own("fx_conversion", code), -sold),
            (self.own("fx_conversion", other), bought),
            (buyer, -bought),
        )
        return "fx", f"Exchange {code} to {other}", legs

    def customer(self, code: str) -> Account:
        return self.random.choice(self.book.customers[code])

    def own(self, kind: str, code: str) -> Account:
        return self.book.own[kind, code]

    def amount(self, code: str, least: int, most: int) -> int:
        """An amount in ``code`` worth between so many euro cents, small ones more often."""
        top = least + (most - least) // self.random.randrange(1, 40)
        return self.book.own["cash", code].currency.from_euro_cents(self.random.randrange(least, top + 1))

    def reference(self) -> str:
        return f"{self.random.getrandbits(28):07x}"
