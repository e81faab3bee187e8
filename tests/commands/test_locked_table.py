"""What only looks does not wait without end for a table that a session has locked against everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from fingood.catalog import connect, connection
from fingood.commands.emergency_rollback import list_ways_back
from fingood.commands.health_check import health_check
from fingood.commands.suggest_mapping import suggest_mapping
from fingood.commands.target import look_at_target
from fingood.commands.validate import validate_data
from fingood.errors import CouldNotLook
from fingood.model.report import Outcome
from fingood.settings import Settings, load


@pytest.fixture
def settings(tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A project whose table ``entry`` is locked; a look waits for half a second."""
    monkeypatch.setattr(connection, "LOOK_WAIT", 0.5)
    monkeypatch.setattr("fingood.commands.health_check.LOCK_TIMEOUT", 0.5)
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    (tmp_path / "migrations/versions").mkdir(parents=True)
    (tmp_path / "migrations/env.py").write_text("")
    (tmp_path / "pyproject.toml").write_text("")
    engine = sa.create_engine(postgres_url, poolclass=sa.pool.NullPool)
    with engine.connect() as holder:
        holder.exec_driver_sql("CREATE TABLE entry (id int PRIMARY KEY, amount numeric(20, 4), currency char(3))")
        holder.commit()
        holder.exec_driver_sql("LOCK TABLE entry IN ACCESS EXCLUSIVE MODE")
        yield load(start=tmp_path, options={"database_url": postgres_url}, environ={})


@pytest.mark.parametrize("look", [validate_data, suggest_mapping, look_at_target])
def test_a_command_says_that_a_table_is_locked(settings: Settings, look: Callable[[Settings], object]) -> None:
    with pytest.raises(CouldNotLook, match="ACCESS EXCLUSIVE") as raised:
        look(settings)
    assert "pg_locks" in raised.value.hint


def test_a_health_check_that_needs_the_table_errs_and_no_other_does(settings: Settings) -> None:
    report = health_check(settings, comprehensive=False)
    errored = {run.check: run.reason for run in report.runs if run.outcome is Outcome.ERRORED}
    assert errored == {"revision-at-head": "a table stayed locked against everybody"}
    assert sum(run.outcome is Outcome.PASSED for run in report.runs) > 3


def test_the_ways_back_say_that_the_applied_revisions_are_not_known(settings: Settings) -> None:
    assert "ACCESS EXCLUSIVE" in repr(list_ways_back(settings).sections)


def test_whoever_writes_waits_as_long_as_the_server_is_set_to(postgres_url: str) -> None:
    with connect(postgres_url, read_only=False) as writer, connect(postgres_url) as reader:
        asked = [each.exec_driver_sql("SHOW lock_timeout").scalar() for each in (writer, reader)]
    assert asked == ["0", "10s"]
