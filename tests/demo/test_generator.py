"""The reference ledger's data: balanced, exact, and the same for the same seed."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingood.demo.entries import Entry, draw_entries
from fingood.demo.money import CURRENCIES, convert
from fingood.demo.rows import Book, open_book


def book(seed: int = 1, customers: int = 25) -> Book:
    return open_book(Random(seed), customers)


@settings(max_examples=60, deadline=None)
@given(postings=st.integers(2, 400), seed=st.integers(0, 2**32))
def test_exactly_as_many_postings_are_drawn_as_were_asked_for(postings: int, seed: int) -> None:
    entries = draw_entries(Random(seed), book(seed), postings)
    assert sum(len(entry.legs) for entry in entries) == postings


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_every_entry_adds_up_to_zero_in_each_currency(seed: int) -> None:
    for entry in draw_entries(Random(seed), book(seed), 300):
        sums: dict[str, int] = defaultdict(int)
        for account, amount in entry.legs:
            assert amount != 0
            sums[account.currency.code] += amount
        assert set(sums.values()) == {0}, entry


def entries(postings: int = 3_000) -> list[Entry]:
    return list(draw_entries(Random(5), book(), postings))


def test_an_exchange_passes_through_the_conversion_accounts_of_both_currencies() -> None:
    exchanges = [entry for entry in entries() if entry.kind == "fx"]
    assert exchanges
    for entry in exchanges:
        conversions = [account for account, _ in entry.legs if account.kind == "fx_conversion"]
        assert len({account.currency.code for account in conversions}) == 2


def test_value_dates_fall_on_working_days_and_not_before_booking() -> None:
    for entry in entries():
        assert entry.value_date.weekday() < 5
        assert 0 <= (entry.value_date - entry.booked_at.date()).days <= 2
        assert entry.value_date.year == 2024


def test_the_same_seed_draws_the_same_and_another_seed_another() -> None:
    assert entries() == entries()
    assert list(draw_entries(Random(6), book(), 3_000)) != entries()


@pytest.mark.parametrize(
    ("code", "minor", "shown"),
    [
        ("JPY", 1234, "1234"),
        ("USD", -5, "-0.05"),
        ("BHD", 1001, "1.001"),
        ("CLF", -123_456, "-12.3456"),
        ("EUR", 100, "1.00"),
    ],
)
def test_amounts_are_written_in_the_currencys_minor_units(code: str, minor: int, shown: str) -> None:
    assert CURRENCIES[code].text(minor) == shown


def test_conversion_is_exact_and_rounds_half_to_even() -> None:
    yen, dinar = CURRENCIES["JPY"], CURRENCIES["BHD"]
    assert convert(10_000, yen, dinar, Decimal("0.0024995")) == 24_995
    assert convert(5, yen, dinar, Decimal("0.0005")) == 2
    assert convert(7, yen, dinar, Decimal("0.0005")) == 4
