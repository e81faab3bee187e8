"""A restore that is killed (kill -9) between any two of its steps leaves one of the two databases under the right name,
and the next run says what it found and goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
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

# A process with everything imported, which forks one that kills itself in the place of a step's next function: nothing
# is cleaned up, no handler runs.
_FORKS = """
import json, os, signal, sys
from pathlib import Path
from fingood.backup import going_back, going_back_sqlite, swap
from fingood.backup.content import load_content
from fingood.backup.point import read_manifest
from fingood.audit import AuditLog

STEPS = {
    "copy made": (going_back, "_fill"), "copy proven": (going_back, "swap"), "closing": (swap, "close"),
    "closed": (swap, "_drain"), "renamed, not committed": (swap, "reopen"), "swapped": (going_back, "note_restore"),
    "file proven": (going_back_sqlite, "_replace"), "linked": (going_back_sqlite.os, "replace"),
    "replaced": (going_back_sqlite, "note_restore"),
}

def die(*args, **kwargs): os.kill(os.getpid(), signal.SIGKILL)

def restore(url, folder, log, step):
    module, name = STEPS[step]
    real = getattr(module, name)
    def die_at_the_end(*args, outcome, **kwargs):
        die() if outcome == "complete" else real(*args, outcome=outcome, **kwargs)
    setattr(module, name, die_at_the_end if name == "note_restore" else die)
    point = read_manifest(Path(folder))
    content = load_content(point.folder, point.fingerprints)
    way = going_back_sqlite.go_back_sqlite if url.startswith("sqlite") else going_back.go_back
    way(url, point, content, AuditLog(log), pace=going_back.Pace(drain=0))

for line in sys.stdin:
    child = os.fork()
    if not child:
        try:
            restore(*json.loads(line))
        finally:
            os._exit(1)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""

Kill = Callable[[Settings, BackupPoint, str], None]


@pytest.fixture(scope="module")
def kill_at() -> Iterator[Kill]:
    """Restores in a process that is killed at a step."""
    words = [sys.executable, "-c", _FORKS]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as forks:
        assert forks.stdin is not None
        assert forks.stdout is not None

        def kill(settings: Settings, point: BackupPoint, step: str) -> None:
            order = [settings.database_url, str(point.folder), str(settings.audit_log), step]
            forks.stdin.write(json.dumps(order) + "\n")  # type: ignore[union-attr]
            assert int(forks.stdout.readline()) == -signal.SIGKILL, step  # type: ignore[union-attr]

        yield kill
        forks.stdin.close()


def is_open(settings: Settings) -> bool:
    with from_beside(settings.database_url) as connection:
        query = "SELECT datallowconn FROM pg_database WHERE datname = %s"
        return bool(run(connection, query, [name_in(settings.database_url)])[0][0])


def test_a_killed_restore_is_undone_by_the_next(bank: Settings, kill_at: Kill) -> None:
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
    (found,) = settle_earlier(bank)
    assert found.endswith(f"was interrupted after the swap: {name_in(bank.database_url)} is that backup; "
                          f"what it replaced is kept as {others(bank)[0]}")  # fmt: skip
    assert settle_earlier(bank) == ()
    assert go(bank).exit_code == 0
    assert len(others(bank)) == 2
    assert outcomes(bank)[-1] == "complete"
    assert outcomes(bank).count("undone") == 5


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_a_killed_restore_of_a_file_leaves_a_whole_file(tmp_path: Path, kill_at: Kill, journal: str) -> None:
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
    (found,) = settle_earlier(settings)
    assert "was interrupted after the swap" in found
    assert settle_earlier(settings) == ()
    assert ["replaced" in name for name in others(settings)] == [True]
