"""Rows that show a loss, without showing what real rows hold."""

from __future__ import annotations

import pytest

from fingood.catalog import DifferentRow
from fingood.rollback.examples import _example


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("-123.4567", "-123.4600", "-•••.4567 → -•••.4600"),
        ("99.9950", "100.00", "••.9950 → •••.00"),
        ("123", "456", "••• → ••• (another value)"),
        ("Asha", "Ravi", "4 characters → 4 characters (another value)"),
        ("1.10", None, "•.10 → NULL"),
    ],
)
def test_a_real_value_shows_what_changed_but_not_the_amount(before: str, after: str | None, shown: str) -> None:
    example = _example(DifferentRow(key=("17",), before=before, after=after), ("id",), real=True)
    assert f"{example.before} → {example.after}" == shown


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("17", "17"),
        ("2024-02-29", "2024-02-29"),
        ("0b0e7d3c-5b1f-4c7e-9d55-0a3c5f7f2f11", "0b0e7d3c-5b1f-4c7e-9d55-0a3c5f7f2f11"),
        ("asha@bank.example", "17 characters"),
        ("12.50", "••.50"),
    ],
)
def test_a_real_rows_key_is_named_unless_it_may_say_who_it_is(key: str, shown: str) -> None:
    row = DifferentRow(key=(key,), before="1.2", after="1.3")
    assert _example(row, ("id",), real=True).key == f"id {shown}"
    assert _example(row, ("id",), real=False).key == f"id {key}"


def test_a_generated_value_is_shown_as_it_is() -> None:
    example = _example(DifferentRow(key=("17",), before="1.2345", after="1.23"), ("id",), real=False)
    assert (example.key, example.before, example.after) == ("id 17", "1.2345", "1.23")
