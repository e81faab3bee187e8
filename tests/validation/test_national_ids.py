"""E-mail addresses and identity numbers in texts: known ones are found, near misses are not, PostgreSQL agrees."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fingood.catalog import connect
from fingood.validation.national_ids import holds_email, holds_email_sql, holds_national_id, holds_national_id_sql

NUMBERS = [
    "SSN 536-90-4399.",
    "dni 12345678Z",
    "12345678-Z",
    "NIE X1234567L",
    "pesel 44051401359, Anna",
    "1 85 05 78 006 084 91",
    "185057800608491",
    "NI: AB 12 34 56 C",
    "national insurance AB123456C",
]
NO_NUMBERS = [
    "000-12-3456",
    "666-12-3456",
    "912-12-3456",
    "536-00-4399",
    "536-90-0000",
    "078-05-1120",
    "1536-90-4399",
    "2024-01-15",
    "12345678A",
    "00000000T",
    "44051401358",
    "44991401359",
    "185057800608492",
    "AB123456C",
    "BG 12 34 56 C",
    "+48601234567",
    "DE89 3704 0044 0532 0130 00",
    "1700000000000",
    "",
]
EMAILS = ["anna.k@bank.co.uk", "to <a_b+c@x-y.de>", "a@example.com.de", "a@notexample.com"]
NO_EMAILS = ["a@b", "@bank.de", "5 @ 3.50", "x@example.com", "x@sub.example.org.", "x@host.test", "user@upi", ""]


@pytest.mark.parametrize("text", NUMBERS)
def test_identity_numbers_are_found_inside_a_text(text: str) -> None:
    assert holds_national_id(f"x {text}")


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_only_resembles_one_is_not(text: str) -> None:
    assert not holds_national_id(f"x {text}")


def test_addresses_are_found_and_those_of_nobody_are_not() -> None:
    assert [text for text in EMAILS if not holds_email(text)] == []
    assert [text for text in NO_EMAILS if holds_email(text)] == []


KNOWN = [*NUMBERS, *NO_NUMBERS, *EMAILS, *NO_EMAILS]
TEXTS = st.one_of(
    st.sampled_from(KNOWN),
    st.tuples(st.sampled_from([one for one in KNOWN if one]), st.integers(0, 99), st.sampled_from("0189 -.@AXZé+")).map(
        lambda at: at[0][: at[1] % len(at[0])] + at[2] + at[0][at[1] % len(at[0]) + 1 :]
    ),
    st.text("0123456789ABCXZ -.@é", max_size=24),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, min_size=40, max_size=80))
def test_postgresql_says_what_python_says(postgres, texts) -> None:
    values = ", ".join("($fg$" + text + "$fg$)" for text in [*texts, *KNOWN])
    for holds, sql in ((holds_email, holds_email_sql), (holds_national_id, holds_national_id_sql)):
        with connect(postgres.url) as connection:
            asked = f"SELECT {sql('t.x')} FROM (VALUES {values}) t (x)"
            rows = connection.exec_driver_sql(asked, execution_options={"no_parameters": True}).fetchall()
        assert [text for text, (said,) in zip([*texts, *KNOWN], rows, strict=True) if said != holds(text)] == []
