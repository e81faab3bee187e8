"""A database that cannot be reached ends Alembic's command line in one line, whichever command it was."""

from __future__ import annotations

import socket
from collections.abc import Callable

import alembic.command
import pytest
from alembic.config import Config
from sqlalchemy.engine import make_url
from tests.guard.project import GuardedProject

from fingood.errors import CannotConnect


def nobody_listens() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.mark.parametrize("words", [("upgrade", "head"), ("current",), ("stamp", "head")])
def test_a_server_that_is_away_is_one_line_without_the_password(
    new_project: Callable[..., GuardedProject], words: tuple[str, ...]
) -> None:
    project = new_project(f"postgresql://teller:s3cret@127.0.0.1:{nobody_listens()}/bank")
    done = project.alembic(*words)
    assert done.returncode == 3, done.stderr
    assert "nothing listens there (connection refused)" in done.stderr
    assert "127.0.0.1" in done.stderr
    assert "s3cret" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 2


def test_a_database_that_does_not_exist_and_a_folder_that_is_not_there_are_named(
    new_project: Callable[..., GuardedProject], new_postgres_url: Callable[..., str]
) -> None:
    url = new_postgres_url()
    project = new_project(url)
    for wanted, said in (
        (make_url(url).set(database="no_such_bank").render_as_string(hide_password=False), "no such database"),
        ("sqlite:////nowhere/at/all/bank.db", "the file cannot be opened"),
    ):
        project.url = wanted
        done = project.alembic("upgrade", "head")
        assert done.returncode == 3, done.stderr
        assert said in done.stderr
        assert "Traceback" not in done.stderr


def test_a_program_gets_the_exception(new_project: Callable[..., GuardedProject]) -> None:
    project = new_project(f"postgresql://teller:s3cret@127.0.0.1:{nobody_listens()}/bank")
    config = Config(str(project.root / "alembic.ini"))
    config.set_main_option("sqlalchemy.url", project.url)
    with pytest.raises(CannotConnect, match="nothing listens there"):
        alembic.command.upgrade(config, "head")
