from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fingood.sandbox import Server, found_binaries
from fingood.statements.compat import make_engine, spelled_database


def ask(url: str, sql: str) -> object:
    engine = make_engine(url)
    with engine.connect() as connection:
        return connection.exec_driver_sql(sql).scalar()


def test_each_test_gets_an_empty_database_of_its_own(postgres_url: str, new_postgres_url: Callable[[], str]) -> None:
    other = new_postgres_url()
    assert ask(postgres_url, "SELECT current_database()") != ask(other, "SELECT current_database()")
    assert ask(postgres_url, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == 0


@pytest.mark.parametrize("major", sorted({binaries.major for binaries in found_binaries()}))
def test_a_server_of_every_found_version_starts_and_leaves_nothing(major: int) -> None:
    with Server.start(major=major) as server:
        base = server.base
        assert int(str(ask(server.url(), "SHOW server_version_num"))) == server.server_version
        assert server.major == major
    assert not base.exists()


def test_odd_database_names_arrive_as_they_are(new_postgres_url: Callable[[str], str]) -> None:
    # Only from 2.1 on can SQLAlchemy's URLs spell a question mark in a name.
    name = 'Kö "ledger" 100% /' + ("?#" if spelled_database("?") == "%3F" else "")
    assert ask(new_postgres_url(name), "SELECT current_database()") == name


def _orphan(tmp_path: Path) -> subprocess.Popen[str]:
    program = (
        "from fingood.sandbox import Server\n"
        "import sys, time\n"
        "server = Server.start()\n"
        "print(server.base, flush=True)\n"
        "time.sleep(600)\n"
    )
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=tmp_path)


def test_a_server_dies_with_an_owner_that_is_killed(tmp_path: Path) -> None:
    owner = _orphan(tmp_path)
    assert owner.stdout is not None
    base = Path(owner.stdout.readline().strip())
    owner.kill()
    owner.wait()
    deadline = time.monotonic() + 20
    while base.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not base.exists()
