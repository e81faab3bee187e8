"""The rows that stand still: customers, accounts, cards and exchange rates, drawn from a seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from fingood.demo.money import CURRENCIES, Currency

FIRST_DAY = date(2024, 1, 1)
DAYS = 366
OWN_KINDS = ("cash", "card_settlement", "fee_income", "fx_conversion")

Row = tuple[object, ...]

_NEW_TERMS = datetime(2023, 2, 1, tzinfo=UTC)

_GIVEN = "Aiko Amara Anna Chen Dalia Elif Emeka Farah Hugo Ines Jonas Kofi Lucía Mateo Mia Noor Oskar Priya Sana Yusuf"
_FAMILY = "Adeyemi Almeida Berg Castillo Dubois Fischer García Haddad Ito Jensen Kim Kowalski Lund Mehta Okafor O'Brien"
_TRADES = "Bakery Books Dental Energy Freight Gardens Interiors Labs Logistics Marine Optics Textiles Timber Travel"
_COUNTRIES = "DE FR ES GB US JP IN CH BH KR CL KW SE PL NG BR"


@dataclass(frozen=True, slots=True)
class Account:
    """An account as entries need it."""

    id: int
    currency: Currency
    customer_id: int | None = None
    kind: str = "customer"


@dataclass(frozen=True, slots=True)
class Book:
    """The accounts to book on: the bank's own by kind and currency, the customers' by currency."""

    own: Mapping[tuple[str, str], Account]
    customers: Mapping[str, Sequence[Account]]
    rates: Mapping[str, Sequence[Decimal]] = field(repr=False)

    @property
    def accounts(self) -> list[Account]:
        held = [account for accounts in self.customers.values() for account in accounts]
        return sorted([*self.own.values(), *held], key=lambda account: account.id)


def open_book(random: Random, customers: int) -> Book:
    """Opens the bank's own accounts in every currency and one or two accounts for each customer."""
    own = [(kind, currency) for currency in CURRENCIES.values() for kind in OWN_KINDS]
    owned = {(kind, c.code): Account(id=n, currency=c, kind=kind) for n, (kind, c) in enumerate(own, 1)}
    held: dict[str, list[Account]] = {code: [] for code in CURRENCIES}
    codes, weights = list(CURRENCIES), [currency.weight for currency in CURRENCIES.values()]
    number = len(own)
    for customer in range(1, customers + 1):
        # The first customers go round the currencies, so that each has somebody to pay and to be paid by.
        first = codes[customer % len(codes)] if customer <= 2 * len(codes) else random.choices(codes, weights)[0]
        second = random.choices(codes, weights)[0]
        for code in (first, second) if random.random() < 0.3 and second != first else (first,):
            number += 1
            held[code].append(Account(id=number, currency=CURRENCIES[code], customer_id=customer))
    return Book(own=owned, customers=held, rates={code: _walk(random, c) for code, c in CURRENCIES.items()})


def _walk(random: Random, currency: Currency) -> list[Decimal]:
    """A year of rates against the euro, each day at most 0.6 % from the day before."""
    if currency.code == "EUR":
        return [Decimal(1)] * DAYS
    rate, rates = currency.per_euro, []
    for _ in range(DAYS):
        rate = (rate * (10_000 + random.randrange(-60, 61)) / 10_000).quantize(Decimal("0.00000001"))
        rates.append(rate)
    return rates


def customer_rows(random: Random, customers: int) -> Iterator[Row]:
    """id, reference, kind, legal_name, email, date_of_birth, country, consent_*, retention_until, created_at."""
    given, family, trades, countries = (words.split() for words in (_GIVEN, _FAMILY, _TRADES, _COUNTRIES))
    for number in range(1, customers + 1):
        person = random.random() < 0.85
        name = f"{random.choice(given) if person else random.choice(trades)} {random.choice(family)}"
        born = date(1950, 1, 1) + timedelta(days=random.randrange(20_000)) if person else None
        created = _moment(random, date(2022, 1, 1), 700)
        given_at = created + timedelta(minutes=random.randrange(1, 60)) if random.random() < 0.92 else None
        withdrawn = (
            given_at + timedelta(days=random.randrange(30, 600)) if given_at and random.random() < 0.05 else None
        )
        yield (
            number,
            f"C{number:08d}",
            "person" if person else "organisation",
            name,
            f"customer{number}@example.com",
            born,
            random.choice(countries),
            ("2023-02" if given_at >= _NEW_TERMS else "2022-01") if given_at else None,
            given_at,
            withdrawn,
            withdrawn.date().replace(day=1, year=withdrawn.year + 10) if withdrawn else None,
            created,
        )


def account_rows(random: Random, book: Book) -> Iterator[Row]:
    """id, number, customer_id, kind, currency, status, opened_on, created_at."""
    for account in book.accounts:
        opened = _moment(random, date(2023, 12, 1), 30)
        yield (
            account.id,
            f"FG{account.currency.code}{account.id:07d}",
            account.customer_id,
            account.kind,
            account.currency.code,
            "open",
            opened.date(),
            opened,
        )


def card_rows(random: Random, book: Book) -> Iterator[Row]:
    """id, account_id, token, last_four, scheme, expires_on, status, created_at: for two of three customer accounts."""
    number = 0
    for account in book.accounts:
        if account.kind == "customer" and random.random() < 0.66:
            number += 1
            yield (
                number,
                account.id,
                f"tok_{random.getrandbits(96):024x}",
                f"{random.randrange(10_000):04d}",
                random.choice(("visa", "mastercard")),
                date(2032 + random.randrange(4), random.randrange(1, 13), 28),
                "blocked" if random.random() < 0.02 else "active",
                _moment(random, date(2024, 1, 1), 300),
            )


def rate_rows(book: Book) -> Iterator[Row]:
    """base_currency, quote_currency, rate_date, rate, source: each day of the year, for one euro."""
    for code, rates in book.rates.items():
        if code != "EUR":
            for day, rate in enumerate(rates):
                yield ("EUR", code, FIRST_DAY + timedelta(days=day), rate, "reference rate")


def _moment(random: Random, first: date, days: int) -> datetime:
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    return start + timedelta(seconds=random.randrange(days * 86_400))
