"""A project that holds every check's examples, and one database state that all of them start from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.checks.examples import Examples, examples_folder, open_examples


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory, postgres_server) -> Iterator[Examples]:
    with open_examples(postgres_server, tmp_path_factory.mktemp("bank"), revisions()) as ran:
        yield ran


def revisions() -> list[Path]:
    return sorted(examples_folder().glob("*/*.py"))
