"""The demo's folder: ours at the end, or as it was before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fingood.demo.folder import MARK, take_folder
from fingood.demo.interruption import deferred_signals
from fingood.errors import ConfigError


def lay(folder: Path, text: str = "laid") -> None:
    with take_folder(folder) as root:
        (root / "migrations").mkdir()
        (root / "migrations" / "a.py").write_text(text)


def lay_and_fail(folder: Path, error: BaseException) -> None:
    with take_folder(folder) as root:
        (root / "migrations").mkdir()
        (root / "half").write_text("")
        raise error


def test_a_new_folder_stays_when_the_demo_ends_well(tmp_path: Path) -> None:
    lay(tmp_path / "with space" / "demo")
    assert (tmp_path / "with space" / "demo" / "migrations" / "a.py").read_text() == "laid"


def test_nothing_is_left_of_a_new_folder_when_it_does_not(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        lay_and_fail(tmp_path / "new" / "demo", KeyboardInterrupt())
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_left_empty(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        lay_and_fail(tmp_path, ZeroDivisionError())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(ConfigError, match="is not empty"):
        lay(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_an_earlier_demo_is_replaced(tmp_path: Path) -> None:
    lay(tmp_path / "demo", "old")
    (tmp_path / "demo" / ".fingood").mkdir()
    (tmp_path / "demo" / ".fingood" / "audit.jsonl").write_text("from a later run")
    lay(tmp_path / "demo", "new")
    assert (tmp_path / "demo" / "migrations" / "a.py").read_text() == "new"
    assert not (tmp_path / "demo" / ".fingood").exists()


@pytest.mark.parametrize("changed", ["migrations/a.py", "migrations/own.py"])
def test_an_earlier_demo_with_somebodys_work_in_it_is_refused(tmp_path: Path, changed: str) -> None:
    lay(tmp_path / "demo")
    (tmp_path / "demo" / changed).write_text("my own work")
    with pytest.raises(ConfigError, match=f"{changed} was changed"):
        lay(tmp_path / "demo")
    assert (tmp_path / "demo" / changed).read_text() == "my own work"


def test_what_a_killed_demo_left_is_replaced(tmp_path: Path) -> None:
    killed = (
        "import os, signal, sys, pathlib; from fingood.demo.folder import take_folder\n"
        "with take_folder(pathlib.Path(sys.argv[1])) as root:\n"
        "    (root / 'half').write_text(''); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", killed, str(tmp_path / "demo")], check=False)
    assert (tmp_path / "demo" / "half").exists()
    lay(tmp_path / "demo")
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == [MARK, "migrations"]


def test_a_file_in_the_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("")
    with pytest.raises(ConfigError, match="is a file"):
        lay(tmp_path / "demo")


def interrupted(done: list[str]) -> None:
    with deferred_signals():
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        done.append("whole")


def test_a_signal_waits_for_the_end_of_work_that_must_not_be_cut() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted(done)
    assert done == ["whole"]
