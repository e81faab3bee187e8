"""PostgreSQL for every test: one server a run, shared by all workers, and a fresh empty database a test.

``--postgres-major 15|16|17|18`` chooses the server's version, ``--postgres-url URL`` or FINGOOD_TEST_POSTGRES an
existing server instead. The server starts when the first test asks for it and ends with the run, however that ends.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.forks import FORKS, Mother

from fingood.errors import FingoodError
from fingood.sandbox.choice import stop_servers
from fingood.sandbox.existing import ExistingServer
from fingood.sandbox.memory import is_in_memory
from fingood.sandbox.server import Server
from fingood.sandbox.supplier import Binaries, choose_binaries

AnyServer = Server | ExistingServer
_RESERVED = pytest.StashKey[Server]()
_TEMPORARY = pytest.StashKey[Server]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("postgres")
    group.addoption("--postgres-url", default=os.environ.get("FINGOOD_TEST_POSTGRES", ""), help="an existing server")
    group.addoption("--postgres-major", type=int, default=None, choices=(14, 15, 16, 17, 18), help="default: 17")


def pytest_configure(config: pytest.Config) -> None:
    """The controller owns the server's place; workers start the server in it and end before the controller does."""
    if hasattr(config, "workerinput") or config.getoption("--postgres-url"):
        return
    try:
        binaries = _binaries(config)
        config.stash[_RESERVED] = Server.reserve(binaries, in_memory=True)
        _lay_temporary_files_in_memory(config, binaries)
    except FingoodError as error:
        if config.getoption("--postgres-major"):
            raise pytest.UsageError(f"{error.message}: {error.hint}") from error


def _lay_temporary_files_in_memory(config: pytest.Config, binaries: Binaries) -> None:
    """The sandboxes' servers go where the run's own is, where that is in memory. tmp_path stays on disk."""
    if not is_in_memory(config.stash[_RESERVED].base):
        return
    # No server will be in it: it is a directory that goes with this process, however that ends.
    place = Server.reserve(binaries, in_memory=True)
    place.base.chmod(0o1777)
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())
    os.environ["TMPDIR"] = str(place.base)
    tempfile.tempdir = None
    config.stash[_TEMPORARY] = place


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    reserved = node.config.stash.get(_RESERVED, None)  # type: ignore[attr-defined]
    node.workerinput["postgres_base"] = str(reserved.base) if reserved else ""  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    reserved = config.stash.get(_RESERVED, None)
    if reserved is not None:
        reserved.stop()
    temporary = config.stash.get(_TEMPORARY, None)
    if temporary is not None:
        del os.environ["TMPDIR"]
        tempfile.tempdir = None
        # Without workers the sandboxes' servers are this process's own, and lie in there.
        stop_servers()
        temporary.stop()


def pytest_report_header(config: pytest.Config) -> str:
    if config.getoption("--postgres-url"):
        return (
            f"PostgreSQL: {ExistingServer(maintenance_url=config.getoption('--postgres-url')).server_version}, existing"
        )
    reserved = config.stash.get(_RESERVED, None)
    return f"PostgreSQL: {reserved.version} from {reserved.supplier}" if reserved else "PostgreSQL: none found"


def _binaries(config: pytest.Config) -> Binaries:
    return choose_binaries(config.getoption("--postgres-major"))


@pytest.fixture(scope="session", autouse=True)
def _forks() -> Iterator[None]:
    """Python processes are forked, not started (tests/forks.py)."""
    if os.environ.get("FINGOOD_TEST_REAL_STARTS") or sys.platform != "linux":
        yield
        return
    mother = Mother()
    mother.install()
    yield
    mother.close()


@pytest.fixture
def real_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests whose claim is that a process starts: nothing is forked in it."""
    monkeypatch.delenv(FORKS, raising=False)


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> AnyServer:
    """The run's server: ``.url(database)``, ``.create_database()``, ``.drop_database(name)``, ``.server_version``."""
    named = pytestconfig.getoption("--postgres-url")
    if named:
        return ExistingServer(maintenance_url=named)
    worker = getattr(pytestconfig, "workerinput", None)
    base = worker["postgres_base"] if worker else str(getattr(pytestconfig.stash.get(_RESERVED, None), "base", ""))
    # Without binaries the reason comes from here, as this test's error.
    binaries = _binaries(pytestconfig)
    return Server.join(Path(base), binaries)


@pytest.fixture
def new_postgres_url(postgres_server: AnyServer) -> Iterator[Callable[..., str]]:
    """Makes fresh databases: ``new_postgres_url()``, or with a name of its own ``new_postgres_url("Order Lines")``."""
    names: list[str] = []

    def make(name: str = "") -> str:
        names.append(postgres_server.create_database(name))
        return postgres_server.url(names[-1])

    yield make
    for name in names:
        postgres_server.drop_database(name)


@pytest.fixture
def postgres_url(new_postgres_url: Callable[..., str]) -> str:
    """The URL of a fresh empty database, with the driver spelled out."""
    return new_postgres_url()
