"""Health checks of SQLite files with planted faults."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

import pytest

from fingood.model.report import CheckRun, Outcome
from fingood.monitoring import HEALTH_CHECKS

from .conftest import Look

PLANTED = """
CREATE TABLE parents (id integer PRIMARY KEY AUTOINCREMENT);
CREATE TABLE "Order Lines" (id integer PRIMARY KEY, parent integer REFERENCES parents);
INSERT INTO "Order Lines" VALUES (1, 7), (2, 8);
CREATE TABLE keyless (amount numeric, memo text);
CREATE INDEX one ON keyless (amount);
CREATE INDEX two ON keyless (amount);
CREATE INDEX other ON keyless (amount DESC);
CREATE TABLE "_alembic_tmp_keyless" (amount numeric);
INSERT INTO parents VALUES (9000000000000000000);
DELETE FROM parents;
CREATE VIEW broken AS SELECT gone FROM keyless;
CREATE VIEW sound AS SELECT amount FROM keyless;
"""

FOUND = {
    "foreign-keys": "2 rows of Order Lines point to rows of parents that do not exist",
    "foreign-key-indexes": "the foreign key Order Lines.parent has no index",
    "tables-without-key": "keyless has no primary key",
    "duplicate-indexes": "the index two on keyless has the columns of one",
    "leftover-tables": "_alembic_tmp_keyless looks like a copy that a migration kept or could not finish",
    "sequences": "parents has given out 9,000,000,000,000,000,000 of",
    "broken-views": "the view broken cannot be read",
    "statistics": "3 indexes have no statistics",
    "journal-mode": "the file is not in WAL mode but in delete",
    "file-writers": "everybody on this host may write app.db (-rw-rw-rw-)",
    "file-readers": "everybody on this host may read app.db (-rw-rw-rw-)",
    "folder-writers": "everybody on this host may replace files in",
    "journal-file": "app.db-journal is 7",
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, look: Look) -> dict[str, CheckRun]:
    path = tmp_path_factory.mktemp("lite") / "app.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(PLANTED)
    connection.close()
    path.chmod(0o666)
    path.parent.chmod(0o777)
    # A journal whose writer is gone: its header is zero, so that SQLite takes nothing back.
    journal = Path(f"{path}-journal")
    journal.write_bytes(b"\0" * 512)
    os.utime(journal, (time.time() - 7200,) * 2)
    return look(f"sqlite:///{path}")


@pytest.mark.parametrize("check", FOUND)
def test_a_planted_fault_is_found(runs: dict[str, CheckRun], check: str) -> None:
    run = runs[check]
    assert run.outcome is Outcome.FAILED, (run.outcome, run.reason)
    assert any(FOUND[check] in found.message for found in run.findings), [found.message for found in run.findings]


def test_what_is_sound_passes(runs: dict[str, CheckRun]) -> None:
    assert set(runs) == {check.id for check in HEALTH_CHECKS if check.dialect == "sqlite"}
    assert len(runs["broken-views"].findings) == 1
    for check in ("quick-check", "integrity-check", "encoding", "wal-file"):
        assert runs[check].outcome is Outcome.PASSED, (check, runs[check].reason)


def test_a_database_in_memory_has_no_file_to_look_at(look: Look) -> None:
    runs = look("sqlite://")
    assert runs["file-writers"].outcome is Outcome.SKIPPED
    assert not [run for run in runs.values() if run.outcome is Outcome.ERRORED]


def test_a_damaged_file_is_not_called_well(tmp_path: Path, look: Look) -> None:
    path = tmp_path / "app.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE entries (id integer PRIMARY KEY, memo text)")
        connection.executemany("INSERT INTO entries (memo) VALUES (?)", [("x" * 400,)] * 400)
    connection.close()
    whole = bytearray(path.read_bytes())
    whole[8192:16384] = b"\xff" * 8192
    path.write_bytes(bytes(whole))
    runs = look(f"sqlite:///{path}")
    for check in ("quick-check", "integrity-check"):
        assert runs[check].outcome in (Outcome.FAILED, Outcome.ERRORED)


def test_a_look_that_takes_too_long_is_interrupted(tmp_path: Path, look: Look) -> None:
    path = tmp_path / "app.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE entries (id integer PRIMARY KEY, memo text)")
        connection.executemany("INSERT INTO entries (memo) VALUES (?)", [("x" * 100,)] * 30_000)
        connection.execute("CREATE INDEX by_memo ON entries (memo, id)")
    connection.close()
    run = look(f"sqlite:///{path}", timeout=0.0001)["integrity-check"]
    assert run.outcome is Outcome.ERRORED
    assert "no answer within" in run.reason
