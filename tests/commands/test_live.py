"""The live checks and change control, with real faults planted in a real database and a real repository."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.commands.test_check import project

from fingood.audit import AuditLog
from fingood.backup import BackupKind, prove_backup, take_backup_point
from fingood.catalog import connect, read_live
from fingood.checks import Subject, run_checks
from fingood.commands.check import check_revisions
from fingood.errors import CouldNotLook
from fingood.model.action import LockMode
from fingood.model.change import ChangeControl, RetentionRule
from fingood.model.live import FreeSpace, HeldLock, LiveFacts, LiveSession, LiveTable, Replica, ServerState, Slot
from fingood.model.names import RelationName
from fingood.model.report import CheckRun, Outcome, Report
from fingood.model.severity import SafetyLevel, Severity
from fingood.settings import Settings, load
from fingood.statements import Recorder

pytestmark = pytest.mark.slow

ENTRIES = RelationName("public", "entries")
TUESDAY = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ADD = ('op.add_column("entries", sa.Column("fee", sa.Numeric(19, 4)))', 'op.drop_column("entries", "fee")')
STEPS = {
    "a1": (
        'op.execute("CREATE TABLE entries (id bigint PRIMARY KEY, amount numeric(19,4), memo text)")',
        'op.drop_table("entries")',
    ),
    "b2": ADD,
}


def bank(root: Path, url: str, steps: dict[str, tuple[str, str]] = STEPS, policy: str = "") -> Settings:
    """A project whose first revision is applied."""
    project(root, steps)
    (root / "pyproject.toml").write_text(f"[tool.fingood]\nlevel = 'high'\n{policy}")
    settings = load(start=root, options={"database_url": url}, environ={})
    with Recorder(settings.project) as recorder:
        recorder.upgrade(url, next(iter(steps)), observe=False)
    return settings


def sql(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@contextmanager
def session(url: str, *statements: str, application: str = "teller") -> Iterator[sa.Connection]:
    """A session that has run these statements in a transaction and does not end it."""
    engine = sa.create_engine(url, connect_args={"application_name": application}, poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        yield connection


def check(settings: Settings, *ids: str, now: datetime | None = None, level: SafetyLevel | None = None) -> Report:
    return check_revisions(settings, ["b2"], select=ids, now=now, level=level)


def only(report: Report) -> CheckRun:
    (run,) = report.runs
    return run


def test_a_session_idle_in_a_transaction_is_named_as_the_blocker_without_its_values(
    tmp_path: Path, postgres_url: str
) -> None:
    settings = bank(tmp_path, postgres_url)
    with session(postgres_url, "INSERT INTO entries VALUES (4711, 12.5, 'Mrs Meier')") as held:
        pid = held.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        held.exec_driver_sql("UPDATE entries SET memo = 'Mr Muller' WHERE id = 4711")
        time.sleep(1.1)
        report = check(settings, "lock-conflict")
    (finding,) = report.findings
    assert finding.severity is Severity.ERROR
    assert finding.message.startswith(f"ACCESS EXCLUSIVE on public.entries waits for pid {pid} (teller), which holds")
    assert "UPDATE entries SET memo = ? WHERE id = ?" in finding.effect
    assert "Muller" not in str(finding)
    assert "4711" not in str(finding)
    assert finding.remedy.startswith(f"SELECT pg_terminate_backend({pid});")
    assert str(finding.location) == "migrations/versions/b2_step.py:11"


def test_a_reader_holds_up_nothing_that_does_not_want_its_table(tmp_path: Path, postgres_url: str) -> None:
    settings = bank(tmp_path, postgres_url)
    sql(postgres_url, "CREATE TABLE elsewhere (id int)")
    with session(postgres_url, "SELECT * FROM elsewhere"):
        time.sleep(1.1)
        assert only(check(settings, "lock-conflict")).outcome is Outcome.PASSED


def test_a_table_that_somebody_has_locked_against_everybody_is_said_and_not_waited_for(
    tmp_path: Path, postgres_url: str
) -> None:
    settings = bank(tmp_path, postgres_url)
    with session(postgres_url, "LOCK TABLE entries"), pytest.raises(CouldNotLook, match="ACCESS EXCLUSIVE"):
        check(settings, "lock-conflict")


def test_a_prepared_transaction_is_a_blocker_without_a_session() -> None:
    live = LiveFacts(
        tables={ENTRIES: LiveTable(name=ENTRIES)},
        sessions=(LiveSession(pid=0, kind="prepared transaction", state="prepared", seconds=90),),
        locks=(HeldLock(relation=ENTRIES, mode=LockMode.ROW_EXCLUSIVE, pid=0),),
    )
    (finding,) = judged(live, "lock-conflict")
    assert "a prepared transaction, which holds ROW EXCLUSIVE" in finding.message
    assert "pg_prepared_xacts" in finding.remedy


def test_an_old_transaction_holds_up_a_concurrent_build(tmp_path: Path, postgres_url: str) -> None:
    index = 'op.create_index("ix", "entries", ["memo"], postgresql_concurrently=True)'
    build = f"with op.get_context().autocommit_block(): {index}"
    settings = bank(tmp_path, postgres_url, {**STEPS, "b2": (build, 'op.drop_index("ix")')})
    with session(postgres_url, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SELECT 1", application="report"):
        time.sleep(10.2)
        report = check(settings, "concurrent-build-waits")
    assert ["report" in finding.message for finding in report.findings] == [True]


def test_an_invalid_index_and_an_unvalidated_constraint_of_a_touched_table_are_found(
    tmp_path: Path, postgres_url: str
) -> None:
    settings = bank(tmp_path, postgres_url)
    sql(
        postgres_url,
        "INSERT INTO entries VALUES (1, -1, 'x'), (2, -1, 'x')",
        "ALTER TABLE entries ADD CONSTRAINT positive CHECK (amount > 0) NOT VALID",
        "CREATE TABLE elsewhere (id int CHECK (id > 0))",
        "ALTER TABLE elsewhere ADD CONSTRAINT other CHECK (id > 1) NOT VALID",
    )
    with pytest.raises(sa.exc.IntegrityError):
        sql(postgres_url, "CREATE UNIQUE INDEX CONCURRENTLY entries_memo ON entries (memo)")
    report = check(settings, "invalid-index", "unvalidated-constraint")
    assert {finding.check: finding.remedy for finding in report.findings} == {
        "invalid-index": 'DROP INDEX CONCURRENTLY "public"."entries_memo";  -- then build it again',
        "unvalidated-constraint": 'ALTER TABLE "public"."entries" VALIDATE CONSTRAINT "positive";',
    }


def test_a_constraint_that_the_revision_validates_is_no_finding(tmp_path: Path, postgres_url: str) -> None:
    steps = {**STEPS, "b2": ('op.execute("ALTER TABLE entries VALIDATE CONSTRAINT positive")', "pass")}
    settings = bank(tmp_path, postgres_url, steps)
    sql(postgres_url, "ALTER TABLE entries ADD CONSTRAINT positive CHECK (amount > 0) NOT VALID")
    assert only(check(settings, "unvalidated-constraint")).outcome is Outcome.PASSED


def test_a_changed_type_of_a_published_table_is_found_and_a_new_column_weighs_less(
    tmp_path: Path, postgres_url: str
) -> None:
    change = 'op.execute("ALTER TABLE entries ALTER memo TYPE varchar(40), ADD COLUMN x text")'
    settings = bank(tmp_path, postgres_url, {**STEPS, "b2": (change, "pass")})
    sql(postgres_url, "CREATE PUBLICATION feed FOR TABLE entries")
    report = check(settings, "published-table")
    assert [(finding.severity, finding.message.split(",")[0]) for finding in report.findings] == [
        (Severity.ERROR, "ALTER COLUMN TYPE on public.entries"),
        (Severity.WARNING, "ADD COLUMN on public.entries"),
    ]


def test_the_primary_key_of_a_published_table_is_not_dropped_unseen(tmp_path: Path, postgres_url: str) -> None:
    steps = {**STEPS, "b2": ('op.drop_constraint("entries_pkey", "entries")', "pass")}
    settings = bank(tmp_path, postgres_url, steps)
    sql(postgres_url, "CREATE PUBLICATION feed FOR ALL TABLES")
    (finding,) = check(settings, "published-table").findings
    assert "SQLSTATE 55000" in finding.effect


def test_a_slot_that_nobody_reads_is_found(tmp_path: Path, postgres_url: str) -> None:
    settings = bank(tmp_path, postgres_url)
    name = "left_" + str(sa.engine.make_url(postgres_url).database)[-8:].lower().replace("-", "_")
    sql(postgres_url, f"SELECT pg_create_physical_replication_slot('{name}', true)")
    try:
        for _ in range(10):
            sql(postgres_url, "SELECT pg_logical_emit_message(false, 'x', 'x')", "SELECT pg_switch_wal()")
        report = check(settings, "replication-slot")
    finally:
        sql(postgres_url, f"SELECT pg_drop_replication_slot('{name}')")
    assert [finding.subject for finding in report.findings if finding.subject == name] == [name]


def test_a_role_that_sees_and_owns_little_is_told_what_it_lacks(tmp_path: Path, postgres_url: str) -> None:
    bank(tmp_path, postgres_url)
    role = "clerk_" + str(sa.engine.make_url(postgres_url).database).lower()[-16:]
    sql(postgres_url, f'CREATE ROLE "{role}" LOGIN', f'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{role}"')
    weak = sa.engine.make_url(postgres_url).set(username=role).render_as_string(hide_password=False)
    try:
        with connect(weak, read_only=False) as connection:
            seen = read_live(connection, mask=str)
        runs = {run.check: run for run in runs_on(seen)}
        assert runs["open-transaction"].outcome is Outcome.SKIPPED
        assert f"GRANT pg_monitor TO {role}" in runs["open-transaction"].reason
        assert runs["disk-space"].outcome is Outcome.SKIPPED
        assert "pg_monitor" in runs["disk-space"].reason
        (finding,) = runs["not-owner"].findings
        assert f"and {role} is no member of that role" in finding.message
        with session(postgres_url, "LOCK TABLE entries"), connect(weak, read_only=False) as connection:
            held = read_live(connection, mask=str)
        (blocked,) = [f for run in runs_on(held) if run.check == "lock-conflict" for f in run.findings]
        assert "for how long is hidden from us" in blocked.message
    finally:
        sql(postgres_url, f'DROP OWNED BY "{role}"', f'DROP ROLE "{role}"')


def test_a_query_that_fails_takes_only_its_own_checks_along(tmp_path: Path, postgres_url: str) -> None:
    settings = bank(tmp_path, postgres_url)
    name = sa.engine.make_url(postgres_url).database
    sql(postgres_url, "REVOKE SELECT ON pg_catalog.pg_replication_slots FROM PUBLIC")
    role = "narrow_" + str(name).lower()[-16:]
    sql(postgres_url, f'CREATE ROLE "{role}" LOGIN')
    weak = sa.engine.make_url(postgres_url).set(username=role).render_as_string(hide_password=False)
    try:
        with connect(weak, read_only=False) as connection:
            runs = {run.check: run for run in runs_on(read_live(connection, mask=str))}
    finally:
        sql(postgres_url, "GRANT SELECT ON pg_catalog.pg_replication_slots TO PUBLIC", f'DROP ROLE "{role}"')
    assert runs["replication-slot"].outcome is Outcome.ERRORED
    assert runs["replication-slot"].reason == "replication slots cannot be read: SQLSTATE 42501"
    assert runs["invalid-index"].outcome is Outcome.PASSED
    assert settings.target


def test_a_role_that_may_write_the_version_table_is_named(tmp_path: Path, postgres_url: str) -> None:
    settings = bank(tmp_path, postgres_url)
    sql(postgres_url, "GRANT UPDATE ON alembic_version TO PUBLIC")
    (finding,) = check(settings, "version-table-writable").findings
    assert finding.message == "PUBLIC may write public.alembic_version."


def test_a_database_that_is_set_read_only_is_found_though_the_look_is_read_only_too(
    tmp_path: Path, postgres_url: str
) -> None:
    settings = bank(tmp_path, postgres_url)
    assert only(check(settings, "database-writable")).outcome is Outcome.PASSED
    name = sa.engine.make_url(postgres_url).database
    sql(postgres_url, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    assert check(settings, "database-writable").findings[0].severity is Severity.CRITICAL


def test_the_free_space_of_the_servers_own_disk_is_seen_in_a_transaction_that_cannot_write(postgres_url: str) -> None:
    with connect(postgres_url, read_only=False) as connection:
        seen = read_live(connection, mask=str).free_space
        assert connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on"
    assert (seen.bytes or 0) > 0, seen.reason
    assert seen.how.startswith("free on the file system of")


def test_the_backups_age_is_judged_by_the_policy(tmp_path: Path, postgres_url: str) -> None:
    settings = bank(tmp_path, postgres_url, policy="[tool.fingood.policy]\nbackup_max_age = '60 min'\n")
    (none,) = check(settings, "backup-age").findings
    assert none.message == "There is no backup of this database's data; the policy allows 60 min."
    point = take_backup_point(postgres_url, settings.backup_dir, BackupKind.DEPLOYMENT, AuditLog(settings.audit_log))
    (unproven,) = check(settings, "backup-age").findings
    assert "is checksummed, not proven by a restore" in unproven.message
    prove_backup(point, AuditLog(settings.audit_log))
    # A newer one of which less is known does not take the proven one's place.
    take_backup_point(postgres_url, settings.backup_dir, BackupKind.FULL, AuditLog(settings.audit_log))
    assert only(check(settings, "backup-age")).outcome is Outcome.PASSED
    (old,) = check(settings, "backup-age", now=datetime.now(UTC) + timedelta(hours=9)).findings
    assert "is 9 h old; the policy allows 60 min" in old.message
    assert "proven" in old.effect
    (point.folder / point.files[0].path).write_bytes(b"")
    (damaged,) = check(settings, "backup-age").findings
    assert "has another size" in damaged.message


def test_data_that_is_wrong_already_is_summed_up_at_level_high_only(tmp_path: Path, postgres_url: str) -> None:
    settings = bank(tmp_path, postgres_url)
    sql(
        postgres_url,
        "CREATE TABLE postings (id bigint PRIMARY KEY, transaction_id bigint, amount numeric(19,4), currency char(3))",
        "INSERT INTO postings VALUES (1, 1, 10, 'EUR'), (2, 1, -9, 'ZZZ')",
    )
    (finding,) = check(settings, "data-integrity").findings
    assert finding.message.startswith("The data breaks invariants: ")
    assert check(settings, "data-integrity", level=SafetyLevel.MEDIUM).runs == ()


def test_without_a_database_one_line_says_that_nobody_looked(tmp_path: Path) -> None:
    project(tmp_path, STEPS)
    settings = load(start=tmp_path, environ={})
    live = [run for run in check_revisions(settings, ["b2"]).runs if run.reason == "no database configured"]
    assert [(run.check, run.outcome) for run in live] == [("live-checks", Outcome.SKIPPED)]
    assert only(check(settings, "lock-conflict")).reason == "no database configured"
    static = check_revisions(settings, ["b2"], static=True)
    assert not {"live-checks", "lock-conflict", "change-window"} & {run.check for run in static.runs}


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory):
    """The recorded upgrade that adds a column to entries, for judgements on facts that are hard to plant."""
    root = project(tmp_path_factory.mktemp("bank"), STEPS)
    report_settings = load(start=root, environ={})
    with Recorder(report_settings.project) as recorder:
        from fingood.model.finding import Direction

        return recorder.render("b2", Direction.UPGRADE, "postgresql")


_PLAN: list = []


@pytest.fixture(autouse=True)
def _keep_plan(plan) -> None:
    _PLAN[:] = [plan]


def runs_on(live: LiveFacts, control: ChangeControl | None = None, level: SafetyLevel = SafetyLevel.HIGH):
    subject = Subject(
        revision="b2", path="b2.py", upgrade=_PLAN[0], live=live, control=control or ChangeControl(now=TUESDAY)
    )
    return run_checks(subject, level=level)


def judged(live: LiveFacts, check_id: str, **options):
    return [finding for run in runs_on(live, **options) if run.check == check_id for finding in run.findings]


def test_a_vacuum_against_wraparound_does_not_give_way_and_an_ordinary_one_does() -> None:
    text = "autovacuum: VACUUM public.entries (to prevent wraparound)"
    worker = LiveSession(pid=7, kind="autovacuum worker", state="active", seconds=400, query=text)
    live = LiveFacts(
        tables={ENTRIES: LiveTable(name=ENTRIES)},
        sessions=(worker,),
        locks=(HeldLock(relation=ENTRIES, mode=LockMode.SHARE_UPDATE_EXCLUSIVE, pid=7),),
    )
    assert [f.severity for f in judged(live, "wraparound-vacuum")] == [Severity.ERROR]
    assert judged(live, "lock-conflict") == []
    ordinary = replace(live, sessions=(replace(worker, query="autovacuum: VACUUM public.entries"),))
    assert judged(ordinary, "wraparound-vacuum") == []
    assert [f.severity for f in judged(ordinary, "lock-conflict")] == [Severity.INFO]


@pytest.mark.parametrize(
    ("identity", "live", "severity"),
    [
        ("connections-near-limit", LiveFacts(server=ServerState(used=79, most=100)), None),
        ("connections-near-limit", LiveFacts(server=ServerState(used=80, most=100)), Severity.WARNING),
        ("connections-near-limit", LiveFacts(server=ServerState(used=95, most=100)), Severity.ERROR),
        ("wraparound-near", LiveFacts(oldest_transaction=499_999_999), None),
        ("wraparound-near", LiveFacts(oldest_transaction=1_500_000_000), Severity.CRITICAL),
        ("wraparound-near", LiveFacts(tables={ENTRIES: LiveTable(name=ENTRIES, age=200_000_001)}), Severity.WARNING),
        ("replication-lag", LiveFacts(replicas=(Replica(name="r", seconds=29.0, bytes=10),)), None),
        ("replication-lag", LiveFacts(replicas=(Replica(name="r", seconds=30.0),)), Severity.WARNING),
        ("replication-lag", LiveFacts(replicas=(Replica(name="r", bytes=5 * 2**30),)), Severity.ERROR),
        ("replication-slot", LiveFacts(slots=(Slot(name="s", active=True, behind=10**12),)), None),
        ("replication-slot", LiveFacts(slots=(Slot(name="s", active=True, status="unreserved"),)), Severity.ERROR),
        ("disk-space", LiveFacts(free_space=FreeSpace(2**31)), None),
        ("disk-space", LiveFacts(free_space=FreeSpace(2**29, "free")), Severity.WARNING),
        ("open-transaction", LiveFacts(sessions=(LiveSession(pid=1, idle=29.0, seconds=29.0),)), None),
        ("open-transaction", LiveFacts(sessions=(LiveSession(pid=1, idle=31.0, seconds=99.0),)), Severity.WARNING),
        ("open-transaction", LiveFacts(sessions=(LiveSession(pid=1, seconds=3600.0),)), Severity.ERROR),
        ("database-writable", LiveFacts(server=ServerState(in_recovery=True)), Severity.CRITICAL),
    ],
)
def test_a_judgement_follows_its_thresholds(identity: str, live: LiveFacts, severity: Severity | None) -> None:
    assert [finding.severity for finding in judged(live, identity)] == ([severity] if severity else [])


@pytest.mark.parametrize(("upper", "lost"), [("2019-01-01", False), ("2019-12-01", True), ("2026-01-01", True)])
def test_a_partition_may_go_when_all_of_its_rows_are_older_than_they_are_kept(
    tmp_path: Path, postgres_url: str, upper: str, lost: bool
) -> None:
    tables = (
        "CREATE TABLE books (id bigint, day date) PARTITION BY RANGE (day); "
        f"CREATE TABLE books_old PARTITION OF books FOR VALUES FROM ('2018-01-01') TO ('{upper}')"
    )
    steps = {"a1": (f'op.execute("{tables}")', "pass"), "b2": ('op.execute("DROP TABLE books_old")', "pass")}
    settings = bank(tmp_path, postgres_url, steps, '[[tool.fingood.retention]]\ntable = "public.books"\nyears = 7\n')
    findings = check(settings, "retention", now=TUESDAY).findings
    assert [finding.severity for finding in findings] == ([Severity.CRITICAL] if lost else [])


def test_a_delete_that_does_not_show_how_old_its_rows_are_is_found(tmp_path: Path, postgres_url: str) -> None:
    steps = {**STEPS, "b2": ('op.execute("DELETE FROM entries WHERE id < 100")', "pass")}
    settings = bank(tmp_path, postgres_url, steps, '[[tool.fingood.retention]]\ntable = "entries"\nyears = 7\n')
    assert [finding.check for finding in check(settings, "retention").findings] == ["retention"]
    assert RetentionRule(table="entries", years=7) in settings.retention


def test_a_sqlite_file_is_looked_at_for_what_it_has(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bank.db'}"
    settings = bank(tmp_path, url)
    runs = {run.check: run.outcome for run in check_revisions(settings, ["b2"]).runs}
    assert runs["database-writable"] is Outcome.PASSED
    assert runs["backup-age"] is Outcome.FAILED
    assert runs["disk-space"] is not Outcome.ERRORED
    assert "lock-conflict" not in runs
