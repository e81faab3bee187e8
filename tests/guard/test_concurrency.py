"""Two runs at once, locks that others hold, and runs that are killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from tests.guard.project import GuardedProject
from tests.guard.test_run import ENTRIES, fill, rows

from fingood.model.event import EventKind
from fingood.statements.compat import make_engine

SLOW = """
open("started", "w").close()
deadline = time.monotonic() + 30
while not os.path.exists("go") and time.monotonic() < deadline:
    time.sleep(0.02)
"""


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited 30 s in vain"
        time.sleep(0.02)


@pytest.mark.parametrize("kind", ["project", "sqlite_project"])
def test_a_second_run_is_refused_and_told_who_holds_the_lock(kind: str, request: pytest.FixtureRequest) -> None:
    project: GuardedProject = request.getfixturevalue(kind)
    project.variables["FINGOOD_GUARD_ADVISORY_WAIT"] = "0.3"
    project.revision("a1", f"{ENTRIES}{SLOW}")
    first = project.start("upgrade", "head")
    wait_for((project.root / "started").exists)
    refused = project.alembic("upgrade", "head")
    assert refused.returncode == 4
    assert "another migration run holds the lock" in refused.stderr
    assert f"pid {first.pid}" in refused.stderr
    assert "Traceback" not in refused.stderr
    (project.root / "go").touch()
    _, err = first.communicate(timeout=60)
    assert first.returncode == 0, err
    assert [kind for kind, _ in project.story()] == ["start", "security_event", "complete"]


def test_a_second_run_waits_for_the_first_and_finds_its_work_done(project: GuardedProject) -> None:
    project.variables["FINGOOD_GUARD_ADVISORY_WAIT"] = "30"
    project.revision("a1", f"{ENTRIES}{SLOW}")
    first = project.start("upgrade", "head")
    wait_for((project.root / "started").exists)
    second = project.start("upgrade", "head")
    assert second.stderr is not None
    assert "waiting up to 30 s for another migration run" in second.stderr.readline()
    (project.root / "go").touch()
    assert first.wait(60) == 0
    assert second.wait(60) == 0
    assert project.story() == [("start", "a1"), ("complete", "a1")]


def test_a_lock_that_is_not_given_in_time_is_reported_with_who_holds_it(project: GuardedProject) -> None:
    project.revision("a1", ENTRIES)
    assert project.alembic("upgrade", "head").returncode == 0
    project.variables["FINGOOD_GUARD_LOCK_TIMEOUT"] = "2"
    project.revision("b2", 'op.add_column("entries", sa.Column("x", sa.Integer))')
    with make_engine(project.url).connect() as teller:
        teller.execute(sa.text("SET application_name = 'teller 7'"))
        pid = teller.execute(sa.text("SELECT pg_backend_pid()")).scalar()
        teller.execute(sa.text("INSERT INTO entries VALUES (1, 'S3CR3T')"))
        blocked = project.alembic("upgrade", "head")
    assert blocked.returncode == 4
    assert "upgrade of b2 waited too long for a lock and gave up at migrations/versions/b2.py:12" in blocked.stderr
    assert f"waiting for a lock held by pid {pid}" in blocked.stderr
    assert f"held by pid {pid} (postgres, teller 7, idle in transaction for" in blocked.stderr
    assert "INSERT INTO entries VALUES (?, ?)" in blocked.stderr
    assert "S3CR3T" not in blocked.stderr + project.log.path.read_text()
    payload = project.events()[-1].payload
    assert payload["sqlstate"] == "55P03"
    assert f"pid {pid} (postgres, teller 7" in str(payload["blockers"])
    assert project.alembic("upgrade", "head").returncode == 0


def test_an_index_built_concurrently_waits_longer_than_the_lock_timeout(project: GuardedProject) -> None:
    project.revision("a1", ENTRIES)
    assert project.alembic("upgrade", "head").returncode == 0
    project.variables["FINGOOD_GUARD_LOCK_TIMEOUT"] = "0.2"
    project.revision(
        "b2",
        """
        with op.get_context().autocommit_block():
            op.create_index("ix", "entries", ["memo"], postgresql_concurrently=True)
        """,
    )
    with make_engine(project.url).connect() as teller:
        teller.execute(sa.text("INSERT INTO entries VALUES (1, 'x')"))
        run = project.start("upgrade", "head")
        wait_for(lambda: ("start", "b2") in project.story())
        time.sleep(1)
        assert run.poll() is None
        teller.commit()
        _, err = run.communicate(timeout=60)
    assert run.returncode == 0, err


@pytest.mark.parametrize("kind", ["project", "sqlite_project"])
def test_a_killed_run_lets_go_of_its_lock_and_the_next_run_tells_of_it(
    kind: str, request: pytest.FixtureRequest
) -> None:
    project: GuardedProject = request.getfixturevalue(kind)
    slow = project.revision("a1", f"{SLOW}{ENTRIES}")
    run = project.start("upgrade", "head")
    wait_for((project.root / "started").exists)
    os.kill(run.pid, signal.SIGKILL)
    run.communicate()
    assert project.story() == [("start", "a1")]
    slow.write_text(slow.read_text().replace("while not", "while False and not"))
    after = project.alembic("upgrade", "head")
    assert after.returncode == 0, after.stderr
    assert "upgrade of a1, started" in after.stderr
    assert f"by pid {run.pid}" in after.stderr
    assert "never completed" in after.stderr
    assert project.story() == [("start", "a1"), ("failed", "a1"), ("start", "a1"), ("complete", "a1")]
    assert project.events()[1].payload["outcome"] == "not in the version table"
    again = project.alembic("downgrade", "base")
    assert "never completed" not in again.stderr


def test_a_run_killed_after_its_commit_is_recovered_as_complete(project: GuardedProject) -> None:
    fill(project)
    assert project.alembic("upgrade", "head").returncode == 0
    lines = project.log.path.read_bytes().splitlines(keepends=True)
    project.log.path.write_bytes(b"".join(lines[:-1]))
    project.revision("c3", 'op.drop_table("entries")')
    after = project.alembic("upgrade", "head")
    assert "it is in the version table" in after.stderr
    recovered = project.events()[3]
    assert (recovered.kind, recovered.subject) == (EventKind.MIGRATION_COMPLETE, "b2")
    assert recovered.payload["recovered"] is True


def test_an_interrupted_run_is_recorded_and_rolled_back(project: GuardedProject) -> None:
    # psycopg2 leaves Ctrl-C waiting until the server answers.
    wait = "time.sleep(30)" if "psycopg2" in project.url else 'op.execute("SELECT pg_sleep(30)")'
    project.revision("a1", f'{ENTRIES}\nopen("started", "w").close()\n{wait}')
    run = project.start("upgrade", "head")
    wait_for((project.root / "started").exists)
    time.sleep(0.3)
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=30)
    assert run.returncode == 130
    assert project.story() == [("start", "a1"), ("failed", "a1")]
    assert project.events()[-1].payload["error"] == "KeyboardInterrupt"
    assert rows(project.url, "SELECT to_regclass('entries')") == [(None,)]


def test_a_run_lock_cut_off_during_the_run_is_told(project: GuardedProject) -> None:
    ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'fingood %%'"
    ending += " AND datname = current_database()"
    project.revision("a1", f'op.execute("{ending}")\ntime.sleep(0.3)')
    done = project.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert "the session that held the run lock was cut off meanwhile" in done.stderr
    assert project.story() == [("start", "a1"), ("complete", "a1")]


def test_a_connection_that_breaks_leaves_the_outcome_open(project: GuardedProject) -> None:
    project.revision("a1", f'{ENTRIES}\nop.execute("SELECT pg_terminate_backend(pg_backend_pid())")')
    failed = project.alembic("upgrade", "head")
    assert failed.returncode == 1
    assert "alembic current tells whether it was committed" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert project.events()[-1].payload["outcome"] == "unknown: the connection was lost"
