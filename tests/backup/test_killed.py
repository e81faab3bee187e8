"""A restore that is killed (kill -9) between any two of its steps leaves one of the two databases under the right name,
and the next run says what it found and goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.backup.conftest import LEDGER, project_for, run_sql
from tests.backup.test_going_back import IDS, NOW, SINCE, THEN, back_up, go, others, outcomes

from fingood.backup import BackupPoint
from fingood.backup.databases import from_beside, name_in
from fingood.commands.emergency_rollback import list_ways_back
from fingood.commands.restore_backup import settle_earlier
from fingood.sandbox.driver import run
from fingood.settings import Settings

# The process kills itself in the place of the step's next function: nothing is cleaned up, no handler runs.
_CHILD = """
import os, signal, sys
from pathlib import Path
from fingood.backup import going_back, going_back_sqlite, shelf, swap
from fingood.backup.content import load_content
from fingood.backup.point import read_manifest
from fingood.audit import AuditLog
url, folder, log, step = sys.argv[1:]
def die(*args, **kwargs): os.kill(os.getpid(), signal.SIGKILL)
def die_at_the_end(*args, outcome, **kwargs): outcome == "complete" and die()
module, name = {
    "copy made": (going_back, "_fill"), "copy proven": (going_back, "swap"), "closing": (swap, "close"),
    "closed": (swap, "_drain"), "renamed, not committed": (swap, "reopen"), "swapped": (going_back, "note_restore"),
    "file proven": (going_back_sqlite, "_replace"), "linked": (going_back_sqlite.os, "replace"),
    "replaced": (going_back_sqlite, "note_restore"),
}[step]
setattr(module, name, die_at_the_end if name == "note_restore" else die)
point = read_manifest(Path(folder))
content = load_content(point.folder, point.fingerprints)
way = going_back_sqlite.go_back_sqlite if url.startswith("sqlite") else going_back.go_back
way(url, point, content, AuditLog(log), pace=going_back.Pace(drain=0))
"""


def kill_at(settings: Settings, point: BackupPoint, step: str) -> None:
    words = [settings.database_url, str(point.folder), str(settings.audit_log), step]
    done = subprocess.run([sys.executable, "-c", _CHILD, *words], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, (step, done.stderr)


def is_open(settings: Settings) -> bool:
    with from_beside(settings.database_url) as connection:
        query = "SELECT datallowconn FROM pg_database WHERE datname = %s"
        return bool(run(connection, query, [name_in(settings.database_url)])[0][0])


def test_a_killed_restore_is_undone_by_the_next(bank: Settings) -> None:
    point = back_up(bank)
    run_sql(bank.database_url, *SINCE)
    for step in ("copy made", "copy proven", "closing", "closed", "renamed, not committed"):
        kill_at(bank, point, step)
        assert is_open(bank) is (step not in ("closed", "renamed, not committed")), step
        assert ["restoring" in name for name in others(bank)] == [True], step
        seen = list_ways_back(bank)
        assert "An interrupted restore" in [section.title for section in seen.sections], step
        (found,) = settle_earlier(bank)
        assert "was interrupted before the swap" in found, step
        assert ("is open again" in found) is (step in ("closing", "closed", "renamed, not committed")), step
        assert others(bank) == [], step
        assert run_sql(bank.database_url, IDS) == NOW, step
    assert settle_earlier(bank) == ()
    kill_at(bank, point, "swapped")
    assert run_sql(bank.database_url, IDS) == THEN
    assert [("replaced" in name, is_open(bank)) for name in others(bank)] == [(True, True)]
    assert settle_earlier(bank) == ()
    assert go(bank).exit_code == 0
    assert len(others(bank)) == 2
    assert outcomes(bank)[-1] == "complete"
    assert outcomes(bank).count("undone") == 5


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_a_killed_restore_of_a_file_leaves_a_whole_file(tmp_path: Path, journal: str) -> None:
    url = f"sqlite:///{tmp_path}/app [x].db"
    run_sql(url, f"PRAGMA journal_mode = {journal}", *LEDGER)
    settings = project_for(tmp_path, url)
    point = back_up(settings)
    run_sql(url, *SINCE)
    for step in ("file proven", "linked"):
        kill_at(settings, point, step)
        assert run_sql(url, IDS) == NOW, step
        (found,) = settle_earlier(settings)
        assert "was interrupted before the swap" in found, step
        assert others(settings) == [], step
        assert run_sql(url, IDS) == NOW, step
    kill_at(settings, point, "replaced")
    assert run_sql(url, IDS) == THEN
    assert settle_earlier(settings) == ()
    assert ["replaced" in name for name in others(settings)] == [True]
