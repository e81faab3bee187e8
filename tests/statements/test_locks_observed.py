"""The table of lock modes against pg_locks of a running server of each version."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from fingood.errors import SandboxUnavailable
from fingood.model.action import LockMode
from fingood.sandbox.server import Server
from fingood.sandbox.supplier import choose_binaries
from fingood.statements.compat import make_engine
from fingood.statements.locks import locks_of
from fingood.statements.reader import parse

TABLES = """
CREATE TABLE p (id int PRIMARY KEY, v int);
CREATE TABLE t (id int PRIMARY KEY, a int, b text, CONSTRAINT old CHECK (a > 0), CONSTRAINT k UNIQUE (a));
ALTER TABLE t ADD CONSTRAINT late CHECK (a < 100) NOT VALID;
CREATE TABLE parts (id int) PARTITION BY RANGE (id);
CREATE TABLE part1 PARTITION OF parts FOR VALUES FROM (0) TO (9);
CREATE TABLE loose (id int);
CREATE UNLOGGED TABLE fast (id int);
CREATE INDEX i ON t (b);
CREATE MATERIALIZED VIEW m AS SELECT id FROM t;
CREATE VIEW w AS SELECT id FROM t;
CREATE SEQUENCE s;
CREATE SCHEMA other;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
"""

STATEMENTS = [
    "ALTER TABLE t ADD COLUMN c int",
    "ALTER TABLE t ADD COLUMN c int REFERENCES p (id)",
    "ALTER TABLE t DROP COLUMN b",
    "ALTER TABLE t ALTER b SET NOT NULL",
    "ALTER TABLE t ALTER b DROP NOT NULL",
    "ALTER TABLE t ALTER b SET DEFAULT 'x'",
    "ALTER TABLE t ALTER b TYPE varchar(10)",
    "ALTER TABLE t RENAME b TO bb",
    "ALTER TABLE t RENAME TO tt",
    "ALTER TABLE t RENAME CONSTRAINT old TO older",
    "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 1)",
    "ALTER TABLE t ADD CONSTRAINT c UNIQUE (b)",
    "ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES p (id)",
    "ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES p (id) NOT VALID",
    "ALTER TABLE t VALIDATE CONSTRAINT late",
    "ALTER TABLE t DROP CONSTRAINT old",
    "ALTER TABLE t DISABLE TRIGGER tr",
    "ALTER TABLE t ENABLE TRIGGER tr",
    "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE t REPLICA IDENTITY FULL",
    "ALTER TABLE t SET (fillfactor = 70)",
    "ALTER TABLE t ALTER a SET STATISTICS 100",
    "ALTER TABLE t ALTER b SET STORAGE EXTERNAL",
    "ALTER TABLE t CLUSTER ON i",
    "ALTER TABLE t SET UNLOGGED",
    "ALTER TABLE fast SET LOGGED",
    "ALTER TABLE parts ATTACH PARTITION loose FOR VALUES FROM (10) TO (19)",
    "ALTER TABLE parts DETACH PARTITION part1",
    "CREATE TABLE part2 PARTITION OF parts FOR VALUES FROM (20) TO (29)",
    "CREATE TABLE n (id int REFERENCES p (id))",
    "CREATE INDEX j ON t (a)",
    "REINDEX TABLE t",
    "REFRESH MATERIALIZED VIEW m",
    "CREATE TRIGGER tr2 BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
    "DROP TRIGGER tr ON t",
    "CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING",
    "CREATE POLICY pol ON t",
    "TRUNCATE t, loose",
    "INSERT INTO t SELECT id FROM p",
    "UPDATE t SET a = 2 FROM p WHERE p.id = t.id",
    "DELETE FROM t",
    "MERGE INTO t USING p ON p.id = t.id WHEN MATCHED THEN DELETE",
    "LOCK TABLE t IN EXCLUSIVE MODE",
    "COMMENT ON TABLE t IS 'x'",
    "COMMENT ON COLUMN t.a IS 'x'",
    "ANALYZE t",
    "CLUSTER t USING i",
    "SELECT * FROM t",
    "DROP TABLE loose",
    "ALTER TABLE t OWNER TO CURRENT_USER",
    "ALTER TABLE loose INHERIT p2",
    "ALTER MATERIALIZED VIEW m RENAME TO mm",
    "ALTER MATERIALIZED VIEW m SET SCHEMA other",
    "ALTER VIEW w RENAME TO ww",
    "ALTER VIEW w SET SCHEMA other",
    "ALTER SEQUENCE s RENAME TO ss",
    "ALTER SEQUENCE s SET SCHEMA other",
]
ORDER = list(LockMode)
EXISTING = """
SELECT oid::int, relname::text FROM pg_class
WHERE relkind IN ('r', 'p', 'm', 'v', 'S') AND relnamespace = 'public'::regnamespace
"""


@pytest.fixture(params=[15, 16, 17, 18])
def connection(request: pytest.FixtureRequest) -> Iterator[sa.engine.Connection]:
    try:
        binaries = choose_binaries(request.param)
    except SandboxUnavailable as error:
        pytest.skip(error.message)
    with Server.start(binaries) as server, make_engine(server.url(server.create_database())).connect() as connection:
        connection.exec_driver_sql(TABLES)
        connection.exec_driver_sql("CREATE TABLE p2 (id int)")
        connection.commit()
        yield connection


def test_every_claimed_lock_is_the_strongest_one_that_the_server_takes(connection: sa.engine.Connection) -> None:
    version = connection.exec_driver_sql("SHOW server_version_num").scalar()
    wrong = {}
    for sql in STATEMENTS:
        if sql.startswith("MERGE") and int(version) < 150000:
            continue
        existing = dict(tuple(row) for row in connection.exec_driver_sql(EXISTING))
        connection.commit()
        connection.exec_driver_sql(sql)
        seen = _observed(connection, existing)
        connection.rollback()
        claimed = {lock.relation.name: lock.mode for lock in locks_of(parse(sql).actions, int(version))}
        if {name: mode for name, mode in seen.items() if name in claimed} != claimed:
            wrong[sql] = (claimed, seen)
        heavier = {name for name, mode in seen.items() if name not in claimed and mode.blocks_writes}
        if heavier:
            wrong[sql] = (claimed, seen)
    assert wrong == {}


def _observed(connection: sa.engine.Connection, existing: dict[int, str]) -> dict[str, LockMode]:
    rows = connection.exec_driver_sql(
        "SELECT relation::int, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted"
    )
    strongest: dict[str, LockMode] = {}
    for relation, mode in rows:
        if relation not in existing:
            continue
        words = {"".join(word.title() for word in one.value.split()) + "Lock": one for one in ORDER}
        found, name = words[mode], existing[relation]
        if name not in strongest or ORDER.index(strongest[name]) < ORDER.index(found):
            strongest[name] = found
    return strongest
