"""Back to a backup: the rows of then under the right name, the rows of now kept, and nothing changed where it fails."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.backup.conftest import LEDGER, leaving_no_databases, project_for, run_sql

from fingood.audit import AuditLog
from fingood.backup import BackupKind, BackupPoint, going_back, going_back_sqlite, take_backup_point
from fingood.backup.databases import from_beside, name_in, with_database
from fingood.backup.going_back import Pace
from fingood.backup.shelf import write_manifest
from fingood.backup.swap import only_one
from fingood.cli import main
from fingood.commands.restore_backup import look_ahead, restore_backup, settle_earlier
from fingood.errors import Blocked, ConfigError, CouldNotLook, FingoodError
from fingood.model.event import EventKind
from fingood.model.names import quote_always
from fingood.model.report import Report
from fingood.sandbox.driver import run
from fingood.settings import Settings

SINCE = (
    """UPDATE "Order Lines" SET amount = 99 WHERE id IN (1, 2)""",
    'DELETE FROM "Order Lines" WHERE id = 3',
    """INSERT INTO "Order Lines" VALUES (4, 1, 'x'), (5, 1, 'y'), (6, 1, 'z')""",
    "CREATE TABLE later (id integer PRIMARY KEY)",
    "INSERT INTO later VALUES (1)",
    "UPDATE alembic_version SET version_num = '5000'",
)
THEN, NOW = [(1,), (2,), (3,)], [(1,), (2,), (4,), (5,), (6,)]
IDS = 'SELECT id FROM "Order Lines" ORDER BY id'


def back_up(settings: Settings, kind: BackupKind = BackupKind.DEPLOYMENT) -> BackupPoint:
    return take_backup_point(settings.database_url, settings.backup_dir, kind, AuditLog(settings.audit_log))


def go(settings: Settings, wanted: str = "") -> Report:
    settled = settle_earlier(settings)
    return restore_backup(settings, look_ahead(settings, wanted), Pace(drain=0.2), settled)


def others(settings: Settings) -> list[str]:
    """Databases (files) that are there beside the one in use and were not before."""
    if settings.database_url.startswith("sqlite"):
        file = Path(sa.engine.make_url(settings.database_url).database or "")
        return sorted(path.name for path in file.parent.iterdir() if path.name.startswith(f"{file.name}."))
    name = name_in(settings.database_url)
    with from_beside(settings.database_url) as connection:
        rows = run(connection, "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [name + "_"])
    return sorted(str(row[0]) for row in rows)


def outcomes(settings: Settings) -> list[object]:
    return [event.payload["outcome"] for event in AuditLog(settings.audit_log).events((EventKind.RESTORE,))]


def test_the_rows_of_then_come_back_and_those_of_now_are_kept(ledger: Settings) -> None:
    point = back_up(ledger)
    run_sql(ledger.database_url, *SINCE)
    prospect = look_ahead(ledger, "")
    told = "\n".join(prospect.lines)
    assert point.id in told
    assert '"Order Lines"' in told
    assert "3 rows then, 5 now: 2 or more written since are lost" in told
    assert "the table was made since, its rows are lost: 1" in told
    assert "revision 5000 goes back to 4f2a9c01" in told
    report = go(ledger)
    assert report.exit_code == 0
    assert run_sql(ledger.database_url, IDS) == THEN
    assert run_sql(ledger.database_url, "SELECT version_num FROM alembic_version") == [("4f2a9c01",)]
    (kept,) = others(ledger)
    assert "replaced" in kept
    where = (
        f"sqlite:///{report.data['kept']}"
        if ledger.database_url.startswith("sqlite")
        else with_database(ledger.database_url, kept)
    )
    assert run_sql(where, IDS) == NOW
    lost = {row[0].rpartition(".")[2]: row[1:4] for row in report.sections[0].rows}  # type: ignore[union-attr]
    assert lost == {'"Order Lines"': ("3", "2", "1"), "later": ("1", "0", "0")}
    assert outcomes(ledger) == ["started", "proven", "complete"]


def test_two_restores_within_a_second_keep_both_that_they_replace(
    ledger: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Standing(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime(2026, 1, 31, 23, 59, 59, tzinfo=tz)

    for way in (going_back, going_back_sqlite):
        monkeypatch.setattr(way, "datetime", Standing)
    back_up(ledger)
    before = others(ledger)
    assert [go(ledger).exit_code, go(ledger).exit_code] == [0, 0]
    kept = sorted(set(others(ledger)) - set(before))
    assert ["235959z" in kept[0], "20260201t000000z" in kept[1]] == [True, True]


def test_what_belongs_to_the_database_itself_is_carried_over(bank: Settings) -> None:
    name = quote_always(name_in(bank.database_url)).replace("%", "%%")
    run_sql(
        bank.database_url,
        f'ALTER DATABASE {name} SET search_path TO "Ünicode schema", public',
        f"ALTER DATABASE {name} CONNECTION LIMIT 40",
        f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC",
        f"COMMENT ON DATABASE {name} IS 'the ledger''s own'",
    )
    back_up(bank)
    query = (
        "SELECT datconnlimit, datacl::text, datallowconn, shobj_description(oid, 'pg_database'),"
        " current_setting('search_path') FROM pg_database WHERE datname = current_database()"
    )
    before = run_sql(bank.database_url, query)
    go(bank)
    after = run_sql(bank.database_url, query)
    assert [sorted(str(after[0][1]).strip("{}").split(","))] == [sorted(str(before[0][1]).strip("{}").split(","))]
    assert after[0][:1] + after[0][2:] == before[0][:1] + before[0][2:]
    assert run_sql(bank.database_url, "SELECT count(*) FROM pg_largeobject_metadata") == [(1,)]


def test_sessions_are_ended_and_the_application_connects_anew(bank: Settings) -> None:
    back_up(bank)
    engine = sa.create_engine(bank.database_url, pool_pre_ping=True)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    ended: list[str] = []

    def work() -> None:
        try:
            run_sql(bank.database_url, "SELECT pg_sleep(60)")
        except sa.exc.DBAPIError as error:
            ended.append(type(error).__name__)

    thread = threading.Thread(target=work)
    thread.start()
    report = go(bank)
    thread.join(timeout=20)
    assert ended == ["OperationalError"]
    assert float(str(report.data["unreachable_seconds"])) < 15
    with engine.connect() as connection:
        assert [tuple(row) for row in connection.exec_driver_sql(IDS)] == THEN
    engine.dispose()


def test_a_database_that_is_gone_is_made_anew(bank: Settings) -> None:
    back_up(bank)
    with from_beside(bank.database_url) as connection:
        run(connection, f"DROP DATABASE {quote_always(name_in(bank.database_url))} WITH (FORCE)")
    prospect = look_ahead(bank, "")
    assert prospect.loss is None
    report = restore_backup(bank, prospect, Pace())
    assert (report.exit_code, report.data["kept"]) == (0, "")
    assert run_sql(bank.database_url, IDS) == THEN


def test_a_backup_that_cannot_take_the_place_is_refused_before_anything(ledger: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no backup"):
        look_ahead(ledger, "")
    schema = back_up(ledger, BackupKind.SCHEMA)
    with pytest.raises(ConfigError, match="holds no rows"):
        look_ahead(ledger, schema.id)
    other = f"sqlite:///{tmp_path}/other.db"
    run_sql(other, *LEDGER)
    foreign = take_backup_point(other, ledger.backup_dir, BackupKind.FULL, AuditLog(ledger.audit_log))
    with pytest.raises(ConfigError, match=r"is a backup of SQLite · other\.db"):
        look_ahead(ledger, foreign.id)
    point = back_up(ledger)
    largest = max((file for file in point.files if file.path.startswith("dump")), key=lambda file: file.bytes)
    path = point.folder / largest.path
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    with pytest.raises(CouldNotLook, match=r"is damaged: .* bytes instead of"):
        look_ahead(ledger, "")
    path.write_bytes(whole)
    text = point.manifest.read_text()
    point.manifest.write_text(text.replace("4f2a9c01", "5f2a9c01"))
    with pytest.raises(CouldNotLook, match="not the one that the audit log recorded"):
        look_ahead(ledger, "")
    point.manifest.write_text(text)
    look_ahead(ledger, "")
    assert (outcomes(ledger), others(ledger)) == ([], [])


def test_a_copy_that_is_not_equal_never_takes_the_place(ledger: Settings) -> None:
    """A dump that lacks a row which its manifest counts, in a log that knows of nothing."""
    full = back_up(ledger)
    run_sql(ledger.database_url, 'DELETE FROM "Order Lines" WHERE id = 2')
    less = back_up(ledger)
    write_manifest(replace(less, fingerprints=full.fingerprints))
    ledger.audit_log.unlink()
    with pytest.raises(CouldNotLook, match=r"not equal to .*rows 2 instead of 3.*nothing was changed"):
        go(ledger, less.id)
    assert others(ledger) == []
    assert run_sql(ledger.database_url, IDS) == [(1,), (3,)]
    assert outcomes(ledger) == ["started", "failed"]


@pytest.fixture
def clerk(bank: Settings, tmp_path: Path) -> Iterator[tuple[str, Settings]]:
    """A role that may read all and nothing else, with a password in its URL, and a backup that it names."""
    role = f"clerk {tmp_path.name[-6:]}"
    run_sql(
        bank.database_url,
        f"CREATE ROLE \"{role}\" LOGIN PASSWORD 's3cret-pw' NOSUPERUSER",
        f'GRANT SELECT ON "Order Lines" TO "{role}"',
    )
    url = sa.engine.make_url(bank.database_url).set(username=role, password="s3cret-pw").render_as_string(False)
    back_up(bank)
    yield role, project_for(tmp_path, url)
    with from_beside(bank.database_url) as connection:
        owned = run(connection, "SELECT datname FROM pg_database WHERE datdba = %s::regrole", [quote_always(role)])
        for (name,) in owned:
            run(connection, f"DROP DATABASE {quote_always(str(name))} WITH (FORCE)")
    run_sql(bank.database_url, f'DROP OWNED BY "{role}"', f'DROP ROLE "{role}"')


def test_missing_rights_are_told_before_anything_is_changed(bank: Settings, clerk: tuple[str, Settings]) -> None:
    role, settings = clerk
    (point,) = (path.name for path in bank.backup_dir.iterdir() if path.is_dir())
    with pytest.raises(Blocked) as caught:
        look_ahead(settings, point)
    for words in ("may not create databases", "does not own database", "may not give objects to postgres"):
        assert words in caught.value.message
    assert "s3cret-pw" not in caught.value.message + caught.value.hint
    assert f'ALTER ROLE "{role}" CREATEDB' in caught.value.hint
    # A role that the backup names and the server does not know.
    run_sql(bank.database_url, f'REVOKE ALL ON "Order Lines" FROM "{role}"', f'ALTER ROLE "{role}" RENAME TO "{role}x"')
    try:
        with pytest.raises(Blocked, match=f"the server has no role {role}"):
            look_ahead(bank, "")
    finally:
        run_sql(bank.database_url, f'ALTER ROLE "{role}x" RENAME TO "{role}"')
    assert (outcomes(bank), others(bank)) == ([], [])


def test_an_owner_without_superpowers_goes_back(
    clerk: tuple[str, Settings], new_postgres_url: Callable[..., str], tmp_path: Path
) -> None:
    role, settings = clerk
    with leaving_no_databases(new_postgres_url(f"own_{tmp_path.name[-8:]}".lower())) as url:
        name = name_in(url)
        run_sql(url, f'ALTER ROLE "{role}" CREATEDB', f'ALTER DATABASE "{name}" OWNER TO "{role}"')
        mine = project_for(tmp_path / "own", with_database(settings.database_url, name))
        run_sql(mine.database_url, *LEDGER)
        back_up(mine)
        run_sql(mine.database_url, 'DELETE FROM "Order Lines"')
        assert go(mine).exit_code == 0
        assert run_sql(mine.database_url, IDS) == THEN
        assert run_sql(url, f"SELECT datdba::regrole::text FROM pg_database WHERE datname = '{name}'") == [
            (f'"{role}"',)
        ]


def test_two_at_once_are_one_too_many(bank: Settings) -> None:
    back_up(bank)
    prospect = look_ahead(bank, "")
    with (
        from_beside(bank.database_url) as connection,
        only_one(connection, name_in(bank.database_url)),
        pytest.raises(Blocked, match="another restore"),
    ):
        restore_backup(bank, prospect, Pace())
    assert others(bank) == []


def test_a_sqlite_file_that_somebody_works_on_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/app.db"
    run_sql(url, *LEDGER)
    settings = project_for(tmp_path, url)
    back_up(settings)
    other = sqlite3.connect(tmp_path / "app.db")
    other.execute("PRAGMA journal_mode = wal")
    other.execute("BEGIN IMMEDIATE")
    prospect = look_ahead(settings, "")
    with pytest.raises(Blocked, match=r"somebody works on app\.db"):
        restore_backup(settings, prospect, Pace())
    other.rollback()
    other.close()
    assert others(settings) == []
    assert restore_backup(settings, prospect, Pace()).exit_code == 0


def test_a_sqlite_file_that_is_ruined_is_replaced(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/app.db"
    run_sql(url, *LEDGER)
    settings = project_for(tmp_path, url)
    back_up(settings)
    (tmp_path / "app.db").write_bytes(b"not a database any more" * 400)
    prospect = look_ahead(settings, "")
    assert (prospect.loss, prospect.reason) != (None, "")
    assert restore_backup(settings, prospect, Pace()).exit_code == 0
    assert run_sql(url, IDS) == THEN


def test_the_command_asks_and_says_no_password(
    bank: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    url = sa.engine.make_url(bank.database_url).set(password="s3cret-pw").render_as_string(False)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert main.run(["create-backup", "--no-prove"]) == 0
    assert main.run(["emergency-rollback", "--restore-backup"]) == 2
    assert others(bank) == []
    said = "".join(capfd.readouterr())
    assert "nobody is there to ask; nothing was changed" in said
    assert main.run(["emergency-rollback", "--restore-backup", "--yes", "--drain", "0", "--format", "json"]) == 0
    answer = capfd.readouterr()
    assert json.loads(answer.out)["data"]["kept"] == others(bank)[0]
    assert "s3cret-pw" not in said + answer.out + answer.err + bank.audit_log.read_text()


def test_a_failure_is_one_of_ours(bank: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rename that the server refuses: the database is open again, under its name."""
    back_up(bank)
    prospect = look_ahead(bank, "")
    monkeypatch.setattr("fingood.backup.going_back.dated", lambda name, word, now: f"{name}_{word}")

    def take_the_name(label: str) -> None:
        if label == "rename":
            with from_beside(bank.database_url) as connection:
                run(connection, f"CREATE DATABASE {quote_always(name_in(bank.database_url) + '_replaced')}")

    try:
        with pytest.raises(FingoodError, match=r"cannot be replaced .* open again, unchanged"):
            restore_backup(bank, prospect, Pace(drain=0, watch=take_the_name))
    finally:
        with from_beside(bank.database_url) as connection:
            run(connection, f"DROP DATABASE {quote_always(name_in(bank.database_url) + '_replaced')}")
    assert others(bank) == []
    assert run_sql(bank.database_url, IDS) == THEN
