from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.backup.test_disk_full import small_disk

import fingood
from fingood.errors import SandboxUnavailable
from fingood.sandbox import Server, found_binaries
from fingood.sandbox.lease import read_postmaster, serves
from fingood.sandbox.place import NOBODY, is_reachable
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


PROGRAM = """
import sys, time
from fingood.sandbox import Server
server = Server.start()
print(server.base, server._watchdog.pid, flush=True)
time.sleep(600)
"""


def _started() -> tuple[subprocess.Popen[str], Path, int]:
    """A process of its own that owns a server: the process, the server's directory, its watchdog's pid."""
    owner = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    base, watchdog = owner.stdout.readline().split()
    return owner, Path(base), int(watchdog)


def _wait_until_gone(base: Path) -> None:
    deadline = time.monotonic() + 20
    while base.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not base.exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_server_dies_with_its_owner_however_that_ends(number: signal.Signals) -> None:
    owner, base, _ = _started()
    postmaster = int((base / "data" / "postmaster.pid").read_text().split()[0])
    owner.send_signal(number)
    owner.wait()
    _wait_until_gone(base)
    assert _ends(postmaster)


def _ends(pid: int) -> bool:
    """Whether the process ends within ten seconds. One that waits for its parent to notice has no command line."""
    for _ in range(100):
        try:
            if not Path(f"/proc/{pid}/cmdline").read_bytes():
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.1)
    return False


def test_the_next_run_removes_what_a_killed_one_left_and_nothing_that_lives() -> None:
    owner, base, watchdog = _started()
    alive, alive_base, _ = _started()
    os.kill(watchdog, signal.SIGKILL)
    owner.kill()
    owner.wait()
    assert serves(read_postmaster(base / "data")[0], base / "data")
    with Server.start() as server:
        assert ask(server.url(), "SELECT 1") == 1
        assert not base.exists()
        assert read_postmaster(alive_base / "data")[1] == "ready"
    alive.terminate()
    alive.wait()
    _wait_until_gone(alive_base)


def test_a_server_starts_from_a_tight_umask_and_a_cache_with_spaces(tmp_path: Path) -> None:
    program = "import os; os.umask(0o077)\n" + PROGRAM.replace("time.sleep(600)", "server.stop()")
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "große Kiste"), "TMPDIR": "/tmp"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not Path(done.stdout.split()[0]).exists()


def test_binaries_that_do_not_run_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(SandboxUnavailable, match="PG_BIN names"):
        Server.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_starts_a_server_too(tmp_path: Path) -> None:
    if not is_reachable(Path(sys.executable)) or not is_reachable(Path(fingood.__file__).parent):
        pytest.skip("this Python cannot be read by other users")
    program = PROGRAM.replace("time.sleep(600)", "server.stop()")
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False,
        user=NOBODY, group=NOBODY, extra_groups=[], cwd="/",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_disk_too_small_for_a_server_is_told_and_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        os.chmod(place, 0o755)
        with small_disk(Path(place) / "d", 20_000) as disk:
            disk.chmod(0o1777)
            monkeypatch.setenv("TMPDIR", str(disk))
            monkeypatch.setattr(tempfile, "tempdir", None)
            with pytest.raises(SandboxUnavailable, match="No space left on device") as raised:
                Server.start()
            assert "TMPDIR" in raised.value.hint
            assert list(disk.iterdir()) == []
