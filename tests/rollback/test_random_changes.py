"""Random schemas, changes and their inverses: nothing is found. One property changed by hand: it is found."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fingood.catalog import compare_fingerprints, compare_snapshots, connect, take_fingerprints, take_snapshot
from fingood.model.snapshot import Grade
from fingood.rollback.rows import fill_empty_tables
from fingood.rollback.seed import Fill

TYPES = ("int", "bigint", "text", "varchar(20)", "numeric(9, 3)", "timestamptz", "jsonb", "boolean", "uuid", "int[]")
# Each change with its inverse; {c} is a column.
INVERTIBLE = (
    ("ALTER TABLE t ADD extra numeric(9, 2)", "ALTER TABLE t DROP extra"),
    ("ALTER TABLE t RENAME {c} TO other", "ALTER TABLE t RENAME other TO {c}"),
    ("ALTER TABLE t RENAME TO u", "ALTER TABLE u RENAME TO t"),
    ("CREATE INDEX ix ON t (id) WHERE {c} IS NULL", "DROP INDEX ix"),
    ("ALTER TABLE t ADD CONSTRAINT ck CHECK (id >= 0) NOT VALID", "ALTER TABLE t DROP CONSTRAINT ck"),
    ("ALTER TABLE t SET (fillfactor = 50)", "ALTER TABLE t RESET (fillfactor)"),
    ("GRANT SELECT ({c}) ON t TO pg_monitor", "REVOKE SELECT ({c}) ON t FROM pg_monitor"),
    ("COMMENT ON COLUMN t.{c} IS 'x'", "COMMENT ON COLUMN t.{c} IS NULL"),
    ("CREATE VIEW v AS SELECT {c} FROM t", "DROP VIEW v"),
    ("CREATE INDEX ix2 ON t (id DESC) INCLUDE (id)", "DROP INDEX ix2"),
    ("CREATE TYPE mood AS ENUM ('sad', 'glad'); ALTER TABLE t ADD feels mood DEFAULT 'glad'",
     "ALTER TABLE t DROP feels; DROP TYPE mood"),
    ("CREATE SEQUENCE s OWNED BY t.{c}", "DROP SEQUENCE s"),
    ("ALTER TABLE t ALTER {c} SET DEFAULT NULL", "ALTER TABLE t ALTER {c} DROP DEFAULT"),
    ("CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
     "DROP TRIGGER g ON t"),
    ("GRANT UPDATE ON t TO pg_monitor", "REVOKE UPDATE ON t FROM pg_monitor"),
    ("CREATE STATISTICS seen ON id, {c} FROM t", "DROP STATISTICS seen"),
    ("CREATE POLICY own ON t USING ({c} IS NULL)", "DROP POLICY own ON t"),
    ("CREATE TABLE kept AS TABLE t; UPDATE t SET {c} = NULL",
     "UPDATE t SET {c} = k.{c} FROM kept k WHERE k.id = t.id; DROP TABLE kept"),
)  # fmt: skip
BY_HAND = (
    ("ALTER TABLE t ALTER {c} SET STATISTICS 77", "column", "statistics target"),
    ("COMMENT ON COLUMN t.{c} IS 'x'", "column", "comment"),
    ("ALTER TABLE t ALTER {c} SET (n_distinct = 3)", "column", "options"),
    ("GRANT UPDATE ({c}) ON t TO pg_monitor", "column", "grants"),
    ("ALTER TABLE t REPLICA IDENTITY FULL", "table", "replica identity"),
    ("ALTER TABLE t SET (fillfactor = 50)", "table", "options"),
    ("ALTER TABLE t ENABLE ROW LEVEL SECURITY", "table", "row security"),
    ("ALTER TABLE t OWNER TO pg_monitor", "table", "owner"),
    ("ALTER TABLE t CLUSTER ON t_pkey", "constraint", "clustered"),
    ("UPDATE t SET {c} = NULL", "column", "values"),
)

columns = st.lists(st.sampled_from(TYPES), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def eye(postgres_server):
    name = postgres_server.create_database()
    with connect(postgres_server.url(name), read_only=False) as connection:
        yield connection
    postgres_server.drop_database(name)


def lay(eye, types: list[str]) -> None:
    listed = ", ".join(f"c{place} {type_}" for place, type_ in enumerate(types))
    run(eye, f"DROP TABLE IF EXISTS t CASCADE; CREATE TABLE t (id int PRIMARY KEY, {listed})")
    fill_empty_tables(eye, fill=Fill.EDGES, without=(), version_table="alembic_version")


def run(eye, sql: str) -> None:
    eye.exec_driver_sql(sql, execution_options={"no_parameters": True})
    eye.commit()


def look(eye):
    found = take_snapshot(eye), take_fingerprints(eye)
    eye.rollback()
    return found


def differences(before, after):
    return compare_snapshots(before[0], after[0]) + compare_fingerprints(before[1], after[1])


BOUNDED = settings(derandomize=True, max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@BOUNDED
@given(types=columns, steps=st.lists(st.sampled_from(INVERTIBLE), min_size=1, max_size=3, unique=True), data=st.data())
def test_a_change_and_its_inverse_leave_nothing(eye, types, steps, data):
    lay(eye, types)
    before = look(eye)
    column = f"c{data.draw(st.integers(0, len(types) - 1))}"
    for up, down in steps:
        run(eye, up.format(c=column))
        run(eye, down.format(c=column))
    assert [d for d in differences(before, look(eye)) if d.grade is not Grade.COSMETIC] == []


@BOUNDED
@given(types=columns, change=st.sampled_from(BY_HAND), data=st.data())
def test_one_property_changed_by_hand_is_found(eye, types, change, data):
    lay(eye, types)
    before = look(eye)
    sql, kind, named = change
    run(eye, sql.format(c=f"c{data.draw(st.integers(0, len(types) - 1))}"))
    found = [(d.object.kind, d.property) for d in differences(before, look(eye))]
    assert set(found) == {(kind, named)}
