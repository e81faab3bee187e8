"""The pytest plugin: proofs of migrations as tests.

In: pytest's hooks. Out: fixtures for a project's own tests, and tests that come by one import from
:mod:`fingood.pytest_plugin.tests`. Nothing heavy is imported when pytest loads it, so that it costs nothing in a
project that does not use it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fingood.model.report import Report
    from fingood.pytest_plugin.ground import MigratedSandbox, SandboxSource
    from fingood.revisions import History
    from fingood.settings import Settings

REVISION = "fingood_revision"


def pytest_configure(config: pytest.Config) -> None:
    """Names the markers, so that ``--strict-markers`` knows them."""
    config.addinivalue_line("markers", "fingood: a test of migrations; -m 'not fingood' leaves them out")
    config.addinivalue_line(
        "markers", "fingood_at(revision): the revision that fingood_sandbox stands at (head; any word Alembic knows)"
    )
    config.addinivalue_line(
        "markers", "fingood_revisions(range, last=N): which revisions a test with fingood_revision runs for (all)"
    )


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """The hook ``pytest_fingood_data``, for conftest.py."""
    from fingood.pytest_plugin import hooks

    pluginmanager.add_hookspecs(hooks)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever takes one of our fixtures is marked ``fingood``."""
    for item in items:
        if any(name.startswith("fingood_") for name in getattr(item, "fixturenames", ())):
            item.add_marker("fingood")


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
def fingood_prove_rollback(fingood_settings: Settings, fingood_sandboxes: SandboxSource) -> Callable[[str], Report]:
    """Runs a revision up, down and up again in a database that is thrown away, and returns the Report."""

    def prove(revision: str) -> Report:
        return fingood_sandboxes.prove(fingood_settings, revision)

    return prove


@pytest.fixture(scope="session")
def fingood_sandboxes(request: pytest.FixtureRequest) -> Iterator[SandboxSource]:
    """Makes migrated sandboxes, for the run or for one worker of pytest-xdist. A state is replayed once and cloned."""
    from fingood.pytest_plugin.ground import SandboxSource

    with SandboxSource(request.config.hook) as source:
        yield source


@pytest.fixture
def fingood_sandbox(
    request: pytest.FixtureRequest, fingood_settings: Settings, fingood_sandboxes: SandboxSource
) -> Iterator[MigratedSandbox]:
    """A database of the test's own, migrated from empty to head, or to where ``@pytest.mark.fingood_at(revision)``
    says: ``url``, ``revision``, ``connect()``, ``upgrade(to)``, ``downgrade(to)``."""
    marker = request.node.get_closest_marker("fingood_at")
    sandbox = fingood_sandboxes.at(fingood_settings, str(marker.args[0]) if marker and marker.args else "heads")
    yield sandbox
    sandbox.drop()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes ``fingood_revision`` runs once for each revision; without revisions pytest skips it."""
    if REVISION not in metafunc.fixturenames:
        return
    from fingood.commands.validate_all import above_minimum
    from fingood.errors import FingoodError
    from fingood.revisions import History

    marker = metafunc.definition.get_closest_marker("fingood_revisions")
    try:
        settings = _settings(metafunc.definition.path)
        history = History.load(settings.project)
        chosen = history.resolve(str(marker.args[0])) if marker and marker.args else history.ordered()
        chosen, _ = above_minimum(history, chosen, settings.rollback.minimum)
    except FingoodError as error:
        raise pytest.Collector.CollectError(f"fingood: {error.message}. {error.hint}") from None
    last = int(marker.kwargs.get("last", 0)) if marker else 0
    metafunc.parametrize(REVISION, [revision.id for revision in chosen[-last:]])


def _settings(test: Path) -> Settings:
    from fingood.settings import load

    return load(start=test.parent)
