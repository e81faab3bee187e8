"""Which rows differ between two databases: found by key, counted, and shown as they are."""

from __future__ import annotations

import warnings

import pytest
from sqlalchemy import event

from fingood.catalog import DifferentColumn, DifferentRow, bisection, connect, find_different_rows
from fingood.model.names import RelationName

T = RelationName("public", "t")
MANY = "INSERT INTO t SELECT g, g * 1.5, 'memo ' || g FROM generate_series(1, 20000) g"
LEDGER = "CREATE TABLE t (id int8 PRIMARY KEY, amount numeric, memo text)"


@pytest.fixture
def two(new_postgres_url):
    """Fills two databases alike, changes the second, and says how they differ."""

    def find(made, changed, key, columns, *, table=T):
        urls = [new_postgres_url(), new_postgres_url()]
        for url, statements in zip(urls, (made, (*made, *changed)), strict=True):
            with connect(url, read_only=False) as connection:
                for statement in statements:
                    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
                connection.commit()
        with connect(urls[0]) as before, connect(urls[1]) as after, warnings.catch_warnings():
            warnings.simplefilter("error")
            for connection in (before, after):
                event.listen(connection, "after_cursor_execute", lambda c, cursor, *rest: found.append(cursor.rowcount))
            found: list[int] = []
            rows = find_different_rows(before, after, table, key, columns)
            find.most_fetched = max(found)
            return rows

    return find


def test_one_changed_value_of_many_is_found_without_fetching_them_all(two):
    found = two([LEDGER, MANY], ["UPDATE t SET amount = 7 WHERE id = 12345"], ("id",), ("amount", "memo"))
    assert dict(found.columns) == {
        "amount": DifferentColumn(count=1, first=(DifferentRow(key=("12345",), before="18517.5", after="7"),))
    }
    assert (found.rows, found.missing, found.added, found.complete) == (20_000, 0, 0, True)
    assert two.most_fetched <= bisection.FEW_ROWS


def test_missing_and_added_rows_are_counted_and_named(two):
    changed = ["DELETE FROM t WHERE id IN (1, 777, 20000)", "INSERT INTO t VALUES (-5, 1, 'x'), (99999, 1, 'y')"]
    found = two([LEDGER, MANY], changed, ("id",), ("amount",))
    assert (found.missing, found.missing_keys) == (3, (("1",), ("777",), ("20000",)))
    assert (found.added, found.added_keys) == (2, (("-5",), ("99999",)))
    assert not found.columns


def test_scattered_changes_are_counted_exactly(two):
    found = two([LEDGER, MANY], ["UPDATE t SET memo = 'other' WHERE id % 997 = 0"], ("id",), ("amount", "memo"))
    assert (found.columns["memo"].count, found.complete, list(found.columns)) == (20, True, ["memo"])
    assert [row.key for row in found.columns["memo"].first] == [("997",), ("1994",), ("2991",)]


def test_values_that_only_have_another_scale_say_so(two):
    made = ["CREATE TABLE t (id int PRIMARY KEY, amount numeric)", "INSERT INTO t VALUES (1, 1.1000), (2, 2.0000)"]
    found = two(made, ["UPDATE t SET amount = amount::numeric(9,2)"], ("id",), ("amount",))
    assert (found.columns["amount"].count, found.columns["amount"].scales) == (2, (4, 2))
    found = two(made, ["UPDATE t SET amount = round(amount)"], ("id",), ("amount",))
    assert found.columns["amount"].scales is None


def test_where_everything_differs_what_is_counted_is_a_lower_bound(two, monkeypatch):
    monkeypatch.setattr("fingood.catalog.rows.MOST_ROWS", 5_000)
    found = two([LEDGER, MANY], ["UPDATE t SET amount = amount + 1"], ("id",), ("amount",))
    assert not found.complete
    assert 0 < found.columns["amount"].count < 20_000
    assert found.columns["amount"].first[0] == DifferentRow(key=("1",), before="1.5", after="2.5")
    assert two.most_fetched <= 5_000


KEYS = [
    ("text", "md5(g::text)"),
    ('text COLLATE "C"', "chr(39) || g || chr(92)"),
    ("uuid", "md5(g::text)::uuid"),
    ("timestamptz", "'2000-01-01 00:00+00'::timestamptz + g * interval '1 s'"),
    ("numeric(12,3)", "g / 8.0"),
    ("float8", "g / 3.0"),
    ("char(9)", "g::text"),
    ("date", "'2000-01-01'::date + g"),
    ("bytea", "int4send(g)"),
    ("positive", "g"),
    ("point_", "(g, 'x')::point_"),
    ("int[]", "ARRAY[g, 1]"),
    ("boolean_", "'on ' || g"),
]


@pytest.mark.parametrize(("type_", "value"), KEYS, ids=[type_ for type_, _ in KEYS])
def test_a_change_is_found_by_any_key(two, type_, value):
    made = [
        "CREATE DOMAIN positive AS int CHECK (VALUE > 0)",
        "CREATE DOMAIN boolean_ AS text",
        "CREATE TYPE point_ AS (x int, y text)",
        f'CREATE TABLE "T %" (a int, "K ""1" {type_}, v int, PRIMARY KEY (a, "K ""1"))',
        f'INSERT INTO "T %" SELECT g % 3, {value}, g FROM generate_series(1, 5000) g',
    ]
    changed = ['UPDATE "T %" SET v = -v WHERE v IN (17, 4000)', 'DELETE FROM "T %" WHERE v = 2500']
    name = RelationName("public", "T %")
    found = two(made, changed, ("a", 'K "1'), ("v",), table=name)
    assert (found.columns["v"].count, found.missing, found.added, found.complete) == (2, 1, 0, True)
    assert {(row.before, row.after) for row in found.columns["v"].first} == {("17", "-17"), ("4000", "-4000")}
    assert two.most_fetched <= bisection.FEW_ROWS


def test_a_wider_key_names_the_same_rows(two):
    changed = ["ALTER TABLE t ALTER id TYPE int4", "UPDATE t SET memo = NULL WHERE id = 3"]
    found = two([LEDGER, MANY], changed, ("id",), ("memo",))
    assert found.columns["memo"].first == (DifferentRow(key=("3",), before="memo 3", after=None),)


@pytest.mark.parametrize(
    "changed", ["DROP TABLE t", "ALTER TABLE t DROP id", "ALTER TABLE t ALTER id TYPE text"], ids=str
)
def test_rows_without_a_counterpart_are_not_compared(two, changed):
    assert two([LEDGER, MANY], [changed], ("id",), ("memo",)) is None


def test_a_column_that_is_gone_has_lost_its_values(two):
    found = two(
        [LEDGER, MANY, "UPDATE t SET memo = NULL WHERE id < 3"], ["ALTER TABLE t DROP memo"], ("id",), ("memo",)
    )
    assert found.columns["memo"].count == 19_998
    assert found.columns["memo"].first[0] == DifferentRow(key=("3",), before="memo 3", after=None)


def test_keys_that_are_no_longer_unique_or_filled_still_pair_rows(two):
    changed = [
        "ALTER TABLE t DROP CONSTRAINT t_pkey, ALTER id DROP NOT NULL",
        "INSERT INTO t SELECT * FROM t WHERE id IN (5, 6)",
        "UPDATE t SET id = NULL WHERE id = 9000",
    ]
    found = two([LEDGER, MANY], changed, ("id",), ("memo",))
    assert (found.added, found.missing, found.missing_keys) == (3, 1, (("9000",),))


def test_sqlite_rows_are_compared_with_their_storage_class(tmp_path):
    urls = [f"sqlite:///{tmp_path / name}" for name in ("a.db", "b.db")]
    for url, value in zip(urls, ("1.0", "'1.0'"), strict=True):
        with connect(url, read_only=False) as connection:
            connection.exec_driver_sql("CREATE TABLE t (id integer PRIMARY KEY, v)")
            connection.exec_driver_sql(f"INSERT INTO t VALUES (1, {value}), (2, x'00'), (3, NULL)")
            connection.commit()
    with connect(urls[0]) as before, connect(urls[1]) as after:
        found = find_different_rows(before, after, RelationName(None, "t"), ("id",), ("v",))
    assert dict(found.columns) == {
        "v": DifferentColumn(count=1, first=(DifferentRow(key=("1",), before="1.0", after="1.0"),))
    }
