"""Health checks on real databases with planted faults."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from fingood.catalog import connect
from fingood.cli.main import run
from fingood.commands.init import init
from fingood.model.report import CheckRun, Outcome
from fingood.monitoring import HEALTH_CHECKS, run_health_checks
from fingood.monitoring.judgements import connections, idle_in_transaction, server_version, transaction_ids


@contextmanager
def session(url: str) -> Iterator[sa.engine.Connection]:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def look(url: str) -> dict[str, CheckRun]:
    with connect(url) as connection:
        return {run.check: run for run in run_health_checks(connection, comprehensive=True)}


def test_an_empty_database_is_well(postgres_url: str) -> None:
    runs = look(postgres_url)
    assert {name for name, run in runs.items() if run.outcome is not Outcome.PASSED} == set()
    assert set(runs) == {check.id for check in HEALTH_CHECKS if check.dialect == "postgresql"}


def test_an_index_that_failed_to_build_is_found(postgres_url: str) -> None:
    with session(postgres_url) as connection:
        connection.exec_driver_sql('CREATE TABLE "Order Lines" (a integer)')
        connection.exec_driver_sql('INSERT INTO "Order Lines" VALUES (1), (1)')
        with pytest.raises(sa.exc.IntegrityError):
            connection.exec_driver_sql('CREATE UNIQUE INDEX CONCURRENTLY "ix lines" ON "Order Lines" (a)')
    (finding,) = look(postgres_url)["invalid-indexes"].findings
    assert finding.remedy.startswith('DROP INDEX CONCURRENTLY "public"."ix lines";')


def test_a_sequence_near_the_end_of_its_column_is_found(postgres_url: str) -> None:
    with session(postgres_url) as connection:
        connection.exec_driver_sql("CREATE TABLE entries (id serial PRIMARY KEY, small smallserial)")
        connection.exec_driver_sql("SELECT setval('entries_id_seq', 2000000000), setval('entries_small_seq', 24000)")
    found = look(postgres_url)["sequences"].findings
    assert {f.subject: f.severity.value for f in found} == {
        "public.entries_id_seq": "critical",
        "public.entries_small_seq": "warning",
    }


def test_an_unvalidated_constraint_and_a_table_without_key_are_found(postgres_url: str) -> None:
    with session(postgres_url) as connection:
        connection.exec_driver_sql("CREATE TABLE entries (amount numeric)")
        connection.exec_driver_sql("ALTER TABLE entries ADD CONSTRAINT positive CHECK (amount > 0) NOT VALID")
    runs = look(postgres_url)
    assert runs["unvalidated-constraints"].findings[0].remedy == (
        'ALTER TABLE "public"."entries" VALIDATE CONSTRAINT "positive";'
    )
    assert [finding.subject for finding in runs["tables-without-key"].findings] == ["public.entries"]


def test_a_user_who_cannot_see_other_sessions_is_told_so(postgres_url: str) -> None:
    role = "watcher_" + str(sa.engine.make_url(postgres_url).database).lower()[-20:]
    with session(postgres_url) as connection:
        connection.exec_driver_sql(f'CREATE ROLE "{role}" LOGIN')
        try:
            url = sa.engine.make_url(postgres_url).set(username=role).render_as_string(hide_password=False)
            runs = look(url)
        finally:
            connection.exec_driver_sql(f'DROP ROLE "{role}"')
    assert runs["idle-in-transaction"].outcome is Outcome.SKIPPED
    assert "pg_read_all_stats" in runs["idle-in-transaction"].reason


@pytest.mark.parametrize(
    ("judge", "row", "severity"),
    [
        (server_version, {"server_version": 120004}, "warning"),
        (server_version, {"server_version": 170004}, None),
        (connections, {"used": 79, "most": 100}, None),
        (connections, {"used": 80, "most": 100}, "warning"),
        (connections, {"used": 99, "most": 100}, "critical"),
        (idle_in_transaction, {"pid": 1, "application": "", "seconds": 29.9}, None),
        (idle_in_transaction, {"pid": 1, "application": "", "seconds": 301}, "critical"),
        (transaction_ids, {"database": "ledger", "age": 600_000_000}, "warning"),
    ],
)
def test_a_judgement_follows_its_thresholds(judge: Any, row: dict[str, Any], severity: str | None) -> None:
    assert [ill.severity.value for ill in judge([row])] == ([severity] if severity else [])


def test_rows_that_point_nowhere_are_found_in_sqlite(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "app.db") as connection:
        connection.execute("CREATE TABLE parents (id integer PRIMARY KEY)")
        connection.execute("CREATE TABLE children (id integer PRIMARY KEY, parent integer REFERENCES parents)")
        connection.execute("INSERT INTO children VALUES (1, 7), (2, 8)")
    runs = look(f"sqlite:///{tmp_path}/app.db")
    assert [finding.message for finding in runs["foreign-keys"].findings] == [
        "2 rows of children point to rows of parents that do not exist"
    ]
    assert runs["quick-check"].outcome is Outcome.PASSED


def test_a_damaged_sqlite_file_is_not_called_well(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE entries (id integer PRIMARY KEY, memo text)")
        connection.executemany("INSERT INTO entries (memo) VALUES (?)", [("x" * 400,)] * 400)
    connection.close()
    whole = bytearray(path.read_bytes())
    whole[8192:16384] = b"\xff" * 8192
    path.write_bytes(bytes(whole))
    run = look(f"sqlite:///{path}")["quick-check"]
    assert run.outcome in (Outcome.FAILED, Outcome.ERRORED)


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


def test_a_database_that_does_not_answer_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init(tmp_path)
    words = ["-c", str(tmp_path / "alembic.ini"), "--database-url", "postgresql+psycopg://u:hush@127.0.0.1:1/x"]
    assert run(["health-check", *words]) == 3
    said = capsys.readouterr().err
    assert "cannot connect to" in said
    assert "hush" not in said
