"""``fingood demo`` from end to end, and cut off at any moment."""

from __future__ import annotations

import fcntl
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fingood.demo import PENDING, REJECTED, VERSIONS

COMMAND = [sys.executable, "-m", "fingood", "demo"]


def surroundings(**more: str) -> dict[str, str]:
    """Settings of the caller that must not reach the demo."""
    return {**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/elsewhere", "FINGOOD_LEVEL": "low", **more}


@dataclass(frozen=True)
class Told:
    """One whole demo: how it ended, what it said, and its folder."""

    returncode: int
    stdout: str
    stderr: str
    folder: Path


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Told:
    """Run once, in a folder with a space in its path, by whichever worker comes first."""
    base = tmp_path_factory.getbasetemp()
    home = (base if worker_id == "master" else base.parent) / "a room for the demo"
    home.mkdir(exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = home / "told.json"
        if not kept.exists():
            kept.write_text(json.dumps(tell(home / "the demo")))
        return Told(**json.loads(kept.read_text()), folder=home / "the demo")


def tell(folder: Path) -> dict[str, object]:
    run = subprocess.run(
        [*COMMAND, str(folder), "--postings", "3000", "--format", "json"],
        env=surroundings(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return {"returncode": run.returncode, "stdout": run.stdout, "stderr": run.stderr}


def test_the_story_goes_as_told(told: Told) -> None:
    assert told.returncode == 0, told.stderr + told.stdout
    report = json.loads(told.stdout)
    assert report["exit_code"] == 0
    assert report["data"]["as_told"] is True
    assert report["data"]["report"] == str(told.folder / "report.html")


def test_every_step_is_told_with_its_seconds(told: Told) -> None:
    lines = [line.split() for line in told.stderr.splitlines() if line.endswith(" s")]
    first = [words[0] for words in lines]
    assert first == [
        "project", "server", "ledger", "data", "check", "rollback", "backup", "gate", "work", "upgrade", "validate",
        "performance", "health", "compliance", "bad", "its", "its",
    ]  # fmt: skip


def child(told: Told, command: str, *, counted: bool) -> dict[str, object]:
    children = json.loads(told.stdout)["children"]
    return next(found for found in children if found["command"] == command and found["counted"] is counted)


def test_the_work_before_and_after_the_upgrade_is_compared(told: Told) -> None:
    compared = child(told, "analyze-performance", counted=False)["data"]
    asked = [str(one["statement"]) for one in compared["statements"]]  # type: ignore[index]
    assert any("sum(amount) FROM ledger.postings WHERE account_id" in one for one in asked), asked


def test_the_pending_revisions_are_clean_and_the_bad_one_is_stopped(told: Told) -> None:
    assert child(told, "check", counted=True)["exit_code"] == 0
    bad = child(told, "check", counted=False)
    assert bad["exit_code"] == 1
    found = json.dumps(bad)
    for check in ("money-float", "scale-reduced", "index-nonconcurrent"):
        assert check in found


def test_the_gate_lets_the_good_ones_through_and_not_the_bad_one(told: Told) -> None:
    assert child(told, "gate", counted=True)["data"]["allowed"] is True  # type: ignore[index]
    bad = child(told, "gate", counted=False)["data"]
    states = {one["name"]: one["state"] for one in bad["conditions"]}  # type: ignore[index]
    assert states == {"check": "missing", "rollback": "missing", "backup": "met"}


def test_the_bad_ones_way_back_is_shown_to_lose_digits(told: Told) -> None:
    bad = child(told, "test-rollback", counted=False)
    assert bad["exit_code"] == 1
    assert "closing_balance" in json.dumps(bad)


def test_the_one_page_holds_every_report(told: Told) -> None:
    page = (told.folder / "report.html").read_text()
    for title in ("Before and after the upgrade", "Health of the private server", "Controls and their evidence"):
        assert title in page


def test_the_project_is_left_whole_and_without_the_bad_revision(told: Told) -> None:
    folder = told.folder
    laid = {path.name for path in (folder / "migrations" / "versions").glob("*.py")}
    assert laid == {path.name for path in VERSIONS.glob("*.py")}
    assert (folder / "rejected" / REJECTED.name).is_file()
    page = (folder / "report.html").read_text()
    assert "A bad migration, stopped" in page
    assert not list(folder.rglob("__pycache__"))


def test_the_commands_it_names_next_work_in_the_project(told: Told) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "fingood", "check", PENDING[0]],
        cwd=told.folder,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr + run.stdout


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    run = subprocess.run([*COMMAND, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 2
    assert "is not empty" in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.fixture
def short_tmp() -> Iterator[Path]:
    """A folder for the server, short enough for a socket and open to the user that a server of root's runs as."""
    folder = Path(tempfile.mkdtemp(prefix="fgd", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def running(base: Path) -> list[str]:
    """The processes whose command line names the folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            said = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        found += [said] if str(base) in said else []
    return found


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes in /proc")
@pytest.mark.usefixtures("real_starts")
@pytest.mark.parametrize(
    ("moment", "number"),
    [(0.5, signal.SIGINT), (1.2, signal.SIGTERM), (random.uniform(1.5, 6), signal.SIGINT)],
    ids=["at the start", "while the server starts", "later"],
)
def test_cut_off_it_leaves_neither_server_nor_folder(
    tmp_path: Path, short_tmp: Path, moment: float, number: signal.Signals
) -> None:
    process = subprocess.Popen(
        [*COMMAND, str(tmp_path / "demo"), "--postings", "40000"],
        env=surroundings(TMPDIR=str(short_tmp)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(moment)
    process.send_signal(number)
    # Python ends itself by SIGINT where an interrupt comes in before or after what handles it, whatever sent it.
    assert process.wait(timeout=30) in (130, -number, -signal.SIGINT), f"cut off after {moment:.2f} s"
    deadline = time.monotonic() + 10
    while (left := running(short_tmp) + [path.name for path in short_tmp.iterdir()]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == [], f"cut off after {moment:.2f} s"
    assert list(tmp_path.iterdir()) == [], f"cut off after {moment:.2f} s"
