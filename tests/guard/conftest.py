from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.guard.project import GuardedProject


@pytest.fixture
def new_project(tmp_path: Path) -> Callable[..., GuardedProject]:
    def make(url: str, settings: str = "", **variables: str) -> GuardedProject:
        return GuardedProject(tmp_path / "bank app", url, settings, variables)

    return make


@pytest.fixture
def project(new_project: Callable[..., GuardedProject], postgres_url: str) -> GuardedProject:
    return new_project(postgres_url)


@pytest.fixture
def sqlite_project(new_project: Callable[..., GuardedProject], tmp_path: Path) -> GuardedProject:
    return new_project(f"sqlite:///{tmp_path}/ledger.db")
