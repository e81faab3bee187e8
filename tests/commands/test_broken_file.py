"""A SQLite file that cannot be read: who holds it, or what is wrong with it, in one line, and never as a fault of
ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from fingood.audit import AuditLog
from fingood.backup import BackupKind, take_backup_point
from fingood.commands.doctor_database import examine_database
from fingood.commands.emergency_rollback import list_ways_back
from fingood.commands.health_check import health_check
from fingood.commands.suggest_mapping import suggest_mapping
from fingood.commands.target import look_at_target
from fingood.commands.validate import validate_data
from fingood.errors import CouldNotLook
from fingood.model.report import Outcome
from fingood.settings import Settings, load


def damage(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def overwrite(path: Path) -> None:
    path.write_bytes(b"these are the minutes of a meeting, not a database " * 100)


BROKEN = ((damage, "it is damaged (SQLITE_CORRUPT"), (overwrite, "it is no SQLite database, or an encrypted one"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE alembic_version (version_num text)")
        database.execute("CREATE TABLE entry (id integer PRIMARY KEY, amount numeric, currency text)")
        database.executemany("INSERT INTO entry (amount, currency) VALUES (?, 'EUR')", [(n,) for n in range(2000)])
        database.commit()
    return path


@pytest.fixture
def settings(tmp_path: Path, path: Path) -> Settings:
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    (tmp_path / "migrations/versions").mkdir(parents=True)
    (tmp_path / "migrations/env.py").write_text("")
    (tmp_path / "pyproject.toml").write_text("")
    return load(start=tmp_path, options={"database_url": f"sqlite:///{path}"}, environ={})


def back_up(settings: Settings) -> object:
    return take_backup_point(
        str(settings.database_url), settings.backup_dir, BackupKind.FULL, AuditLog(settings.audit_log)
    )


@pytest.mark.parametrize("look", [look_at_target, validate_data, suggest_mapping, back_up])
@pytest.mark.parametrize(("spoil", "told"), BROKEN)
def test_what_is_wrong_with_a_file_is_told(
    settings: Settings, path: Path, spoil: Callable[[Path], None], told: str, look: Callable[[Settings], object]
) -> None:
    spoil(path)
    with pytest.raises(CouldNotLook) as raised:
        look(settings)
    assert told in raised.value.message


@pytest.mark.parametrize(("spoil", "told"), BROKEN)
def test_reports_of_many_looks_name_it_beside_what_could_not_look(
    settings: Settings, path: Path, spoil: Callable[[Path], None], told: str
) -> None:
    spoil(path)
    assert told in repr(list_ways_back(settings).sections)
    for runs in (examine_database(settings), health_check(settings, comprehensive=False).runs):
        errored = [run.reason for run in runs if run.outcome is Outcome.ERRORED]
        assert errored
        assert all(told in reason for reason in errored)


def test_who_holds_a_locked_file_is_told(settings: Settings, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(CouldNotLook, match=r"^ledger\.db is locked by ") as raised:
            look_at_target(settings)
    assert raised.value.hint == "try again when it is done"
