"""Card numbers: every published test number is found, machine-made numbers are not, and SQL says what Python says."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fingood.catalog import connect
from fingood.validation.card_numbers import (
    TEST_NUMBERS,
    card_numbers_in,
    holds_card,
    holds_card_sql,
    holds_test_card,
    holds_test_card_sql,
)
from fingood.validation.identifiers import is_iban, luhn

IBANS = (
    "DE89370400440532013000",
    "GB29NWBK60161331926819",
    "FR1420041010050500013M02606",
    "NL91ABNA0417164300",
    "BE68539007547034",
    "AT611904300234573201",
    "ES9121000418450200051332",
    "NO9386011117947",
    "PL61109010140000071219812874",
    "CH9300762011623852957",
    "MT84MALT011000012345MTLCAST001S",
)


def grouped(digits: str, separator: str) -> str:
    """As the card prints it."""
    if len(digits) in (14, 15):
        return separator.join((digits[:4], digits[4:10], digits[10:]))
    return separator.join(digits[start : start + 4] for start in range(0, len(digits), 4))


@pytest.mark.parametrize("number", sorted(TEST_NUMBERS))
def test_every_published_test_number_is_found_however_it_is_written(number):
    assert luhn(number)
    for text in (number, grouped(number, " "), grouped(number, "-"), f"paid by {number} on 2024-01-15, thanks"):
        assert number in card_numbers_in(text)
    assert holds_test_card(number)


def test_a_card_is_found_next_to_other_digits():
    assert holds_card("2024-01-15 4929 1234 5678 9015 12/27")
    assert holds_card("4929123456789015,5555")


def machine_made() -> dict[str, list[str]]:
    chance = random.Random(7)
    instants = [datetime(2001, 9, 10, tzinfo=UTC) + timedelta(seconds=chance.uniform(0, 8e8)) for _ in range(10_000)]
    seconds = [instant.timestamp() for instant in instants]
    return {
        "ms": [str(int(second * 1e3)) for second in seconds],
        "us": [str(int(second * 1e6)) for second in seconds],
        "ns": [str(int(second * 1e9)) for second in seconds],
        "stamp": [instant.strftime("%Y%m%d%H%M%S") for instant in instants],
        "stamp2": [instant.strftime("%Y%m%d%H%M%S%f")[:16] for instant in instants],
        "snowflake": [str(((int(second * 1e3) - 1288834974657) % 2**41) << 22 | 4095) for second in seconds],
        "snowflake of 19 digits": [str(chance.randrange(10**18, 2**63)) for _ in range(10_000)],
        "snowflake of 18 digits": [str(chance.randrange(10**17, 10**18)) for _ in range(10_000)],
        "fraction": [f"0.{chance.randrange(10**15, 10**16)}" for _ in range(10_000)],
    }


@pytest.mark.parametrize("kind", list(machine_made()))
def test_times_and_made_ids_are_no_cards(kind):
    assert [text for text in machine_made()[kind] if card_numbers_in(text)] == []


def made_iban(body: str, country: str) -> str:
    digits = "".join(str(int(character, 36)) for character in f"{body}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{body}"


def test_valid_ibans_are_no_cards():
    chance = random.Random(7)
    made = [made_iban(str(chance.randrange(10**17, 10**18)), "DE") for _ in range(10_000)]
    made += [made_iban(str(chance.randrange(10**15, 10**16)), "AT") for _ in range(10_000)]
    assert all(is_iban(one) for one in (*IBANS, *made))
    for one in (*IBANS, *made):
        assert not card_numbers_in(one), one
        assert not card_numbers_in(f"from {grouped(one, ' ')} today"), one
        assert not card_numbers_in(one, named=True), one


def test_at_most_four_in_a_hundred_random_numbers_of_16_digits_are_taken_for_cards():
    chance = random.Random(7)
    texts = [f"{chance.randrange(10**16):016d}" for _ in range(10_000)]
    assert 200 <= sum(map(holds_card, texts)) <= 400


def asked(url: str, texts: list[str], condition: str) -> list[bool]:
    values = ", ".join("($fg$" + text + "$fg$)" for text in texts)
    sql = f"SELECT {condition} AS found FROM (VALUES {values}) t (x)"
    with connect(url) as connection:
        rows = connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
        return [bool(row[0]) for row in rows]


PIECES = st.one_of(
    st.sampled_from([*sorted(TEST_NUMBERS), *IBANS, "4929123456789015", "5212345678901234", " ", "-", ".", "DE", "€"]),
    st.from_regex(r"\A[2-6][0-9]{11,18}\Z"),
    st.from_regex(r"\A[0-9]{1,7}[ -]\Z"),
    st.text("0123456789 -.,AZaz", max_size=9),
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, min_size=30, max_size=60))
def test_postgresql_finds_what_python_finds(postgres, texts):
    texts = [*texts, *(grouped(number, "-") for number in sorted(TEST_NUMBERS))]
    for named in (False, True):
        expected = [holds_card(text, named=named) for text in texts]
        assert asked(postgres.url, texts, holds_card_sql("t.x", named=named)) == expected
        expected = [holds_test_card(text, named=named) for text in texts]
        assert asked(postgres.url, texts, holds_test_card_sql("t.x", named=named)) == expected
