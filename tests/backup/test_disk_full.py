"""A disk that is full, staged by a small one: one clear line, nothing half-made, and the database as it was."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.backup.conftest import LEDGER, project_for, run_sql
from tests.backup.test_going_back import go

from fingood.audit import AuditLog
from fingood.backup import BackupKind, list_backup_points
from fingood.commands.create_backup import create_backup
from fingood.errors import CouldNotLook
from fingood.sandbox.driver import run
from fingood.sandbox.place import server_user
from fingood.sandbox.server import Server
from fingood.settings import Settings

NOISE = (
    "CREATE TABLE noise (id integer PRIMARY KEY, t text)",
    "INSERT INTO noise SELECT n, repeat(md5(n::text), 8) FROM generate_series(1, 30000) n",
)
LITE_NOISE = (
    "CREATE TABLE noise (id INTEGER PRIMARY KEY, t TEXT)",
    "INSERT INTO noise WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 300)"
    " SELECT n, hex(randomblob(500)) FROM s",
)


@contextmanager
def small_disk(place: Path, kilobytes: int) -> Iterator[Path]:
    """A disk of that size at ``place``. Skips where this user may not mount one."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)]
    done = _quietly(command) if sys.platform == "linux" and shutil.which("mount") else None
    if done is None or done.returncode != 0:
        pytest.skip("a small disk cannot be mounted here (it takes root on Linux)")
    try:
        yield place
    finally:
        _quietly(["umount", "-l", str(place)])


def _quietly(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, capture_output=True, check=False)


def leave_free(place: Path, wanted: int) -> Path:
    """Takes room on the disk until only so many bytes are left."""
    ballast = place / "ballast"
    ballast.write_bytes(b"\0" * (shutil.disk_usage(place).free - wanted))
    return ballast


def outcomes(settings: Settings) -> list[object]:
    return [event.payload["outcome"] for event in AuditLog(settings.audit_log).events()]


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_a_backup_for_which_there_is_no_room_leaves_nothing(
    request: pytest.FixtureRequest, tmp_path: Path, dialect: str
) -> None:
    url = f"sqlite:///{tmp_path}/bank.db" if dialect == "sqlite" else request.getfixturevalue("postgres_url")
    run_sql(url, *LEDGER, *(LITE_NOISE if dialect == "sqlite" else NOISE))
    settings = project_for(tmp_path / "bank app", url)
    with small_disk(tmp_path / "disk", 2048) as place:
        settings.backup_dir.parent.mkdir(mode=0o700)
        settings.backup_dir.symlink_to(place)
        kept = leave_free(place, 0)
        # Wherever it breaks off: while dumping, or at what is written after the dump.
        for room in (0, 4, 60, 110):
            kept.unlink()
            kept = leave_free(place, room * 1024)
            with pytest.raises(CouldNotLook) as told:
                create_backup(settings, BackupKind.DEPLOYMENT, prove=False)
            assert "\n" not in told.value.message
            assert "room" in told.value.hint, (room, told.value.message, told.value.hint)
            assert list_backup_points(settings.backup_dir) == ()
            assert {path.name for path in place.iterdir()} <= {"ballast", ".gitignore"}
        assert set(outcomes(settings)) <= {"taken", "failed"}
        assert outcomes(settings)[-1] == "failed"
        kept.unlink()
        create_backup(settings, BackupKind.DEPLOYMENT, prove=False)
        assert list_backup_points(settings.backup_dir)


def test_a_restore_for_which_the_server_has_no_room_changes_nothing(tmp_path: Path) -> None:
    user = server_user()
    with Server.start(in_memory=True) as server, small_disk(server.base / "disk", 80 * 1024) as place:
        home = place / "small"
        home.mkdir()
        if user is not None:
            os.chown(home, user, user)
            os.chown(place, user, user)
        with server.maintenance() as connection:
            run(connection, f"CREATE TABLESPACE small LOCATION '{home}'")
        name = server.create_database("Bank Prod", template="template0", options="TABLESPACE small")
        url = server.url(name)
        run_sql(url, *LEDGER, *NOISE)
        settings = project_for(tmp_path / "bank app", url)
        create_backup(settings, BackupKind.DEPLOYMENT, prove=False)
        (row,) = run_sql(url, "SELECT pg_database_size('template0'), pg_relation_size('noise')")
        empty, noise = (int(str(value)) for value in row)
        # Not even for an empty database, and for one without all rows.
        for room in (empty // 2, empty + noise // 2):
            ballast = leave_free(place, room)
            with pytest.raises(CouldNotLook, match="the server's disk is full") as told:
                go(settings)
            ballast.unlink()
            assert "nothing was changed" in told.value.message
            assert "room for a second copy" in told.value.hint
            assert run_sql(url, "SELECT count(*) FROM noise") == [(30000,)]
            databases = run_sql(url, "SELECT datname FROM pg_database WHERE datallowconn ORDER BY 1")
            assert [row[0] for row in databases] == ["Bank Prod", "postgres", "template1"]
            assert outcomes(settings)[-2:] == ["started", "failed"]


def test_a_restore_of_a_file_for_which_there_is_no_room_changes_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 2048) as place:
        url = f"sqlite:///{place}/bank.db"
        run_sql(url, *LEDGER, *LITE_NOISE)
        settings = project_for(tmp_path / "bank app", url)
        create_backup(settings, BackupKind.DEPLOYMENT, prove=False)
        leave_free(place, 64 * 1024)
        with pytest.raises(CouldNotLook, match="nothing was changed") as told:
            go(settings)
        assert "room for a second copy" in told.value.hint
        assert run_sql(url, "SELECT count(*) FROM noise") == [(300,)]
        assert {path.name for path in place.iterdir()} == {"bank.db", "ballast"}
        assert outcomes(settings)[-2:] == ["started", "failed"]
