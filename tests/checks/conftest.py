"""A project that holds every check's examples, and one database state that all of them start from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.checks.examples import Examples, examples_folder, open_examples


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory, postgres_server, worker_id: str) -> Iterator[Examples]:
    base = tmp_path_factory.getbasetemp()
    kept = (base if worker_id == "master" else base.parent) / "examples that ran"
    kept.mkdir(exist_ok=True)
    with open_examples(postgres_server, tmp_path_factory.mktemp("bank"), revisions(), kept=kept) as ran:
        yield ran


def revisions() -> list[Path]:
    return sorted(examples_folder().glob("*/*.py"))
