"""What a fingerprint sees: every changed value of every type, and no difference between equal data."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fingood.catalog import compare_fingerprints, connect, take_fingerprints
from fingood.errors import InternalError
from fingood.model.names import RelationName
from fingood.model.snapshot import Difference, Grade, Strength

# Type, a value, and another that equality, or a careless hash, takes for the same.
PAIRS = [
    ("numeric", "1.1", "1.10"), ("numeric", "'NaN'", "'Infinity'"), ("numeric(12,4)", "1.0001", "1.0002"),
    ("float8", "0.0", "'-0'"), ("float8", "'NaN'", "1"), ("float4", "0.0", "'-0'"), ("int2", "1", "2"),
    ("int4", "1", "-1"), ("int8", "9007199254740993", "9007199254740992"), ("bool", "true", "false"),
    ("interval", "'1 mon'", "'30 days'"), ("interval", "'24 hours'", "'1 day'"), ("char(3)", "'a'", "'b'"),
    ("bpchar", "'a'", "'a  '"), ("varchar(9)", "'a'", "'a '"), ("text", "'é'", "'e\u0301'"), ("jsonb", "'1'", "'1.0'"),
    ("json", "'{}'", "'{ }'"), ("inet", "'10.0.0.1'", "'10.0.0.1/31'"), ("date", "'infinity'", "'-infinity'"),
    ("timestamp", "'2024-01-01'", "'2024-01-01 00:00:00.000001'"), ("timetz", "'10:00+00'", "'11:00+01'"),
    ("timestamptz", "'2024-01-01 00:00+00'", "'2024-01-01 00:00+01'"), ("time", "'24:00'", "'00:00'"),
    ("uuid", "'00000000-0000-0000-0000-000000000001'", "'00000000-0000-0000-0000-000000000002'"),
    ("bytea", "'\\x00'", "'\\x0000'"), ("bit(3)", "B'101'", "B'100'"), ("varbit", "B'1'", "B'10'"),
    ("money", "1.01", "1.02"), ("point", "'(1,2)'", "'(1,3)'"), ("box", "'(1,2),(0,0)'", "'(2,1),(0,0)'"),
    ("circle", "'<(0,0),1>'", "'<(1,1),1>'"), ("tsvector", "'a:1'", "'a:2'"), ("tsquery", "'a'", "'b'"),
    ("int4[]", "'{1,2}'", "'[0:1]={1,2}'"), ("numeric[]", "'{1.1}'", "'{1.10}'"), ("json[]", "'{1}'", "'{2}'"),
    ("int4range", "'[1,2)'", "'empty'"), ("numrange", "'[1.1,2)'", "'[1.10,2)'"), ("mood", "'a'", "'b'"),
    ("mood[]", "'{a}'", "'{b}'"), ("pair", "'(1,)'", "'(,)'"), ("pair", "'(,)'", "NULL"), ("amount", "1.1", "1.10"),
    ("oid", "1", "2"), ("pg_lsn", "'0/1'", "'0/2'"), ("macaddr", "'00:00:00:00:00:01'", "'00:00:00:00:00:02'"),
    ("int8", "1", "4294967296"), ("int8", "-1", "4294967295"), ("int8", "-4294967297", "2"),
    ("timestamp", "'2000-01-01'", "'2000-01-01 01:11:34.967297'"), ("time", "'00:00'", "'01:11:34.967297'"),
    ("timestamptz", "'2000-01-01 00:00+00'", "'2000-01-01 01:11:34.967297+00'"),
    ("interval", "'0'", "'01:11:34.967297'"), ("numeric", "1.5", "-1.5"), ("numeric", "'Infinity'", "'-Infinity'"),
    ("numeric", "0", "'NaN'"), ("date", "'2000-01-01'", "'infinity'"), ("date", "'-infinity'", "NULL"),
    ("numeric(12,4)[]", "'{1.5}'", "'{-1.5}'"), ("int8[]", "'{1}'", "'{4294967296}'"), ("money", "1.5", "-1.5"),
    ("amount", "'NaN'", "NULL"), ("timestamptz", "'infinity'", "'-infinity'"), ("xid8", "'1'", "'4294967296'"),
    ("numeric", "1e-16383", "0"), ("float8", "'1e-323'", "'5e-324'"), ("jsonb", "'null'", "NULL"),
    ("bytea", "''", "NULL"), ("text", "''", "NULL"), ("int4range[]", "'{\"[1,2)\"}'", "'{empty}'"),
    ("numeric(12,4)", "1", "10000"), ("numeric(12,4)", "1", "0.0001"), ("numeric(12,4)", "1", "-1"),
    ("numeric(12,4)", "0", "'NaN'"), ("numeric(12,4)", "0", "1"), ("numeric", "1", "10000"), ("numeric", "1", "0.0001"),
    ("numeric", "'-Infinity'", "'NaN'"), ("euros", "1.5", "-1.5"), ("euros", "0.01", "100"), ("iso", "'a'", "'b'"),
    ("int8", "'-9223372036854775808'", "'9223372036854775807'"), ("int2", "1", "-1"), ("int8[]", "'{1}'", "'{-1}'"),
    ("name", "'a'", "'b'"), ("\"char\"", "'a'", "'b'"), ("regclass", "'t'", "'u'"),
]  # fmt: skip
TYPES = """CREATE TYPE mood AS ENUM ('a', 'b');
CREATE TYPE pair AS (x int, y text);
CREATE DOMAIN amount AS numeric;
CREATE DOMAIN euros AS numeric(12,2);
CREATE DOMAIN iso AS char(3);
"""


def run(url: str, *statements: str) -> None:
    with connect(url, read_only=False) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
        connection.commit()


def differences(url: str, *statements: str) -> tuple[Difference, ...]:
    with connect(url) as connection:
        before = take_fingerprints(connection)
    run(url, *statements)
    with connect(url) as connection:
        return compare_fingerprints(before, take_fingerprints(connection, like=before))


def test_a_changed_value_is_seen_in_every_type(postgres_url):
    """Keyed and without a key, in one table each with a column a pair."""
    run(postgres_url, *TYPES.split(";\n")[:-1], "CREATE TABLE t ()", "CREATE TABLE u ()")
    columns = ", ".join(f"c{place} {type_}" for place, (type_, _, _) in enumerate(PAIRS))
    values = ", ".join(first for _, first, _ in PAIRS)
    for table, extra in (("keyed", ", id int PRIMARY KEY"), ("keyless", ", id int")):
        run(postgres_url, f"CREATE TABLE {table} ({columns}{extra})", f"INSERT INTO {table} VALUES ({values}, 1)")
    missed = []
    with connect(postgres_url, read_only=False) as connection:
        before = take_fingerprints(connection)
        assert compare_fingerprints(before, take_fingerprints(connection)) == ()
        for place, (type_, _, second) in enumerate(PAIRS):
            for table in ("keyed", "keyless"):
                nested = connection.begin_nested()
                connection.exec_driver_sql(f"UPDATE {table} SET c{place} = {second}")
                found = compare_fingerprints(before, take_fingerprints(connection))
                nested.rollback()
                if [str(d.object) for d in found] != [f"column public.{table}.c{place}"]:
                    missed.append((table, type_, found))
    assert missed == []


def test_another_case_is_seen_under_a_collation_that_ignores_case(postgres_url):
    with connect(postgres_url) as connection:
        # A server built without ICU still lists the one collation "unicode".
        known = connection.exec_driver_sql("SELECT count(*) FROM pg_collation WHERE collprovider = 'i'").scalar()
        if known < 10:
            pytest.skip("this server is built without ICU")
    run(
        postgres_url,
        "CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level1', deterministic = false)",
        "CREATE TABLE t (id int PRIMARY KEY, v text COLLATE blind)",
        "INSERT INTO t VALUES (1, 'A')",
    )
    found = differences(postgres_url, "UPDATE t SET v = 'a'")
    assert [str(d.object) for d in found] == ["column public.t.v"]


# Two keys that a hash by ``=``, or one that folds 64 bits, takes for the same seed.
KEYS = [
    ("int8", "1", "4294967296"),
    ("numeric", "-1.5", "1.5"),
    ("numeric", "'NaN'", "'Infinity'"),
    ("timestamp", "'2000-01-01'", "'2000-01-01 01:11:34.967297'"),
    ("timestamptz", "'2000-01-01 00:00+00'", "'2000-01-01 01:11:34.967297+00'"),
    ("time", "'00:00'", "'01:11:34.967297'"),
    ("interval", "'0'", "'01:11:34.967297'"),
    ("float8", "0", "1"),
    ("bpchar", "'a'", "'b'"),
    ("uuid", "'00000000-0000-0000-0000-000000000001'", "'00000000-0000-0000-0000-000000000002'"),
    ("date", "'infinity'", "'-infinity'"),
    ("mood", "'a'", "'b'"),
    ("inet", "'10.0.0.1'", "'10.0.0.2'"),
    ("int8[]", "'{1}'", "'{4294967296}'"),
]


@pytest.mark.parametrize("strength", Strength, ids=str)
def test_rows_that_swap_values_are_seen_whatever_their_keys(postgres_url, strength):
    run(postgres_url, *TYPES.split(";\n")[:-1])
    missed = []
    with connect(postgres_url, read_only=False) as connection:
        for place, (type_, first, second) in enumerate(KEYS):
            connection.exec_driver_sql(f"CREATE TABLE t{place} (k {type_} PRIMARY KEY, v int)")
            connection.exec_driver_sql(f"CREATE TABLE p{place} (n int8, k {type_}, v int, PRIMARY KEY (n, k))")
            connection.exec_driver_sql(f"INSERT INTO t{place} VALUES ({first}, 10), ({second}, 20)")
            connection.exec_driver_sql(f"INSERT INTO p{place} VALUES (1, {first}, 10), (1, {second}, 20)")
        before = take_fingerprints(connection, strength=strength)
        for name in before:
            connection.exec_driver_sql(f"UPDATE {name.sql} SET v = 30 - v")
        found = {str(d.object) for d in compare_fingerprints(before, take_fingerprints(connection, strength=strength))}
        missed = [str(name) for name in before if f"column {name}.v" not in found]
    assert missed == []


def test_a_key_whose_scale_changes_still_names_its_row(postgres_url):
    run(postgres_url, "CREATE TABLE t (k numeric PRIMARY KEY, v int)", "INSERT INTO t VALUES (1.5, 1), (2, 2)")
    found = differences(postgres_url, "ALTER TABLE t ALTER k TYPE numeric(9,4)")
    assert [str(d.object) for d in found] == ["column public.t.k"]


def test_keys_combined_anew_are_seen_where_there_are_only_keys(postgres_url):
    run(postgres_url, "CREATE TABLE t (a int, b int, PRIMARY KEY (a, b))", "INSERT INTO t VALUES (1, 10), (2, 20)")
    found = differences(postgres_url, "DELETE FROM t", "INSERT INTO t VALUES (1, 20), (2, 10)")
    assert [(str(d.object), d.property, d.after) for d in found] == [
        ("table public.t", "rows", "combined into other rows")
    ]


def test_a_lost_key_does_not_make_other_columns_look_changed(postgres_url):
    run(postgres_url, "CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (1, 10), (2, 20)")
    found = differences(postgres_url, "ALTER TABLE t DROP id")
    assert [(str(d.object), d.grade) for d in found] == [("column public.t.id", Grade.LOST)]


# What the standard strength says that it does not see.
HIDDEN = {
    ("bpchar", "'a'", "'a  '"), ("float8", "0.0", "'-0'"), ("float4", "0.0", "'-0'"),
    ("interval", "'1 mon'", "'30 days'"), ("interval", "'24 hours'", "'1 day'"),
    ("interval", "'0'", "'01:11:34.967297'"), ("time", "'00:00'", "'01:11:34.967297'"),
    ("timestamp", "'2000-01-01'", "'2000-01-01 01:11:34.967297'"),
    ("timestamptz", "'2000-01-01 00:00+00'", "'2000-01-01 01:11:34.967297+00'"),
}  # fmt: skip


def test_the_standard_strength_is_blind_to_what_it_says_and_to_nothing_else(postgres_url):
    run(postgres_url, *TYPES.split(";\n")[:-1], "CREATE TABLE t ()", "CREATE TABLE u ()")
    with connect(postgres_url, read_only=False) as connection:
        for place, (type_, first, _) in enumerate(PAIRS):
            connection.exec_driver_sql(f"CREATE TABLE t{place} (id int PRIMARY KEY, v {type_})")
            connection.exec_driver_sql(f"INSERT INTO t{place} VALUES (1, {first})".replace("%", "%%"))
        before = take_fingerprints(connection, strength=Strength.STANDARD)
        for place, (_, _, second) in enumerate(PAIRS):
            connection.exec_driver_sql(f"UPDATE t{place} SET v = {second}")
        after = take_fingerprints(connection, strength=Strength.STANDARD)
    seen = {str(d.object) for d in compare_fingerprints(before, after)}
    missed = [pair for place, pair in enumerate(PAIRS) if f"column public.t{place}.v" not in seen]
    assert set(missed) == HIDDEN


@pytest.mark.parametrize("one", Strength, ids=str)
@pytest.mark.parametrize("other", Strength, ids=str)
def test_two_strengths_refuse_to_be_compared(postgres_url, one, other):
    run(postgres_url, "CREATE TABLE t (id int PRIMARY KEY)")
    with connect(postgres_url) as connection:
        before, after = (take_fingerprints(connection, strength=strength) for strength in (one, other))
    if one is other:
        assert compare_fingerprints(before, after) == ()
    else:
        with pytest.raises(InternalError, match="two formulas"):
            compare_fingerprints(before, after)


def test_the_two_hashes_of_the_strongest_do_not_agree(postgres_url):
    run(postgres_url, "CREATE TABLE t (id int8 PRIMARY KEY, v int, w text)", "INSERT INTO t VALUES (5, 1, 'a')")
    with connect(postgres_url) as connection:
        (taken,) = take_fingerprints(connection, strength=Strength.EXACT_128).values()
    hashes = [number for digest in taken.columns.values() for number in digest.split(":")[1:]]
    assert len(set(hashes)) == 6


def test_the_contents_of_large_objects_are_seen(postgres_url):
    run(postgres_url, "SELECT lo_from_bytea(4711, 'abc')", "SELECT lo_from_bytea(4712, 'abc')")
    found = differences(postgres_url, "SELECT lo_put(4711, 1, 'x')")
    assert [str(d.object) for d in found] == ["column pg_catalog.pg_largeobject.data"]
    lost = differences(postgres_url, "SELECT lo_unlink(4711)")
    assert [(str(d.object), d.grade) for d in lost] == [("table pg_catalog.pg_largeobject", Grade.LOST)]


def test_large_objects_that_may_not_be_read_are_counted_and_told(postgres_url):
    run(
        postgres_url,
        "SELECT lo_from_bytea(0, 'abc')",
        "DROP ROLE IF EXISTS fingood_plain",
        "CREATE ROLE fingood_plain",
    )
    with connect(postgres_url) as connection:
        connection.exec_driver_sql("SET ROLE fingood_plain")
        (taken,) = take_fingerprints(connection).values()
        assert (taken.rows, taken.columns) == (1, {})
        assert "superuser" in taken.unread
        connection.exec_driver_sql("RESET ROLE")
        assert compare_fingerprints({taken.table: taken}, take_fingerprints(connection)) == ()
    run(postgres_url, "DROP ROLE fingood_plain")


def test_the_order_of_rows_does_not_matter(postgres_url):
    run(postgres_url, "CREATE TABLE t (id int, v numeric)", "INSERT INTO t VALUES (1, 1), (2, 2), (2, 2)")
    again = ("DELETE FROM t", "INSERT INTO t VALUES (2, 2), (1, 1), (2, 2)")
    assert differences(postgres_url, *again) == ()


def test_two_rows_that_swap_values_are_seen(postgres_url):
    run(postgres_url, "CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (1, 10), (2, 20)")
    found = differences(postgres_url, "UPDATE t SET v = 30 - v")
    assert [str(d.object) for d in found] == ["column public.t.v"]


def test_two_rows_without_a_key_that_swap_values_are_seen(postgres_url):
    run(postgres_url, "CREATE TABLE t (a int, v int)", "INSERT INTO t VALUES (1, 10), (2, 20)")
    found = differences(postgres_url, "UPDATE t SET v = 30 - v")
    assert [(str(d.object), d.property) for d in found] == [("table public.t", "rows")]


def test_lost_and_added_rows_are_counted(postgres_url):
    run(postgres_url, "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t SELECT generate_series(1, 5)")
    lost = differences(postgres_url, "DELETE FROM t WHERE id > 3")
    assert [(d.grade, d.before, d.after) for d in lost] == [(Grade.LOST, "5", "3")]
    left = differences(postgres_url, "INSERT INTO t VALUES (9)")
    assert [(d.grade, d.before, d.after) for d in left] == [(Grade.LEFT, "3", "4")]


def test_a_column_made_anew_has_lost_its_values(postgres_url):
    run(postgres_url, "CREATE TABLE t (id int PRIMARY KEY, memo text)", "INSERT INTO t VALUES (1, 'a'), (2, NULL)")
    found = differences(postgres_url, "ALTER TABLE t DROP memo", "ALTER TABLE t ADD memo text")
    assert [(str(d.object), d.grade, d.before, d.after) for d in found] == [
        ("column public.t.memo", Grade.LOST, "1 of 2", "0 of 2")
    ]


def test_an_enum_or_a_wider_integer_made_anew_holds_the_same_values(postgres_url):
    run(
        postgres_url,
        "CREATE TYPE mood AS ENUM ('a', 'b')",
        "CREATE TABLE t (id int PRIMARY KEY, m mood, ms mood[])",
        "INSERT INTO t VALUES (1, 'a', '{a,b}')",
    )
    found = differences(
        postgres_url,
        "CREATE TYPE other AS ENUM ('a', 'b')",
        "ALTER TABLE t ALTER m TYPE other USING m::text::other, ALTER ms TYPE other[] USING ms::text[]::other[]",
        "ALTER TABLE t ALTER id TYPE bigint",
    )
    assert found == ()


def test_rows_stay_comparable_when_the_primary_key_is_dropped(postgres_url):
    run(postgres_url, "CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (1, 10), (2, 20)")
    assert differences(postgres_url, "ALTER TABLE t DROP CONSTRAINT t_pkey") == ()


def test_a_partitioned_table_is_read_once_through_its_root(postgres_url):
    run(
        postgres_url,
        "CREATE TABLE p (id int, v int) PARTITION BY RANGE (id)",
        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)",
        "INSERT INTO p VALUES (1, 1)",
    )
    with connect(postgres_url) as connection:
        taken = take_fingerprints(connection)
    assert {str(name): print_.rows for name, print_ in taken.items()} == {"public.p": 1}


def test_odd_names_wide_tables_and_money_sums(postgres_url):
    wide = ", ".join(f'"c %{n}" int' for n in range(1500))
    run(
        postgres_url,
        f'CREATE TABLE "Order Lines" ({wide})',
        'INSERT INTO "Order Lines" ("c %1499") VALUES (7)',
        "CREATE TABLE m (a numeric, b money)",
        "INSERT INTO m VALUES (1.10, 2.5), (2.2, 0)",
    )
    with connect(postgres_url) as connection:
        taken = take_fingerprints(connection)
    assert taken[RelationName("public", "Order Lines")].columns["c %1499"].startswith("1:")
    assert taken[RelationName("public", "m")].sums == {"a": "3.30", "b": "2.50"}


def test_hidden_rows_are_refused_not_skipped(postgres_url):
    """A user under row security would see fewer rows; the server says so instead."""
    run(
        postgres_url,
        "CREATE TABLE t (id int)",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "DROP ROLE IF EXISTS fingood_blind",
        "CREATE ROLE fingood_blind",
        "GRANT SELECT ON t TO fingood_blind",
    )
    with connect(postgres_url) as connection:
        connection.exec_driver_sql("SET ROLE fingood_blind")
        with pytest.raises(Exception, match="row-level security"):
            take_fingerprints(connection)
    run(postgres_url, "REVOKE ALL ON t FROM fingood_blind", "DROP ROLE fingood_blind")


VALUES = st.one_of(
    st.none(),
    st.integers(-(2**62), 2**62),
    st.floats(allow_nan=False),
    st.text("ab'é", max_size=3),
    st.binary(max_size=3),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(VALUES, VALUES), max_size=6), other=VALUES, data=st.data())
def test_sqlite_sees_any_changed_value_and_no_order(tmp_path: Path, rows, other, data):
    def taken(rows, name):
        path = tmp_path / name
        path.unlink(missing_ok=True)
        url = f"sqlite:///{path}"
        run(url, "CREATE TABLE t (a, b)")
        with connect(url, read_only=False) as connection:
            for row in rows:
                connection.exec_driver_sql("INSERT INTO t VALUES (?, ?)", row)
            connection.commit()
            return take_fingerprints(connection)

    before = taken(rows, "a.db")
    assert compare_fingerprints(before, taken(data.draw(st.permutations(rows)), "b.db")) == ()
    if rows and (type(other), repr(other)) != (type(rows[0][1]), repr(rows[0][1])):
        assert compare_fingerprints(before, taken([(rows[0][0], other), *rows[1:]], "b.db")) != ()
