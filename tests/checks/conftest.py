"""A project that holds every check's examples, and one database state that all of them start from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.checks.examples import Examples, examples_folder, lay_project

from fingood.statements import Recorder


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory, postgres_server) -> Iterator[Examples]:
    root = lay_project(tmp_path_factory.mktemp("bank"), [examples_folder() / "bank.py", *revisions()])
    with Recorder(root) as recorder:
        base = postgres_server.create_database()
        recorder.upgrade(postgres_server.url(base), "bank")
        ran = Examples(root, recorder, postgres_server, base)
        yield ran
        for database in (*ran.spare, base):
            postgres_server.drop_database(database)


def revisions() -> list[Path]:
    return sorted(examples_folder().glob("*/*.py"))
