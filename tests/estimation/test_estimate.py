"""The estimate of a revision on a real target: what depends on rows is measured and scaled, what does not is not."""

from __future__ import annotations

from collections.abc import Callable

from fingood.model.action import LockMode
from fingood.model.estimate import Basis
from fingood.model.names import RelationName

ENTRIES = """
CREATE SCHEMA ledger;
CREATE TABLE ledger.accounts (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE ledger.entries (
    id bigint PRIMARY KEY, account_id bigint NOT NULL, amount numeric(18, 2) NOT NULL CHECK (amount <> 0),
    currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'), status text, booked_at timestamptz, note varchar(60)
);
CREATE INDEX ON ledger.entries (account_id);
INSERT INTO ledger.accounts SELECT n, 'account ' || n FROM generate_series(1, 1000) n;
INSERT INTO ledger.entries
SELECT n, 1 + n % 1000, 1 + (n % 977)::numeric / 100, CASE WHEN n % 3 = 0 THEN 'USD' ELSE 'EUR' END,
       CASE WHEN n % 10 = 0 THEN 'pending' ELSE 'booked' END,
       timestamptz '2024-01-01' + n * interval '1 min', md5(n::text)
  FROM generate_series(1, 60000) n
"""
ENTRIES_TABLE = RelationName("ledger", "entries")


def test_what_reads_or_writes_rows_is_scaled_to_the_targets_rows(estimate: Callable) -> None:
    plan, found = estimate(
        ENTRIES,
        """
op.execute("ALTER TABLE ledger.entries ALTER status SET NOT NULL")
op.create_index("ix_note", "entries", ["note"], schema="ledger")
op.execute("UPDATE ledger.entries SET status = 'done' WHERE status = 'pending'")
op.add_column("entries", sa.Column("kind", sa.Text()), schema="ledger")
""",
    )
    assert [one.basis for one in found.statements] == [Basis.SCALED, Basis.SCALED, Basis.SCALED, Basis.CONSTANT]
    assert [one.index for one in found.statements] == [one.index for one in plan.statements]
    sampled = found.rows[ENTRIES_TABLE]
    assert 5_000 < sampled < 20_000
    for one in found.statements[:3]:
        assert one.tables == (ENTRIES_TABLE,)
        assert 0.7 * 60_000 / sampled < one.ratio < 1.5 * 60_000 / sampled
        assert 0 < one.seconds.low <= one.seconds.likely < one.seconds.high


def test_a_filter_finds_the_share_of_rows_that_it_would_find_in_the_target(estimate: Callable) -> None:
    body = "op.execute(\"UPDATE ledger.entries SET status = 'done' WHERE status = 'pending'\")"
    _, found = estimate(ENTRIES, body)
    assert found.statements[0].basis is Basis.SCALED
    # A tenth of the rows, in a copy of the table each: of 10 MB about 1 MB, never all of it.
    assert 0.3e6 < found.disk.likely < 4e6


def test_readers_wait_from_the_first_exclusive_lock_to_the_end_of_its_transaction(estimate: Callable) -> None:
    _, found = estimate(
        ENTRIES,
        """
op.create_index("ix_note", "entries", ["note"], schema="ledger")
op.execute("ALTER TABLE ledger.entries ALTER status SET NOT NULL")
""",
    )
    blocked = {one.mode: one for one in found.blocked if one.table == ENTRIES_TABLE}
    first, second = (one.seconds for one in found.statements)
    assert blocked[LockMode.SHARE].seconds == first + second
    assert blocked[LockMode.ACCESS_EXCLUSIVE].seconds == second


def test_an_index_built_concurrently_blocks_nobody_and_is_still_measured(estimate: Callable) -> None:
    _, found = estimate(
        ENTRIES,
        """
with op.get_context().autocommit_block():
    op.create_index("ix_note", "entries", ["note"], schema="ledger", postgresql_concurrently=True)
""",
    )
    assert found.statements[0].basis is Basis.SCALED
    assert found.blocked == ()


def test_a_foreign_key_and_a_unique_key_find_rows_that_fit_them(estimate: Callable) -> None:
    _, found = estimate(
        ENTRIES,
        """
op.create_foreign_key("fk", "entries", "accounts", ["account_id"], ["id"], source_schema="ledger",
                      referent_schema="ledger")
op.create_unique_constraint("uq", "entries", ["note", "booked_at"], schema="ledger")
""",
    )
    assert [one.reason for one in found.statements] == ["", ""]
    assert {one.basis for one in found.statements} == {Basis.SCALED}


def test_a_rewrite_needs_the_room_of_the_table_and_its_indexes_once_more(estimate: Callable) -> None:
    _, found = estimate(ENTRIES, "op.execute('ALTER TABLE ledger.entries ALTER amount TYPE numeric(20, 4)')")
    # 60,000 rows: about 7 MB of table and 3 MB of indexes.
    assert 6e6 < found.disk.likely < 20e6
    assert found.wal.high >= found.wal.likely > 4e6


def test_small_tables_cost_nothing_and_no_sample_is_made(estimate: Callable) -> None:
    _, found = estimate(
        "CREATE TABLE small (id int PRIMARY KEY, note text); "
        "INSERT INTO small SELECT n, 'x' FROM generate_series(1, 100) n",
        "op.execute('ALTER TABLE small ALTER note SET NOT NULL')",
    )
    assert found.rows == {}
    assert found.statements[0].basis is Basis.CONSTANT


def test_partitions_are_sampled_one_by_one_with_values_that_they_take(estimate: Callable) -> None:
    _, found = estimate(
        """
        CREATE TABLE "Order Lines" (id bigint, "select" text, booked date NOT NULL) PARTITION BY RANGE (booked);
        CREATE TABLE "Order Lines 2024" PARTITION OF "Order Lines" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
        CREATE TABLE "Order Lines 2025" PARTITION OF "Order Lines" FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
        INSERT INTO "Order Lines"
        SELECT n, md5(n::text), date '2024-01-01' + n % 700 FROM generate_series(1, 60000) n
        """,
        'op.execute(\'ALTER TABLE "Order Lines" ALTER "select" SET NOT NULL\')',
    )
    assert set(found.rows) == {RelationName("public", "Order Lines 2024"), RelationName("public", "Order Lines 2025")}
    assert found.statements[0].basis is Basis.SCALED
    assert found.notes == ()


def test_a_statement_that_fails_on_the_sample_is_unknown_with_its_reason(estimate: Callable) -> None:
    _, found = estimate(
        "CREATE TABLE t (id int PRIMARY KEY, a int, b int); "
        "INSERT INTO t SELECT n, n, n + 1 FROM generate_series(1, 60000) n",
        "op.execute('ALTER TABLE t ADD COLUMN c int')\nop.execute('ALTER TABLE t ADD CONSTRAINT ck CHECK (a < b)')",
    )
    first, second = found.statements
    assert first.basis is Basis.CONSTANT
    assert second.basis is Basis.UNKNOWN
    assert second.seconds is None
    assert "23514" in second.reason
    assert found.seconds is None
    assert [one.complete for one in found.blocked] == [False]


def test_every_type_can_be_made_up_or_is_named(estimate: Callable) -> None:
    _, found = estimate(
        """
        CREATE TYPE mood AS ENUM ('sad', 'ok');
        CREATE DOMAIN iso AS char(3) CHECK (VALUE ~ '^[A-Z]+$');
        CREATE TABLE t (
            id uuid PRIMARY KEY DEFAULT gen_random_uuid(), i2 smallint, i4 int, i8 bigint, n numeric, n2 numeric(10, 4),
            f4 real, f8 float8, m money, d date, ts timestamp, tz timestamptz, ti time, iv interval, b boolean,
            by bytea, j json, jb jsonb, x text[], r int4range, ip inet, mo mood, cu iso, c "char", v varchar(5),
            g int GENERATED ALWAYS AS IDENTITY, s int GENERATED ALWAYS AS (1 + 1) STORED
        );
        INSERT INTO t (i2, i4, i8, n, n2, f4, f8, m, d, ts, tz, ti, iv, b, by, j, jb, x, r, ip, mo, cu, v)
        SELECT n % 100, n, n, n / 3.0, n / 7.0, n, n, 1, date '2024-01-01' + n % 100, now(), now(), '12:00', '1 day',
               n % 2 = 0, '\\x00', '{"a": 1}', '{"a": 1}', '{a,b}', '[1,2]', '10.0.0.1', 'ok', 'EUR', 'abcde'
          FROM generate_series(1, 20000) n
        """,
        "op.execute('ALTER TABLE t ALTER i4 TYPE bigint')",
    )
    assert found.notes == ()
    assert found.statements[0].basis is Basis.SCALED


def test_a_table_that_was_never_analysed_is_estimated_from_its_bytes(estimate: Callable) -> None:
    _, found = estimate(
        "CREATE TABLE fresh AS SELECT n AS id, md5(n::text) AS note FROM generate_series(1, 60000) n",
        "op.execute('ALTER TABLE fresh ALTER note SET NOT NULL')",
        analyse=False,
    )
    assert found.statements[0].basis is Basis.SCALED
    assert found.statements[0].ratio > 1.5
