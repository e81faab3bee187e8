"""What holds for every table: order does not matter, one changed value is seen, parts add up, scans run in parallel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from fingood.catalog import KeyRange, add_up, compare_fingerprints, connect, take_fingerprints
from fingood.errors import InternalError
from fingood.model.names import RelationName
from fingood.model.snapshot import Fingerprint, Strength

# Columns with literals that lie close together under ``=``, under folding, or under addition.
VALUES = {
    "int8": ["0", "1", "-1", "4294967295", "4294967296", "-4294967297", "9223372036854775807", "-9223372036854775808"],
    "numeric": ["0", "0.00", "1.5", "-1.5", "1.50", "1e40", "-1e-20", "NaN", "Infinity", "-Infinity"],
    "float8": ["0", "-0", "1", "NaN", "Infinity", "5e-324"],
    "text": ["", "a", "A", "a ", "é", "\\", "'", "1.5"],
    "char(3)": ["", "a", "ab"],
    "timestamptz": ["infinity", "-infinity", "2000-01-01 00:00+00", "2000-01-01 01:11:34.967297+00", "4713-01-01 BC"],
    "interval": ["0", "1 mon", "30 days", "720:00:00", "01:11:34.967297"],
    "jsonb": ["1", "1.0", "[1]", "null"],
    "bytea": ["", "\\x00", "\\x0000"],
}
TYPES = tuple(VALUES)
ROW = st.tuples(*(st.none() | st.sampled_from(values) for values in VALUES.values()))
KEY = st.tuples(st.sampled_from(VALUES["int8"]), st.sampled_from(["a", "A", "", "'", "b\\"]))
ROWS = st.dictionaries(KEY, ROW, max_size=5)
# Each law is tried so often for every strength, with and without a key: a hundred times and more in all.
LAW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
T, U = RelationName("public", "t"), RelationName("public", "u")


@pytest.fixture
def laws(postgres_url: str) -> Iterator[Laws]:
    columns = ", ".join(f"c{place} {type_}" for place, type_ in enumerate(TYPES))
    with connect(postgres_url, read_only=False) as connection:
        for name in "tu":
            connection.exec_driver_sql(f'CREATE TABLE {name} (k int8, "K 2" text, {columns}, PRIMARY KEY (k, "K 2"))')
        yield Laws(connection)


class Laws:
    """Two tables alike, filled and read inside savepoints."""

    def __init__(self, connection) -> None:
        self.connection = connection

    @contextmanager
    def holding(self, table: str, rows) -> Iterator[None]:
        nested = self.connection.begin_nested()
        marks = ", ".join(["%s"] * (len(TYPES) + 2))
        for row in rows:
            self.connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({marks})", row)
        try:
            yield
        finally:
            nested.rollback()

    def without_key(self) -> None:
        for name in "tu":
            self.connection.exec_driver_sql(f"ALTER TABLE {name} DROP CONSTRAINT {name}_pkey")

    def take(self, strength: Strength, table: RelationName = T, within: KeyRange | None = None) -> Fingerprint:
        return take_fingerprints(self.connection, [table], strength=strength, within=within)[table]


def flat(rows) -> list[tuple[str | None, ...]]:
    return [(*key, *values) for key, values in rows.items()]


@pytest.mark.parametrize("strength", Strength, ids=str)
@pytest.mark.parametrize("keyed", [True, False])
def test_equal_rows_in_any_order_and_in_shards_are_equal(laws, strength, keyed):
    if not keyed:
        laws.without_key()

    @LAW
    @given(rows=ROWS, data=st.data())
    def law(rows, data):
        listed = flat(rows)
        cut = data.draw(st.integers(0, len(listed)))
        with laws.holding("t", listed):
            whole = laws.take(strength)
        shuffled = data.draw(st.permutations(listed))
        with laws.holding("t", shuffled):
            assert laws.take(strength) == whole
        with laws.holding("t", shuffled[:cut]), laws.holding("u", shuffled[cut:]):
            assert add_up([laws.take(strength, T), laws.take(strength, U)]) == whole

    law()


@pytest.mark.parametrize("strength", Strength, ids=str)
def test_chunks_of_the_key_add_up(laws, strength):
    @LAW
    @given(rows=ROWS, points=st.lists(KEY, max_size=3))
    def law(rows, points):
        with laws.holding("t", flat(rows)):
            named = {"numbers": [p[0] for p in points], "texts": [p[1] for p in points]}
            bounds = [None, *laws.connection.exec_driver_sql(ORDERED, named)]
            bounds = [bound and tuple(map(str, bound)) for bound in [*bounds, None]]
            ranges = [KeyRange(after=a, until=b) for a, b in pairwise(bounds)]
            assert add_up(laws.take(strength, T, within) for within in ranges) == laws.take(strength)

    law()


ORDERED = "SELECT DISTINCT * FROM unnest(%(numbers)s::int8[], %(texts)s::text[]) ORDER BY 1, 2"


@pytest.mark.parametrize("strength", [Strength.EXACT, Strength.EXACT_128], ids=str)
@pytest.mark.parametrize("keyed", [True, False])
def test_one_changed_value_is_always_seen_and_placed(laws, strength, keyed):
    if not keyed:
        laws.without_key()

    @LAW
    @given(rows=ROWS, data=st.data())
    def law(rows, data):
        listed = flat(rows)
        assume(listed)
        row = data.draw(st.integers(0, len(listed) - 1))
        place = data.draw(st.integers(0, len(TYPES) - 1))
        other = data.draw(st.none() | st.sampled_from(VALUES[TYPES[place]]))
        identity = f"SELECT format('%%s', %s::{TYPES[place]}), %s::{TYPES[place]} IS NULL"
        was, now = (
            laws.connection.exec_driver_sql(identity, (value, value)).one() for value in (listed[row][place + 2], other)
        )
        changed = [*listed[row]]
        changed[place + 2] = other
        with laws.holding("t", listed):
            before = laws.take(strength)
        with laws.holding("t", [*listed[:row], tuple(changed), *listed[row + 1 :]]):
            found = compare_fingerprints({T: before}, {T: laws.take(strength)})
        assert [str(d.object) for d in found] == ([] if was == now else [f"column public.t.c{place}"])

    law()


# Numbers of the same digits, whose hashes differ in their lowest bits alone or not at all, and integers of equal folds.
NUMBERS = ["0", "1", "-1", "10000", "0.0001", "-10000", "NaN", "2", "20000"]
TRADED = {
    "numeric(12,4)": NUMBERS,
    "numeric": [*NUMBERS, "1.0", "Infinity", "-Infinity"],
    "int8": ["0", "1", "2", "-1", "-2", "4294967295", "4294967296", "4294967297", "8589934592", "-4294967296"],
    "int4": ["0", "1", "-1", "2", "3", "10000"],
    "char(3)": ["", "a", "ab"],
}
# Two and two that fold to the same 32 bits.
FOLDING = [1, 4294967296, 2, 8589934592, 3, 4294967298, -1, 4294967295, 0, 4294967297, -4294967296]


@pytest.mark.parametrize("strength", Strength, ids=str)
@pytest.mark.parametrize("key", ["int8", "uuid"])
def test_rows_that_trade_values_are_always_seen(postgres_url, strength, key):
    """Whatever the rows' values before and after, also where keys and values are alike under folding."""
    columns = ", ".join(f"c{place} {type_}" for place, type_ in enumerate(TRADED))
    shown = ", ".join(f"array_agg(format('%%s', c{place}) ORDER BY k)" for place in range(len(TRADED)))
    marks = ", ".join(["%s"] * (len(TRADED) + 1))
    cells = st.tuples(*(st.sampled_from(values) for values in TRADED.values()))

    with connect(postgres_url, read_only=False) as connection:
        connection.exec_driver_sql(f"CREATE TABLE t (k {key} PRIMARY KEY, {columns})")

        def taken(rows):
            nested = connection.begin_nested()
            for number, values in rows.items():
                name = str(number) if key == "int8" else f"{number % 2**64:032x}"
                connection.exec_driver_sql(f"INSERT INTO t VALUES ({marks})", (name, *values))
            found = take_fingerprints(connection, [T], strength=strength)[T]
            values = connection.exec_driver_sql(f"SELECT {shown} FROM t", ()).one()
            nested.rollback()
            return found.columns, values

        @settings(LAW, max_examples=60)
        @given(data=st.data(), keys=st.lists(st.sampled_from(FOLDING), min_size=2, max_size=4, unique=True))
        def law(data, keys):
            was = {one: data.draw(cells) for one in keys}
            now = {one: data.draw(cells) for one in keys}
            (before, old), (after, new) = taken(was), taken(now)
            for place in range(len(TRADED)):
                assert (before[f"c{place}"] == after[f"c{place}"]) == (old[place] == new[place])

        law()


@pytest.mark.parametrize("strength", Strength, ids=str)
@pytest.mark.parametrize("type_", TRADED)
def test_two_rows_that_swap_any_two_of_these_values_are_seen(postgres_url, strength, type_):
    """A column for each pair of values and one for the pair swapped, under keys of equal folds and others."""
    pairs = list(combinations(TRADED[type_], 2))
    columns = ", ".join(f"a{n} {type_}, b{n} {type_}" for n in range(len(pairs)))
    first = ", ".join(f"'{one}', '{other}'" for one, other in pairs)
    second = ", ".join(f"'{other}', '{one}'" for one, other in pairs)
    missed = []
    with connect(postgres_url, read_only=False) as connection:
        for low, high in [*zip(FOLDING[::2], FOLDING[1::2], strict=False), (1, 2), (0, 1), (-1, 0)]:
            nested = connection.begin_nested()
            connection.exec_driver_sql(f"CREATE TABLE t (k int8 PRIMARY KEY, {columns})")
            connection.exec_driver_sql(f"INSERT INTO t VALUES ({low}, {first}), ({high}, {second})")
            found = take_fingerprints(connection, [T], strength=strength)[T].columns
            nested.rollback()
            missed += [(low, high, pair) for n, pair in enumerate(pairs) if found[f"a{n}"] == found[f"b{n}"]]
    assert missed == []


@pytest.mark.parametrize("strength", Strength, ids=str)
def test_partitions_add_up_to_their_root(postgres_url, strength):
    names = [RelationName("public", name) for name in ("p", "p1", "p 2")]
    with connect(postgres_url, read_only=False) as connection:
        for statement in (
            "CREATE TABLE p (id int, amount numeric(12,2), PRIMARY KEY (id)) PARTITION BY RANGE (id)",
            "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (50)",
            'CREATE TABLE "p 2" PARTITION OF p FOR VALUES FROM (50) TO (200)',
            "INSERT INTO p SELECT g, g / 3.0 FROM generate_series(1, 100) g",
            "UPDATE p SET amount = 'NaN' WHERE id = 70",
        ):
            connection.exec_driver_sql(statement)
        root, *parts = take_fingerprints(connection, names, strength=strength).values()
    assert replace(add_up(parts), table=root.table) == root
    assert root.sums == {"amount": "NaN"}


def test_what_does_not_belong_together_is_not_added(laws):
    exact, strong = laws.take(Strength.EXACT), laws.take(Strength.EXACT_128)
    for parts in ([], [exact, strong], [exact, replace(exact, key=("k",))], [exact, replace(exact, columns={})]):
        with pytest.raises(InternalError):
            add_up(parts)


@pytest.mark.parametrize("strength", Strength, ids=str)
def test_the_server_may_scan_in_parallel(postgres_url, strength):
    """Two tables in one query, one with a key of two columns, which takes an inner query."""
    with connect(postgres_url, read_only=False) as connection:
        for statement in (
            "CREATE TABLE a (id int8 PRIMARY KEY, amount numeric(20,4), at timestamptz, memo text)",
            "CREATE TABLE b (id int8, at timestamptz, amount numeric, PRIMARY KEY (id, at))",
            "INSERT INTO a SELECT g, g, now(), g FROM generate_series(1, 3000) g",
            "INSERT INTO b SELECT g, now(), g FROM generate_series(1, 3000) g",
            "SET min_parallel_table_scan_size = 0",
            "SET parallel_setup_cost = 0",
            "SET parallel_tuple_cost = 0",
            "ANALYZE",
        ):
            connection.exec_driver_sql(statement)
        ran: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda c, cursor, sql, *rest: ran.append(sql))
        alone = take_fingerprints(connection, strength=strength)
        (query,) = [sql for sql in ran if " AS place, " in sql and "sum(" in sql]
        plan = "\n".join(
            line
            for (line,) in connection.exec_driver_sql(f"EXPLAIN {query}", execution_options={"no_parameters": True})
        )
        connection.exec_driver_sql("SET max_parallel_workers_per_gather = 0")
        assert take_fingerprints(connection, strength=strength) == alone
    assert plan.count("Workers Planned") == 2, plan
    assert plan.count("Partial Aggregate") == 2, plan
    assert plan.count("Parallel Seq Scan") == 2, plan
