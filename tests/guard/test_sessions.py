"""Connections of every kind: through a pooler, shared by a program, in a transaction of the caller's."""

from __future__ import annotations

import logging
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import alembic.command
import pytest
import sqlalchemy as sa
from alembic.config import Config
from sqlalchemy.engine import make_url
from tests.guard.pooler import Pooler
from tests.guard.project import GuardedProject
from tests.guard.test_run import ENTRIES, fill, rows

from fingood import guard
from fingood.errors import ConfigError, LockHeld
from fingood.guard.run_lock import take_run_lock
from fingood.guard.second import SecondSession
from fingood.statements.compat import make_engine

FROM_ABOVE = (
    "with guard.connect(connectable) as connection,",
    'connection = config.attributes["connection"]\n    with',
)
"""env.py as programs have it that bring their own connection."""


@pytest.fixture
def pooled_url(postgres_url: str) -> Iterator[str]:
    url = make_url(postgres_url)
    folder = url.query.get("host") or url.host or ""
    if not str(folder).startswith("/"):
        pytest.skip("the server is not on a Unix socket")
    with tempfile.TemporaryDirectory(prefix="pool") as place:
        socket = f"{folder}/.s.PGSQL.{url.port or url.query.get('port') or 5432}"
        pooler = Pooler(Path(place), socket, str(url.username), str(url.database))
        try:
            yield url.set(query={"host": place}).render_as_string(hide_password=False)
        finally:
            pooler.close()


def test_a_pooler_that_changes_sessions_is_refused(
    new_project: Callable[..., GuardedProject], pooled_url: str, postgres_url: str
) -> None:
    project = new_project(pooled_url)
    fill(project)
    refused = project.alembic("upgrade", "head")
    assert refused.returncode == 4
    assert "a pooler changes sessions between transactions" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert rows(postgres_url, "SELECT to_regclass('entries')") == [(None,)]


@pytest.fixture
def config(project: GuardedProject, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("DATABASE_URL", project.url)
    return Config(str(project.root / "alembic.ini"))


def test_a_program_gets_the_exception_and_the_log_messages(
    project: GuardedProject, config: Config, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINGOOD_GUARD_ADVISORY_WAIT", "0.1")
    fill(project)
    with make_engine(project.url).connect() as connection:
        second = SecondSession(connection)
        take_run_lock(second, wait=0, notice=print)
        with pytest.raises(LockHeld, match="another migration run holds the lock"):
            alembic.command.upgrade(config, "head")
        second.close()
    with caplog.at_level(logging.INFO, logger="fingood.guard"):
        alembic.command.upgrade(config, "head")
    assert any("2 steps" in record.getMessage() for record in caplog.records)


def test_a_failing_revision_raises_its_own_exception_in_a_program(project: GuardedProject, config: Config) -> None:
    project.revision("a1", 'op.execute("SELECT 1 / 0")')
    with pytest.raises(sa.exc.DBAPIError):
        alembic.command.upgrade(config, "head")
    assert project.story() == [("start", "a1"), ("failed", "a1")]


def test_a_transaction_of_the_callers_is_left_to_the_caller(
    project: GuardedProject, config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    project.env(
        "with guard.connect(connectable) as connection,", 'connection = config.attributes["connection"]\n    with'
    )
    fill(project)
    with make_engine(project.url).begin() as connection, caplog.at_level(logging.INFO, logger="fingood.guard"):
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "head")
    assert "nothing is committed yet" in caplog.text
    assert project.events()[-1].payload["outcome"] == "commit left to the caller"
    assert rows(project.url, "SELECT count(*) FROM entries") == [(2,)]


@pytest.mark.parametrize(
    "options", [{"poolclass": sa.pool.StaticPool}, {"poolclass": sa.pool.QueuePool, "pool_size": 1, "max_overflow": 0}]
)
def test_a_pool_of_one_connection_and_its_timeouts_are_left_as_they_were(
    project: GuardedProject, config: Config, options: dict[str, object]
) -> None:
    project.env(
        "with guard.connect(connectable) as connection,", 'connection = config.attributes["connection"]\n    with'
    )
    project.revision("a1", f'{ENTRIES}\nwith op.get_context().autocommit_block():\n    op.execute("SELECT 1")')
    engine = make_engine(project.url, **options)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "head")
        assert connection.execute(sa.text("SHOW lock_timeout")).scalar() == "0"
    engine.dispose()
    assert project.story() == [("start", "a1"), ("complete", "a1")]


def test_outside_of_env_py_the_guard_says_where_it_belongs(postgres_url: str) -> None:
    with (
        make_engine(postgres_url).connect() as connection,
        pytest.raises(ConfigError, match="outside of Alembic's env"),
        guard.watch(connection),
    ):
        pass


def test_a_run_without_a_free_connection_slot_says_what_is_missing(project: GuardedProject) -> None:
    name = make_url(project.url).database
    fill(project)
    with make_engine(project.url, isolation_level="AUTOCOMMIT").connect() as owner:
        owner.execute(sa.text("CREATE ROLE lonely LOGIN CONNECTION LIMIT 1"))
        try:
            owner.execute(sa.text(f'GRANT ALL ON DATABASE "{name}" TO lonely'))
            project.url = make_url(project.url).set(username="lonely").render_as_string(hide_password=False)
            refused = project.alembic("upgrade", "head")
        finally:
            owner.execute(sa.text(f'REVOKE ALL ON DATABASE "{name}" FROM lonely'))
            owner.execute(sa.text("DROP ROLE lonely"))
    assert refused.returncode == 3
    assert "the guard needs one more connection slot" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_file_that_another_process_has_locked_ends_the_run_in_one_line(sqlite_project: GuardedProject) -> None:
    fill(sqlite_project)
    path = make_url(sqlite_project.url).database
    assert path is not None
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("CREATE TABLE held (id int)")
        holder.execute("BEGIN EXCLUSIVE")
        refused = sqlite_project.alembic("upgrade", "head")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert f"ledger.db is locked by {'python' if sys.platform == 'linux' else 'another process'}" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert sqlite_project.alembic("upgrade", "head").returncode == 0
