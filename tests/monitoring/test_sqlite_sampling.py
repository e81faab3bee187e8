"""Samples of SQLite files that other processes read and write: what is seen, and that nobody is held up."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fingood.catalog import sqlite_locks
from fingood.catalog.sqlite_file import read_file_state
from fingood.catalog.sqlite_locks import look_for_locks
from fingood.cli.live_view import draw
from fingood.cli.main import run
from fingood.model.file_work import FileLockKind, FileSample
from fingood.monitoring.file_sampling import FileWatch
from fingood.monitoring.waits import Session, lines_of, tree_of

from .sqlite_files import held, make

needs_locks = pytest.mark.skipif(not Path("/proc/locks").exists(), reason="this system shows no locks")


def watch_of(path: Path) -> FileWatch:
    return FileWatch(path=path, locks=look_for_locks(path))


def insert(path: Path, times: int) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for number in range(times):
            connection.execute("INSERT INTO log (line) VALUES (?)", (number,))


@pytest.mark.parametrize("wal", [False, True])
def test_every_commit_between_two_samples_is_counted_and_a_rollback_is_not(tmp_path: Path, wal: bool) -> None:
    path = make(tmp_path / "app.db", wal=wal)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("SELECT count(*) FROM log").fetchall()
        watch = watch_of(path)
        assert watch.take()[0].commits == 0
        insert(path, 7)
        assert watch.take()[0].commits == 7
        assert watch.take()[0].commits == 0
        connection.execute("INSERT INTO log (line) VALUES (1)")
        connection.rollback()
        assert watch.take()[0].commits == 0
        connection.execute("CREATE TABLE another (id integer)")
        sample, _ = watch.take()
    assert sample.commits == 1
    assert sample.wal is wal
    assert sample.read_seconds is not None
    assert (sample.wal_bytes > 0) is wal
    assert watch.restarts == 0


def test_what_was_committed_while_nobody_looked_is_not_said_to_be_nothing(tmp_path: Path) -> None:
    path = make(tmp_path / "app.db", wal=True)
    watch = watch_of(path)
    assert watch.take()[0].commits == 0
    assert watch.take()[0].commits == 0
    time.sleep(0.02)
    insert(path, 3)
    sample, _ = watch.take()
    assert sample.commits is None
    assert "nobody had the database open" in sample.read_unseen
    assert not Path(f"{path}-shm").exists(), "a look makes no files beside the database"


def test_pages_free_pages_and_schema_are_those_that_sqlite_tells(tmp_path: Path) -> None:
    path = make(tmp_path / "app.db", rows=2000)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute('DELETE FROM "Order Lines" WHERE id > 10')
        connection.commit()
        told = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "schema_version", "page_size")
        }
    state = read_file_state(path)
    assert (state.pages, state.free_pages, state.schema_version, state.page_size) == (
        told["page_count"],
        told["freelist_count"],
        told["schema_version"],
        told["page_size"],
    )
    assert state.free_pages


@needs_locks
def test_who_writes_is_seen_in_wal_mode_and_a_read_is_timed_all_the_same(tmp_path: Path) -> None:
    path = make(tmp_path / "app.db", wal=True)
    with held(path, "BEGIN EXCLUSIVE", "INSERT INTO log (line) VALUES (1)") as other:
        sample, sessions = watch_of(path).take()
    assert (sample.writing, sample.connected) == (True, 1)
    assert sample.read_seconds is not None
    assert [session.pid for session in sessions] == [other.pid]


@needs_locks
@pytest.mark.parametrize(
    ("statement", "kind"),
    [("BEGIN EXCLUSIVE", FileLockKind.EXCLUSIVE), ("BEGIN IMMEDIATE", FileLockKind.RESERVED)],
)
def test_who_writes_is_seen_with_a_rollback_journal_and_no_read_is_taken(
    tmp_path: Path, statement: str, kind: FileLockKind
) -> None:
    path = make(tmp_path / "app.db")
    watch = watch_of(path)
    with held(path, statement) as other:
        sample, sessions = watch.take()
        watch.take()
    assert sample.writing
    assert (sample.read_seconds, sample.read_unseen) == (None, "a writer held the file")
    assert [session.pid for session in sessions] == [other.pid]
    ((pid, name, seen), (count, _)), *_ = watch.held.items()
    assert (pid, seen, count) == (other.pid, kind, 2)
    assert name.startswith("python")
    free, nobody = watch.take()
    assert (free.writing, nobody) == (False, ())


@needs_locks
def test_a_writer_that_waits_for_a_reader_stands_below_it(tmp_path: Path) -> None:
    path = make(tmp_path / "app.db", rows=10)
    watch = watch_of(path)
    sessions: tuple[Session, ...] = ()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute('SELECT * FROM "Order Lines"').fetchall()
        with held(path, "INSERT INTO log (line) VALUES (1)", wait=False, patience=10) as writer:
            for _ in range(200):
                sample, sessions = watch.take()
                if any(session.blockers for session in sessions):
                    break
                time.sleep(0.02)
            reader.execute("COMMIT")
            assert writer.stdout is not None
            assert writer.stdout.readline() == "held\n", "it commits once the reader is gone"
    lines = list(lines_of(tree_of(sessions)))
    assert lines[0].startswith(f"pid {os.getpid()} ")
    assert lines[1].startswith(f"└─ pid {writer.pid} ")
    shown = draw(sample, sessions, 1, 10)
    assert "write lock held" in str(shown.label)
    assert len(shown.children[0].children) == 1


_WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=0)
connection.execute("PRAGMA synchronous = OFF")
connection.execute("PRAGMA wal_autocheckpoint = 7")
for number in range(400):
    connection.execute("INSERT INTO log (line) VALUES (?)", (number,))
"""


@needs_locks
@pytest.mark.parametrize("wal", [False, True])
def test_a_writer_with_no_patience_at_all_never_waits_for_us(tmp_path: Path, wal: bool) -> None:
    path = make(tmp_path / "app.db", wal=wal)
    watch = watch_of(path)
    with contextlib.closing(sqlite3.connect(path)) as stays:
        stays.execute("SELECT count(*) FROM log").fetchall()
        watch.take()
        process = subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stderr=subprocess.PIPE, text=True)
        commits = []
        while process.poll() is None:
            commits.append(watch.take()[0].commits)
        commits.append(watch.take()[0].commits)
    _, said = process.communicate()
    assert said == ""
    assert sum(count or 0 for count in commits) == 400
    assert None not in commits


def test_a_log_that_is_made_anew_again_and_again_leaves_no_descriptors_behind(tmp_path: Path) -> None:
    path = make(tmp_path / "app.db", wal=True)
    watch = watch_of(path)
    counted = []
    before = len(os.listdir("/dev/fd"))
    for number in range(1, 9):
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for _ in range(number):
                connection.execute("INSERT INTO log (line) VALUES (1)")
            counted.append(watch.take()[0].commits)
    assert len(os.listdir("/dev/fd")) <= before + 3
    assert counted == [0, *range(2, 9)], "each log counts from its own beginning"
    assert watch.restarts == 7


def test_looking_takes_no_lock_of_this_process_away(tmp_path: Path) -> None:
    """Closing a descriptor of the file would: POSIX locks go with any of them."""
    path = make(tmp_path / "app.db")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as mine:
        mine.execute("BEGIN IMMEDIATE")
        watch_of(path).take()
        with pytest.raises(AssertionError), held(path, "BEGIN IMMEDIATE", patience=0):
            pytest.fail("another process was let in")


def test_where_locks_cannot_be_seen_nothing_is_said_about_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_locks, "LOCKS", tmp_path / "none")
    watch = watch_of(make(tmp_path / "app.db"))
    sample, sessions = watch.take()
    assert (sample.writing, sample.readers, sessions) == (None, None, ())
    assert "cannot be seen" in watch.locks.reason
    assert "locks not seen" in sample.headline


def test_a_view_says_what_was_not_seen() -> None:
    sample = FileSample(wal=True, file_bytes=4096, wal_bytes=0, journal_bytes=0)
    assert sample.headline == "commits not seen · locks not seen · file 4,096 B · WAL 0 B"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    (tmp_path / "migrations" / "env.py").write_text("")
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/migrations\n")
    return tmp_path


def words_of(project: Path, url: str, *further: str) -> list[str]:
    return ["monitor-performance", "-c", str(project / "alembic.ini"), "--database-url", url, "-q", *further]


def test_a_watch_of_a_while_is_kept_shown_and_drawn(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = make(project / "app.db", wal=True)
    page = project / "page.html"
    url = f"sqlite:///{path}"
    with held(path, "INSERT INTO log (line) VALUES (1)", "BEGIN IMMEDIATE"):
        words = words_of(project, url, "--duration", "1.1s", "--format", "json", "--output", f"html={page}")
        assert run(words) == 0
    answer = json.loads(capsys.readouterr().out)
    data = answer["data"]
    lines = [json.loads(line) for line in Path(data["file"]).read_text().splitlines()]
    assert len(lines) == data["samples"] >= 2
    assert {"at", "commits", "file_bytes", "wal_bytes", "read_seconds", "waits"} <= set(lines[0])
    assert (data["commits"], 0 < data["overhead"] < 0.5) == (0, True)
    drawn = page.read_text()
    assert drawn.count('<svg class="curves"') >= 3
    assert "SQLite keeps no statistics of its work" in drawn
    if data["locks_seen"]:
        assert data["write_lock_samples"] == data["samples"]
        assert "writes" in drawn


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite://", "a SQLite database in memory is seen by its own process alone"),
        ("sqlite:///{}/gone.db", "there is no such file"),
        ("sqlite:///{}/alembic.ini", "it is no SQLite database"),
    ],
)
def test_what_cannot_be_watched_is_told_in_one_line(
    project: Path, capsys: pytest.CaptureFixture[str], url: str, said: str
) -> None:
    assert run(words_of(project, url.format(project), "--duration", "1s")) == 3
    first, *_ = capsys.readouterr().err.splitlines()
    assert said in first
    assert not (project / "gone.db").exists()


def test_an_empty_file_is_a_database_without_tables(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "empty.db").touch()
    url = f"sqlite:///{project}/empty.db"
    assert run(words_of(project, url, "--duration", "0.1s", "--format", "json")) == 0
    assert json.loads(capsys.readouterr().out)["data"]["file_bytes"] == [0, 0]
