"""What lies in the backup folder: listed, shown, read again, and removed with care."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.backup.conftest import LEDGER, project_for, run_sql

from fingood.audit import AuditLog
from fingood.backup import BackupKind, BackupPoint, list_backup_points, newest_proven, prove_backup, take_backup_point
from fingood.backup.shelf import remove_abandoned, write_manifest
from fingood.commands.backups import list_backups, prune_backups, show_backup, verify_backups
from fingood.errors import ConfigError
from fingood.model.report import Outcome, Report
from fingood.settings import Settings


@pytest.fixture
def shelf(tmp_path: Path) -> Settings:
    """Four backups: of 9, 3 (proven), 2 and 0 days ago."""
    url = f"sqlite:///{tmp_path}/app.db"
    run_sql(url, *LEDGER)
    settings = project_for(tmp_path, url)
    audit = AuditLog(settings.audit_log)
    for days in (9, 3, 2, 0):
        point = take_backup_point(url, settings.backup_dir, BackupKind.FULL, audit)
        if days == 3:
            point = prove_backup(point, audit)
        write_manifest(replace(point, taken=datetime.now(UTC) - timedelta(days=days)))
    return settings


def outcomes(report: Report) -> dict[str, set[Outcome]]:
    found: dict[str, set[Outcome]] = {}
    for run in report.runs:
        found.setdefault(run.check, set()).add(run.outcome)
    return found


def points(settings: Settings) -> tuple[BackupPoint, ...]:
    return list_backup_points(settings.backup_dir)


def test_the_list_says_age_size_revision_and_state(shelf: Settings) -> None:
    (shelf.backup_dir / "torn").mkdir()
    (shelf.backup_dir / "torn" / "manifest.json").write_text("{")
    report = list_backups(shelf)
    (table, damaged) = report.sections
    assert [row[1] for row in table.rows] == ["0 s", "2 days", "3 days", "9 days"]  # type: ignore[union-attr]
    assert [row[4] for row in table.rows] == ["checksummed", "checksummed", "proven", "checksummed"]  # type: ignore[union-attr]
    assert "torn" in damaged.lines[0]  # type: ignore[union-attr]


def test_one_is_shown_with_its_tables_and_files_by_the_beginning_of_its_id(shelf: Settings) -> None:
    report = show_backup(shelf, points(shelf)[2].id[:19])
    assert report.headline.startswith("proven")
    tables = next(section for section in report.sections if section.title == "Tables")
    assert tables.rows[0][:2] == ('"Order Lines"', "3")  # type: ignore[union-attr]
    with pytest.raises(ConfigError, match="backups with an id like '2'"):
        show_backup(shelf, "2")


def test_the_newest_proven_one_is_of_this_target(shelf: Settings) -> None:
    found = newest_proven(shelf.backup_dir, shelf.target)
    assert found is not None
    assert found.id == points(shelf)[2].id
    assert newest_proven(shelf.backup_dir, "PostgreSQL · elsewhere/app") is None


def test_verify_sees_a_changed_file_and_a_changed_manifest(shelf: Settings) -> None:
    audit = AuditLog(shelf.audit_log)
    point = take_backup_point(shelf.database_url, shelf.backup_dir, BackupKind.FULL, audit)
    good = verify_backups(shelf, point.id, prove=True)
    assert (good.exit_code, outcomes(good)["backup-restore"]) == (0, {Outcome.PASSED})
    # Relabelled: an old backup that says it is of today.
    data = json.loads(point.manifest.read_text())
    point.manifest.write_text(json.dumps({**data, "heads": ["0000"]}))
    edited = verify_backups(shelf, point.id, prove=True)
    assert edited.exit_code == 1
    assert outcomes(edited) == {"backup-checksums": {Outcome.PASSED}, "backup-manifest": {Outcome.FAILED}}
    # A proof must not have made the edited one known.
    assert verify_backups(shelf, point.id, prove=False).exit_code == 1
    path = point.folder / point.files[-1].path
    path.write_bytes(path.read_bytes()[:-1])
    damaged = verify_backups(shelf, "", prove=False)
    assert damaged.exit_code == 1
    assert outcomes(damaged)["backup-checksums"] == {Outcome.PASSED, Outcome.FAILED}


def test_prune_lists_first_and_never_takes_the_newest_proven(shelf: Settings) -> None:
    newest, older, proven, oldest = (point.id for point in points(shelf))
    assert prune_backups(shelf, keep=1, older_than=None, doit=False).data["would_remove"] == [older, oldest]
    assert prune_backups(shelf, keep=None, older_than=1.5, doit=False).data["would_remove"] == [older, oldest]
    assert prune_backups(shelf, keep=3, older_than=1.0, doit=False).data["would_remove"] == [oldest]
    assert len(points(shelf)) == 4
    with pytest.raises(ConfigError, match="--keep"):
        prune_backups(shelf, keep=None, older_than=None, doit=True)
    assert prune_backups(shelf, keep=0, older_than=None, doit=True).exit_code == 0
    assert [point.id for point in points(shelf)] == [proven]
    removed = [e.subject for e in AuditLog(shelf.audit_log).events() if e.payload["outcome"] == "removed"]
    assert removed == [newest, older, oldest]
    remove_abandoned(shelf.backup_dir)
    assert {path.name for path in shelf.backup_dir.iterdir()} == {".gitignore", proven}
