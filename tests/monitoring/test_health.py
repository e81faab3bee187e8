"""Health checks: what a look may and may not say, and the project's own checks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from fingood.cli.main import run
from fingood.commands.health_page import write_page
from fingood.commands.init import init
from fingood.errors import ConfigError
from fingood.model.report import Outcome
from fingood.monitoring import HEALTH_CHECKS
from fingood.monitoring.check import Unit, with_thresholds
from fingood.monitoring.looks import unsupported

from .conftest import Look, session

# What a server made for tests rightly is blamed for: it gives up durability and lets everybody in by its socket.
OF_THE_SERVER = {
    "setting-fsync",
    "setting-full-page-writes",
    "setting-synchronous-commit",
    "autovacuum-off",
    "data-checksums",
    "no-archiving",
    "idle-timeout",
    "lock-waits-logged",
    "ddl-logged",
    "superusers-without-password",
    "superusers",
    "hba-trust-local",
    "statement-statistics",
    "server-version",
    "old-snapshots",
    "free-space",
    # Other tests' roles, sessions, transactions and counters on the shared server.
    "checkpoints-requested",
    "invalid-databases",
    "lock-table",
    "passwords-md5",
    "round-trip",
    "wal-size",
    "prepared-transactions",
    "connections",
    "inactive-slots",
    "tls-off",
}


def test_an_empty_database_is_well(postgres_url: str, look: Look) -> None:
    runs = look(postgres_url)
    ill = {name for name, run in runs.items() if run.outcome in (Outcome.FAILED, Outcome.ERRORED)}
    assert ill - OF_THE_SERVER == set()
    assert set(runs) == {check.id for check in HEALTH_CHECKS if check.dialect == "postgresql"}


def test_a_user_who_sees_little_is_told_so_and_nothing_unseen_is_well(postgres_url: str, look: Look) -> None:
    role = "watcher_" + str(sa.engine.make_url(postgres_url).database).lower()[-20:]
    with session(postgres_url) as connection:
        connection.exec_driver_sql("CREATE TABLE entries (id integer PRIMARY KEY)")
        connection.exec_driver_sql(f'CREATE ROLE "{role}" LOGIN')
        try:
            url = sa.engine.make_url(postgres_url).set(username=role).render_as_string(hide_password=False)
            runs = look(url)
        finally:
            connection.exec_driver_sql(f'DROP ROLE "{role}"')
    for blind in ("idle-in-transaction", "passwords-md5", "hba-trust", "wal-size", "settings-file", "replication-lag"):
        assert runs[blind].outcome is Outcome.SKIPPED, blind
    assert "pg_read_all_stats" in runs["idle-in-transaction"].reason
    assert "pg_authid" in runs["passwords-md5"].reason
    assert "pg_ls_waldir" in runs["wal-size"].reason
    assert not [run for run in runs.values() if run.outcome is Outcome.ERRORED]
    assert [finding.subject for finding in runs["foreign-owners"].findings] == ["public.entries"]


def test_a_look_that_takes_too_long_fails_alone(postgres_url: str, look: Look) -> None:
    with session(postgres_url) as connection:
        # The planner asks this one for an answer that does not come.
        connection.exec_driver_sql("CREATE SCHEMA slow")
        connection.exec_driver_sql(
            "CREATE FUNCTION slow.pg_stat_statements() RETURNS TABLE (query text, calls bigint, mean_exec_time float8,"
            " total_exec_time float8, dbid oid) LANGUAGE sql AS $$ SELECT 'x', 1, 1, 1, 1::oid FROM pg_sleep(30) $$"
        )
        connection.exec_driver_sql("CREATE EXTENSION pg_stat_statements SCHEMA slow")
        connection.exec_driver_sql("ALTER EXTENSION pg_stat_statements DROP VIEW slow.pg_stat_statements")
        connection.exec_driver_sql("DROP VIEW slow.pg_stat_statements")
        connection.exec_driver_sql("CREATE VIEW slow.pg_stat_statements AS SELECT * FROM slow.pg_stat_statements()")
    runs = look(postgres_url, timeout=0.4)
    assert runs["slow-statements"].outcome is Outcome.ERRORED
    assert "no answer within 0.4 s" in runs["slow-statements"].reason
    assert runs["statement-evictions"].outcome is Outcome.SKIPPED
    assert "shared_preload_libraries" in runs["statement-evictions"].reason
    assert runs["deadlocks"].outcome is Outcome.PASSED


def test_every_check_says_what_where_and_what_to_do() -> None:
    for check in HEALTH_CHECKS:
        assert check.title, check.id
        assert check.message, check.id
        assert check.remedy, check.id
        assert len(check.source) > 8, check.id
        if check.look is None:
            assert check.sql(180000).startswith("--"), check.id
    assert len({(check.dialect, check.id) for check in HEALTH_CHECKS}) == len(HEALTH_CHECKS)


def test_the_page_shows_the_checks_as_they_are() -> None:
    page = Path(__file__).parents[2] / "docs" / "health-checks.md"
    assert page.read_text() == write_page(), "python -m fingood.commands.health_page"


@pytest.mark.parametrize(
    ("unit", "text", "value"),
    [(Unit.SHARE, "20%", 0.2), (Unit.SECONDS, "5min", 300), (Unit.BYTES, "2 GB", 2 * 1024**3), (Unit.COUNT, "12", 12)],
)
def test_a_threshold_is_read_in_its_checks_unit(unit: Unit, text: str, value: float) -> None:
    assert unit.read(text) == pytest.approx(value)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("dead-row=1%", "no health check 'dead-row'"),
        ("dead-rows", "'dead-rows' is no threshold"),
        ("dead-rows=5 min", "is no share"),
        ("setting-fsync=3", "has no threshold to change"),
    ],
)
def test_a_threshold_that_fits_nothing_is_refused(entry: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        with_thresholds(HEALTH_CHECKS, (entry,))


def test_a_threshold_grades_and_off_takes_a_check_out() -> None:
    by_id = {check.id: check for check in with_thresholds(HEALTH_CHECKS, ("connections=50%/60%", "ddl-logged=off"))}
    assert "ddl-logged" not in by_id
    row = {"used": 11, "most": 20, "value": 0.55}
    assert [finding.severity.value for finding in by_id["connections"].judge([row])] == ["warning"]
    assert [finding.severity.value for finding in by_id["connections"].judge([{**row, "value": 0.6}])] == ["critical"]
    assert not list(by_id["connections"].judge([{**row, "value": 0.49}]))


def test_a_major_version_grows_out_of_support_on_its_day() -> None:
    assert unsupported(14, datetime(2026, 11, 12, 23, tzinfo=UTC)) == []
    assert unsupported(14, datetime(2026, 11, 13, tzinfo=UTC)) == [{"major": "14", "end": "2026-11-12"}]
    assert unsupported(9, datetime(2026, 1, 1, tzinfo=UTC))
    assert unsupported(99, datetime(2026, 1, 1, tzinfo=UTC)) == []


def test_revisions_that_are_not_applied_and_not_known_are_said(
    postgres_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    init(tmp_path)
    words = ["-c", str(tmp_path / "alembic.ini")]
    run(["select-template", "1", "--table", "entries", *words])
    capsys.readouterr()
    assert run(["health-check", *words, "--database-url", postgres_url, "--format", "json"]) == 0
    checks = {check["check"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    assert "1 revisions are not applied" in checks["revision-at-head"]["findings"][0]["message"]
    with session(postgres_url) as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('feedbeef')")
    assert run(["health-check", *words, "--database-url", postgres_url]) == 1
    assert "feedbeef, which this project does not have" in capsys.readouterr().out


def test_the_page_for_people_carries_observed_threshold_and_source(
    postgres_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    init(tmp_path)
    log = tmp_path / ".fingood" / "audit.jsonl"
    log.parent.mkdir(exist_ok=True)
    log.write_text('{"not": "an event"}\n')
    words = ["-c", str(tmp_path / "alembic.ini"), "--database-url", postgres_url, "--comprehensive"]
    assert run(["health-check", *words, "--format", "html"]) == 1
    page = capsys.readouterr().out
    for said in ("setting-fsync", "the audit log is not whole", "there is no backup of this database", "threshold"):
        assert said in page
    assert "PostgreSQL manual, 19.5.1 (fsync)" in page


def test_a_database_that_does_not_answer_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init(tmp_path)
    words = ["-c", str(tmp_path / "alembic.ini"), "--database-url", "postgresql+psycopg://u:hush@127.0.0.1:1/x"]
    assert run(["health-check", *words]) == 3
    said = capsys.readouterr().err
    assert "cannot connect to" in said
    assert "hush" not in said
