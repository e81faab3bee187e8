"""Every fault is planted in a real database, under odd names, and found there: one database, one look."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from fingood.model.report import CheckRun, Outcome

from .conftest import Look, session

THRESHOLDS = (
    "unused-indexes=1B/1TB",
    "foreign-key-indexes=1/1000000",
    "many-indexes=3/50",
    "never-analysed=1/1000000",
    "transaction-ids=1/2000000000",
    "multixact-ids=0/2000000000",
    "table-transaction-ids=0/100",
    "temporary-files=1B/1TB",
    "connections=0%/100%",
    "lock-table=0%/100%",
    "all-visible=100%/0",
)

PLANTED = """
CREATE SCHEMA "Back Office";
CREATE TABLE "Back Office"."Order Lines" (id integer PRIMARY KEY, a integer, b integer, memo_old text);
INSERT INTO "Back Office"."Order Lines" SELECT n, 1, n FROM generate_series(1, 50) n;
CREATE INDEX one ON "Back Office"."Order Lines" (b);
CREATE INDEX "the same" ON "Back Office"."Order Lines" (b);
CREATE INDEX wider ON "Back Office"."Order Lines" (b, a);
CREATE TABLE children (id bigint PRIMARY KEY, line bigint REFERENCES "Back Office"."Order Lines" (id));
INSERT INTO children SELECT n, n FROM generate_series(1, 50) n;
ANALYZE children;
CREATE TABLE counted (id serial PRIMARY KEY, small smallserial);
SELECT setval('counted_id_seq', 2000000000), setval('counted_small_seq', 24000);
CREATE TABLE keyed (id integer PRIMARY KEY, n serial);
INSERT INTO keyed SELECT 2147480000 + n, 100 + n FROM generate_series(1, 300) n;
ANALYZE keyed;
CREATE TABLE "select" (amount numeric);
ALTER TABLE "select" ADD CONSTRAINT "Is Positive" CHECK (amount > 0) NOT VALID;
CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER "audit it" BEFORE INSERT ON children FOR EACH ROW EXECUTE FUNCTION watch();
ALTER TABLE children DISABLE TRIGGER ALL;
CREATE UNLOGGED TABLE fleeting (id integer PRIMARY KEY);
GRANT INSERT, SELECT ON fleeting TO PUBLIC;
GRANT CREATE ON SCHEMA "Back Office" TO PUBLIC;
CREATE FUNCTION rich() RETURNS integer SECURITY DEFINER LANGUAGE sql AS 'SELECT 1';
CREATE POLICY nobody ON counted USING (false);
CREATE TABLE grown (id integer PRIMARY KEY, memo text) WITH (autovacuum_enabled = off);
ALTER TABLE grown ALTER memo SET STORAGE PLAIN;
INSERT INTO grown SELECT n, lpad(n::text, 900, 'x') FROM generate_series(1, 13000) n;
CREATE INDEX bloated ON grown (memo);
DELETE FROM grown WHERE id > 600;
ANALYZE grown;
CREATE TABLE changed (id integer PRIMARY KEY);
INSERT INTO changed SELECT generate_series(1, 10);
ANALYZE changed;
INSERT INTO changed SELECT generate_series(11, 2000);
CREATE TABLE events (id integer, day date) PARTITION BY RANGE (day);
CREATE TABLE "events rest" PARTITION OF events DEFAULT;
INSERT INTO events VALUES (1, '2026-01-01');
ANALYZE events;
CREATE TABLE accounts_backup (id regproc);
CREATE MATERIALIZED VIEW empty_view AS SELECT 1 AS one WITH NO DATA;
CREATE PUBLICATION everything FOR TABLE "select";
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
GRANT UPDATE ON alembic_version TO PUBLIC;
CREATE FUNCTION on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER seen ON ddl_command_end EXECUTE FUNCTION on_ddl();
ALTER EVENT TRIGGER seen DISABLE;
CREATE EXTENSION pg_stat_statements VERSION '1.4';
CREATE SUBSCRIPTION asleep CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);
"""

FOUND = {
    "invalid-indexes": ('DROP INDEX CONCURRENTLY "Back Office"."not built";', 'Back Office"."not built'),
    "duplicate-indexes": ('DROP INDEX CONCURRENTLY "Back Office"."the same";', "the same"),
    "redundant-indexes": ("DROP INDEX CONCURRENTLY", "wider"),
    "unused-indexes": ("DROP INDEX CONCURRENTLY", "nobody has read the index"),
    "many-indexes": ("unused-indexes", "indexes"),
    "foreign-key-indexes": ('CREATE INDEX CONCURRENTLY ON "public"."children" (line);', "public.children ("),
    "foreign-key-types": ("widen", "public.children.line is bigint"),
    "sequences": ("bigint", "stands at 2,000,000,000 of 2,147,483,647"),
    "integer-keys": ("bigint", "public.keyed.id is integer and has values up to 2,147,480,300"),
    "sequences-behind": ('SELECT setval(\'"public"."keyed_n_seq"\'', "values up to 400"),
    "tables-without-key": ('ALTER TABLE "public"."select" ADD PRIMARY KEY', "public.select has no"),
    "unvalidated-constraints": ('"public"."select" VALIDATE CONSTRAINT "Is Positive";', "Is Positive"),
    "disabled-triggers": ('ENABLE TRIGGER "audit it";', "audit it"),
    "unlogged-tables": ('ALTER TABLE "public"."fleeting" SET LOGGED;', "fleeting"),
    "public-writes": ('REVOKE INSERT ON "public"."fleeting" FROM PUBLIC;', "INSERT"),
    "public-reads": ('REVOKE SELECT ON "public"."fleeting" FROM PUBLIC;', "fleeting"),
    "public-create": ('REVOKE CREATE ON SCHEMA "Back Office" FROM PUBLIC;', "Back Office"),
    "definer-functions": ('ALTER FUNCTION "public"."rich"() SET search_path', "rich"),
    "policies-unheeded": ('ALTER TABLE "public"."counted" ENABLE ROW LEVEL SECURITY;', "counted"),
    "autovacuum-off-table": ('ALTER TABLE "public"."grown" RESET', "grown"),
    "dead-rows": ('VACUUM (VERBOSE, ANALYZE) "public"."grown";', "rows of public.grown are dead, 9"),
    "vacuum-overdue": ('VACUUM (VERBOSE, ANALYZE) "public"."grown";', "public.grown has 12,400 dead rows"),
    "stale-statistics": ('ANALYZE "public"."changed";', "rows of public.changed changed since ANALYZE"),
    "never-analysed": ('ANALYZE "Back Office"."Order Lines";', "50 rows and was never analysed"),
    "table-bloat": ('"public"."grown"', "of public.grown is room that its rows do not need"),
    "index-bloat": ('REINDEX INDEX CONCURRENTLY "public"."bloated";', "public.bloated on public.grown"),
    "default-partition": ("move", 'public."events rest", the default partition of public.events, holds '),
    "leftover-tables": ('DROP TABLE "public"."accounts_backup";', "accounts_backup"),
    "leftover-columns": ('DROP COLUMN "memo_old";', "memo_old"),
    "upgrade-blockers": ('"public"."accounts_backup"', "regproc"),
    "unpopulated-views": ('REFRESH MATERIALIZED VIEW "public"."empty_view";', "empty_view"),
    "replica-identity": ('ALTER TABLE "public"."select"', "published by everything"),
    "version-table-writers": ('ON "public"."alembic_version" FROM PUBLIC;', "PUBLIC may write"),
    "disabled-event-triggers": ('ALTER EVENT TRIGGER "seen" ENABLE;', "seen"),
    "disabled-subscriptions": ('ALTER SUBSCRIPTION "asleep" ENABLE;', "asleep"),
    "extensions": ('ALTER EXTENSION "pg_stat_statements" UPDATE;', "is at 1.4"),
    "bypassing-settings": ("RESET session_replication_role", "session_replication_role = replica"),
    "superusers": ("NOSUPERUSER", "is a superuser"),
    "superusers-without-password": ("NOLOGIN", "has no password"),
    "passwords-md5": ("scram-sha-256", "is kept as MD5"),
    "inactive-slots": ("SELECT pg_drop_replication_slot", "nobody uses the physical replication slot"),
    "transaction-ids": ("VACUUM (FREEZE);", "transactions old"),
    "multixact-ids": ("VACUUM (FREEZE);", "multixacts old"),
    "table-transaction-ids": ("VACUUM (FREEZE, VERBOSE)", "what autovacuum should allow"),
    "deadlocks": ("one order", "1 deadlocks"),
    "temporary-files": ("work_mem", "temporary files"),
    "connections": ("pool", "connection slots are taken"),
    "lock-table": ("max_locks_per_transaction", "of the shared lock table"),
    # What the server made for tests is: see there.
    "setting-fsync": ("ALTER SYSTEM SET fsync = on;", "fsync is off"),
    "setting-full-page-writes": ("ALTER SYSTEM SET full_page_writes = on;", "full_page_writes is off"),
    "setting-synchronous-commit": ("ALTER SYSTEM SET synchronous_commit = on;", "synchronous_commit is off"),
    "autovacuum-off": ("ALTER SYSTEM SET autovacuum = on;", "autovacuum is off"),
    "hba-trust-local": ("scram-sha-256", "without a password"),
    "ddl-logged": ("ALTER SYSTEM SET log_statement", "log_statement is none"),
}
OF_A_SERVER_OF_OURS = {name for name in FOUND if name.startswith("setting-")} | {"autovacuum-off", "hba-trust-local"}


@pytest.fixture(scope="module")
def planted(postgres_server: Any) -> Iterator[str]:
    name = postgres_server.create_database("Planted Faults")
    url = postgres_server.url(name)
    role = f"planted {name}"
    with session(url) as connection:
        plant(connection, name, role)
    deadlock(url)
    yield url
    with session(url) as connection:
        connection.exec_driver_sql("ALTER SUBSCRIPTION asleep SET (slot_name = NONE)")
        connection.exec_driver_sql("DROP SUBSCRIPTION asleep")
        for statement in (
            f"SELECT pg_drop_replication_slot('{slot(name)}')",
            f'DROP ROLE "{role}"',
            f'DROP ROLE "{role} 5"',
        ):
            connection.exec_driver_sql(statement)
    postgres_server.drop_database(name)


def slot(name: str) -> str:
    return "slot_" + "".join(letter if letter.isalnum() else "_" for letter in name.lower())[-40:]


def plant(connection: sa.engine.Connection, name: str, role: str) -> None:
    for statement in PLANTED.strip().split(";\n"):
        connection.exec_driver_sql(statement.rstrip(";"))
    with pytest.raises(sa.exc.IntegrityError):
        connection.exec_driver_sql('CREATE UNIQUE INDEX CONCURRENTLY "not built" ON "Back Office"."Order Lines" (a)')
    connection.exec_driver_sql(f"SELECT pg_create_physical_replication_slot('{slot(name)}')")
    connection.exec_driver_sql(f'CREATE ROLE "{role}" LOGIN SUPERUSER')
    connection.exec_driver_sql("SET password_encryption = 'md5'")
    connection.exec_driver_sql(f"CREATE ROLE \"{role} 5\" LOGIN PASSWORD 'x'")
    connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET session_replication_role = replica')
    connection.exec_driver_sql("SET work_mem = '64kB'")
    connection.exec_driver_sql(
        "SELECT count(*) FROM (SELECT n FROM generate_series(1, 30000) n ORDER BY -n OFFSET 0) s"
    )


def deadlock(url: str) -> None:
    """Two sessions that take two locks in either order; the server ends one of them."""
    both = threading.Barrier(2)
    ended: list[str] = []

    def take(first: int, second: int) -> None:
        with session(url, autocommit=False) as connection:
            connection.exec_driver_sql("SET deadlock_timeout = '20ms'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({first})")
            both.wait(10)
            try:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({second})")
            except sa.exc.DBAPIError:
                ended.append("deadlock")

    threads = [threading.Thread(target=take, args=order) for order in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == ["deadlock"]


@pytest.fixture(scope="module")
def runs(planted: str, look: Look) -> dict[str, CheckRun]:
    found = look(planted, *THRESHOLDS)
    for _ in range(20):
        # Counters reach the statistics a moment after their session ended.
        if found["deadlocks"].findings and found["temporary-files"].findings:
            break
        threading.Event().wait(0.1)
        found = look(planted, *THRESHOLDS)
    return found


@pytest.mark.parametrize("check", FOUND)
def test_a_planted_fault_is_found_with_its_names_and_its_remedy(
    runs: dict[str, CheckRun], pytestconfig: pytest.Config, check: str
) -> None:
    if check in OF_A_SERVER_OF_OURS and pytestconfig.getoption("--postgres-url"):
        pytest.skip("the server is somebody's own")
    run = runs[check]
    assert run.outcome is Outcome.FAILED, (run.outcome, run.reason)
    remedy, message = FOUND[check]
    hits = [found for found in run.findings if remedy in found.remedy and message in found.message]
    assert hits, [(found.message, found.remedy) for found in run.findings]
    assert hits[0].evidence["observed"]
    assert hits[0].evidence["source"]


def test_nothing_that_was_planted_breaks_another_look(runs: dict[str, CheckRun]) -> None:
    assert [(name, run.reason) for name, run in runs.items() if run.outcome is Outcome.ERRORED] == []


def test_what_was_not_planted_is_not_found(runs: dict[str, CheckRun]) -> None:
    assert [found.subject for found in runs["duplicate-indexes"].findings] == ['"Back Office"."the same"']
    assert [found.subject for found in runs["foreign-key-types"].findings] == ["public.children.line"]
    assert [found.subject for found in runs["autovacuum-off-table"].findings] == ["public.grown"]


def in_background(url: str, sql: str) -> Callable[[], None]:
    """Runs a statement in a session of its own; what it returns waits for its end."""

    def work() -> None:
        with session(url, autocommit=False) as connection:
            connection.exec_driver_sql(sql)

    thread = threading.Thread(target=work)
    thread.start()
    return thread.join


def test_sessions_that_hold_up_others_are_found_with_who_holds_up_whom(planted: str, look: Look) -> None:
    low = ("idle-in-transaction=0/1h", "long-transactions=0/1h", "long-queries=0/1h", "exclusive-locks=0/1h")
    low += ("waiting-for-locks=0/1h", "advisory-locks=0/1h", "old-snapshots=0/100000000")
    with session(planted, autocommit=False) as holder:
        pid = holder.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        holder.exec_driver_sql("LOCK TABLE children IN ACCESS EXCLUSIVE MODE")
        holder.exec_driver_sql("SELECT pg_advisory_lock(7), pg_current_xact_id()")
        wait = in_background(planted, "SELECT count(*) FROM children")
        runs = look(planted, *low)
        for _ in range(50):
            # The looks of one run come one after the other: the waiting session may have come between two of them.
            if all(runs[check].findings for check in ("waiting-for-locks", "long-queries", "long-transactions")):
                break
            threading.Event().wait(0.05)
            runs = look(planted, *low)
        holder.rollback()
        wait()
    assert f"held up by pid {pid}" in runs["waiting-for-locks"].findings[0].message
    assert f"SELECT pg_terminate_backend({pid})" in runs["idle-in-transaction"].findings[0].remedy
    assert "holds ACCESS EXCLUSIVE on public.children" in runs["exclusive-locks"].findings[0].message
    assert f"pid {pid}" in {found.subject for found in runs["old-snapshots"].findings}
    for check in ("long-transactions", "long-queries", "advisory-locks"):
        assert runs[check].outcome is Outcome.FAILED, check


def test_a_prepared_transaction_is_found(planted: str, look: Look) -> None:
    with session(planted) as connection:
        if connection.exec_driver_sql("SHOW max_prepared_transactions").scalar() == "0":
            pytest.skip("the server allows none")
        for statement in ("BEGIN", "CREATE TABLE held (id integer)", "PREPARE TRANSACTION 'planted'"):
            connection.exec_driver_sql(statement)
        try:
            run = look(planted, "prepared-transactions=0/1h")["prepared-transactions"]
        finally:
            connection.exec_driver_sql("ROLLBACK PREPARED 'planted'")
    assert "Planted Faults" in str([found.subject for found in run.findings])


def test_a_constraint_that_is_not_enforced_is_found(planted: str, look: Look) -> None:
    with session(planted) as connection:
        if int(connection.exec_driver_sql("SHOW server_version_num").scalar() or 0) < 180000:
            assert look(planted)["constraints-not-enforced"].outcome is Outcome.SKIPPED
            return
        connection.exec_driver_sql('ALTER TABLE "select" ADD CONSTRAINT loose CHECK (amount < 9) NOT ENFORCED')
    assert look(planted)["constraints-not-enforced"].findings[0].subject == "public.select.loose"
