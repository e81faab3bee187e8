"""Backup points of real databases."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from fingood.audit import AuditLog
from fingood.backup import BackupKind, BackupState, list_backup_points, prove_backup, take_backup_point, verify_files
from fingood.errors import CannotConnect, CouldNotLook, FingoodError
from fingood.model.event import EventKind
from fingood.sandbox.dump import client_for


def run_sql(url: str, *statements: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


TABLES = (
    'CREATE TABLE "Order Lines" (id integer PRIMARY KEY, amount numeric(19, 4))',
    'INSERT INTO "Order Lines" VALUES (1, 12.3456), (2, -0.5)',
    "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
    "INSERT INTO alembic_version VALUES ('4f2a9c01')",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    found = f"sqlite:///{tmp_path}/app.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    run_sql(found, *TABLES)
    return str(found)


@pytest.fixture
def audit(tmp_path: Path) -> AuditLog:
    return AuditLog(tmp_path / "audit.jsonl")


def test_a_backup_names_every_file_with_its_checksum(url: str, tmp_path: Path, audit: AuditLog) -> None:
    point = take_backup_point(url, tmp_path / "backups", BackupKind.DEPLOYMENT, audit)
    assert point.state is BackupState.CHECKSUMMED
    assert point.heads == ("4f2a9c01",)
    assert {f.path for f in point.files} == {
        p.relative_to(point.folder).as_posix() for p in point.folder.rglob("*") if p.is_file() and p != point.manifest
    }
    assert verify_files(point) == ()
    assert list_backup_points(tmp_path / "backups") == (point,)


def test_a_backup_is_noted_in_the_audit_log(url: str, tmp_path: Path, audit: AuditLog) -> None:
    point = take_backup_point(url, tmp_path / "backups", BackupKind.FULL, audit)
    prove_backup(point, audit)
    assert {(event.kind, event.subject) for event in audit.events()} == {(EventKind.BACKUP, point.id)}
    assert [event.payload["state"] for event in audit.events()] == ["taken", "checksummed", "restored", "proven"]


def test_a_schema_backup_holds_no_rows(url: str, tmp_path: Path, audit: AuditLog) -> None:
    run_sql(url, "CREATE TABLE notes (text varchar(40))", "INSERT INTO notes VALUES ('Zaphod Beeblebrox')")
    point = take_backup_point(url, tmp_path / "backups", BackupKind.SCHEMA, audit)
    assert not [f.path for f in point.files if b"Zaphod" in (point.folder / f.path).read_bytes()]


def test_the_dump_of_a_postgresql_database_restores(
    postgres_url: str, new_postgres_url: Callable[[], str], tmp_path: Path, audit: AuditLog
) -> None:
    run_sql(postgres_url, *TABLES)
    point = take_backup_point(postgres_url, tmp_path / "back ups", BackupKind.DEPLOYMENT, audit)
    other = sa.engine.make_url(new_postgres_url())
    restore = client_for(point.server_version).tool("pg_restore")
    words = [restore, "--exit-on-error", f"--dbname={other.set(drivername='postgresql').render_as_string(False)}"]
    subprocess.run([*words, point.folder / "dump" / "database.dump"], check=True, capture_output=True)
    engine = sa.create_engine(other)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql('SELECT id, amount::text FROM "Order Lines" ORDER BY id').fetchall()
    engine.dispose()
    assert [tuple(row) for row in rows] == [(1, "12.3456"), (2, "-0.5000")]


def test_the_copy_of_a_sqlite_database_holds_what_others_committed_meanwhile(tmp_path: Path, audit: AuditLog) -> None:
    run_sql(f"sqlite:///{tmp_path}/app.db", *TABLES)
    other = sqlite3.connect(tmp_path / "app.db")
    other.execute("PRAGMA journal_mode=wal")
    other.execute('INSERT INTO "Order Lines" VALUES (3, 1)')
    other.commit()
    other.execute('INSERT INTO "Order Lines" VALUES (4, 1)')
    point = take_backup_point(f"sqlite:///{tmp_path}/app.db", tmp_path / "backups", BackupKind.FULL, audit)
    copy = sqlite3.connect(point.folder / "dump" / "database.sqlite")
    assert copy.execute('SELECT count(*) FROM "Order Lines"').fetchone() == (3,)
    copy.close()
    other.close()


def test_a_changed_a_missing_and_a_cut_file_are_seen(url: str, tmp_path: Path, audit: AuditLog) -> None:
    point = take_backup_point(url, tmp_path / "backups", BackupKind.FULL, audit)
    path = point.folder / point.files[0].path
    whole = path.read_bytes()
    path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
    assert verify_files(point) == (f"{point.files[0].path} has another checksum",)
    path.write_bytes(whole[:-1])
    assert "bytes instead of" in verify_files(point)[0]
    path.unlink()
    assert verify_files(point) == (f"{point.files[0].path} is missing",)


def test_an_unreachable_database_leaves_nothing_behind(tmp_path: Path, audit: AuditLog) -> None:
    with pytest.raises(CannotConnect):
        take_backup_point("postgresql+psycopg://localhost:1/x", tmp_path / "backups", BackupKind.FULL, audit)
    assert not (tmp_path / "backups").exists()


def test_a_dump_that_fails_leaves_nothing_but_a_note(postgres_url: str, tmp_path: Path, audit: AuditLog) -> None:
    role = f"reader_{os.getpid()}_{tmp_path.name[-8:]}".lower().replace("-", "_")
    run_sql(postgres_url, *TABLES, f"CREATE ROLE {role} LOGIN PASSWORD 's3cret-pw'")
    try:
        url = sa.engine.make_url(postgres_url).set(username=role, password="s3cret-pw").render_as_string(False)
        with pytest.raises(CouldNotLook, match="permission denied") as caught:
            take_backup_point(url, tmp_path / "backups", BackupKind.FULL, audit)
    finally:
        run_sql(postgres_url, f"DROP ROLE {role}")
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [".gitignore"]
    assert [event.payload["outcome"] for event in audit.events()] == ["failed"]
    assert "s3cret-pw" not in caught.value.message + (tmp_path / "audit.jsonl").read_text()


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path, audit: AuditLog) -> None:
    run_sql(f"sqlite:///{tmp_path}/app.db", *TABLES)
    dead = subprocess.Popen(["true"])
    dead.wait()
    left = tmp_path / "backups" / f"20260101T000000.000Z-full-app.{dead.pid}.partial"
    running = tmp_path / "backups" / f"20260101T000000.000Z-full-app.{os.getppid()}.partial"
    for folder in (left, running):
        folder.mkdir(parents=True)
    take_backup_point(f"sqlite:///{tmp_path}/app.db", tmp_path / "backups", BackupKind.FULL, audit)
    assert not left.exists()
    assert running.exists()
    assert len(list_backup_points(tmp_path / "backups")) == 1


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path, audit: AuditLog) -> None:
    run_sql(f"sqlite:///{tmp_path}/app.db", *TABLES)
    (tmp_path / "backups").write_text("")
    with pytest.raises(FingoodError, match="cannot be written"):
        take_backup_point(f"sqlite:///{tmp_path}/app.db", tmp_path / "backups", BackupKind.FULL, audit)
