"""Columns that are declared anew: wider ones hold the same values, another scale or length does not."""

from __future__ import annotations

import pytest
from tests.catalog.test_fingerprint import TYPES, run

from fingood.catalog import compare_fingerprints, connect, take_fingerprints
from fingood.model.snapshot import Strength

# What may become of a column without any of its values becoming another.
WIDER = [
    ("int2", "g::int2 - 4", ["int4", "int8"]),
    ("numeric(9,2)", "(g - 4) * 12.5", ["numeric(19,2)", "euros", "numeric", "amount"]),
    ("numeric(9)", "(g - 4) * 10000", ["numeric(19)", "numeric"]),
    ("char(3)", "'a' || g", ["char(9)", "iso"]),
    ("varchar(3)", "'a' || g", ["varchar(9)", "text"]),
]


@pytest.mark.parametrize("strength", Strength, ids=str)
@pytest.mark.parametrize("keyed", [True, False])
def test_a_wider_column_holds_the_same_values(postgres_url, strength, keyed):
    columns = ", ".join(f"c{place} {type_}" for place, (type_, _, _) in enumerate(WIDER))
    values = ", ".join(value for _, value, _ in WIDER)
    run(
        postgres_url,
        *TYPES.split(";\n")[:-1],
        f"CREATE TABLE t (id int{' PRIMARY KEY' if keyed else ''}, {columns})",
        f"INSERT INTO t SELECT g, {values} FROM generate_series(1, 9) g",
    )
    with connect(postgres_url, read_only=False) as connection:
        before = take_fingerprints(connection, strength=strength)
        for place, (_, _, wider) in enumerate(WIDER):
            for type_ in wider:
                connection.exec_driver_sql(f"ALTER TABLE t ALTER c{place} TYPE {type_}")
                assert compare_fingerprints(before, take_fingerprints(connection, strength=strength)) == (), type_


@pytest.mark.parametrize("strength", Strength, ids=str)
@pytest.mark.parametrize(("was", "now"), [("numeric(9,2)", "numeric(9,4)"), ("numeric(9,2)", "numeric(9)")])
def test_another_scale_is_another_value(postgres_url, strength, was, now):
    run(postgres_url, f"CREATE TABLE t (id int PRIMARY KEY, v {was})", "INSERT INTO t VALUES (1, 5), (2, -5), (3, 0)")
    with connect(postgres_url, read_only=False) as connection:
        before = take_fingerprints(connection, strength=strength)
        connection.exec_driver_sql(f"ALTER TABLE t ALTER v TYPE {now}")
        found = compare_fingerprints(before, take_fingerprints(connection, strength=strength))
    assert [str(one.object) for one in found] == ["column public.t.v"]


@pytest.mark.parametrize("strength", [Strength.EXACT, Strength.EXACT_128], ids=str)
def test_a_text_that_loses_its_length_is_another_value_for_its_blanks_count(postgres_url, strength):
    run(postgres_url, "CREATE TABLE t (id int PRIMARY KEY, v char(3))", "INSERT INTO t VALUES (1, 'a')")
    with connect(postgres_url, read_only=False) as connection:
        before = take_fingerprints(connection, strength=strength)
        connection.exec_driver_sql("ALTER TABLE t ALTER v TYPE bpchar")
        found = compare_fingerprints(before, take_fingerprints(connection, strength=strength))
    assert [str(one.object) for one in found] == ["column public.t.v"]
