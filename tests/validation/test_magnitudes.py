"""First digits and places are those of the amounts, whatever type they are stored in."""

from __future__ import annotations

import pytest

from fingood.catalog import connect
from fingood.validation import look_over
from fingood.validation.invariants.base import Look
from fingood.validation.magnitudes import Bucket, amounts_of, at_share, spreads_of

AMOUNTS = ("0.05", "0.7", "-1", "9.99", "10", "-123.4", "1000000", "0", "NULL", "'NaN'")
EXPECTED = {(0, 5): 1, (0, 7): 1, (1, 1): 1, (1, 9): 1, (2, 1): 1, (3, 1): 1, (7, 1): 1}


@pytest.mark.parametrize("type_", ["numeric", "numeric(18, 4)", "double precision"])
@pytest.mark.parametrize("fixture", ["postgres", "sqlite"])
def test_digits_and_places(request: pytest.FixtureRequest, fixture: str, type_: str) -> None:
    bank = request.getfixturevalue(fixture)
    rows = ", ".join(f"({number}, {amount}, 'EUR')" for number, amount in enumerate(AMOUNTS))
    bank.run(f"CREATE TABLE payments (id bigint PRIMARY KEY, amount {type_}, currency char(3) NOT NULL)")
    bank.run(f"INSERT INTO payments VALUES {rows}")
    with connect(bank.url) as connection:
        known = look_over(connection)
        look = Look(connection=connection, recognised=known, today=None)  # type: ignore[arg-type]
        (table,) = known.tables
        (column,) = amounts_of(table)
        spread = spreads_of(table, column, look)["EUR"]
    assert {(bucket.places, bucket.digit): count for bucket, count in spread.items()} == EXPECTED


def test_a_share_is_found_by_counting_from_the_smallest() -> None:
    spread = {Bucket(3, 2): 1, Bucket(1, 5): 98, Bucket(2, 1): 1}
    assert [at_share(spread, share) for share in (0.05, 0.98, 0.99, 1)] == [
        Bucket(1, 5),
        Bucket(1, 5),
        Bucket(2, 1),
        Bucket(3, 2),
    ]
    assert (Bucket(3, 2).lower, Bucket(3, 2).upper, Bucket(0, 7).lower, Bucket(0, 7).upper) == (200, 300, 0, 1)
