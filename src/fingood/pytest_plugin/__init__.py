"""The pytest plugin: proofs of migrations as tests.

In: pytest's hooks. Out: fixtures for a project's own tests. Nothing heavy is imported when pytest loads it, so that
it costs nothing in a project that does not use it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fingood.model.report import Report
    from fingood.revisions import History
    from fingood.settings import Settings

REVISION = "fingood_revision"


@pytest.fixture
def fingood_settings(request: pytest.FixtureRequest) -> Settings:
    """The settings of the project that the test lies in; DATABASE_URL and FINGOOD_* count as on the command line."""
    return _settings(request.path)


@pytest.fixture
def fingood_history(fingood_settings: Settings) -> History:
    """The project's revisions: ``heads``, ``ordered()``, ``resolve(text)``."""
    from fingood.revisions import History

    return History.load(fingood_settings.project)


@pytest.fixture
def fingood_prove_rollback(fingood_settings: Settings) -> Callable[[str], Report]:
    """Runs a revision up, down and up again in a database that is thrown away, and returns the Report."""

    def prove(revision: str) -> Report:
        from fingood.commands.test_rollback import test_rollback

        return test_rollback(fingood_settings, (revision,))

    return prove


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes ``fingood_revision`` runs once for each revision; without revisions pytest skips it."""
    if REVISION not in metafunc.fixturenames:
        return
    from fingood.errors import FingoodError
    from fingood.revisions import History

    try:
        history = History.load(_settings(metafunc.definition.path).project)
    except FingoodError as error:
        raise pytest.Collector.CollectError(f"fingood: {error.message}. {error.hint}") from None
    metafunc.parametrize(REVISION, [revision.id for revision in history.ordered()])


def _settings(test: Path) -> Settings:
    from fingood.settings import load

    return load(start=test.parent)
