"""A forked Python process shows what a started one shows (tests/forks.py); without this no other test means much."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.forks import FORKS

TELL = (
    "import json, os, sys; json.dump([os.getcwd(), sys.argv[1:], sys.stdin.read(), os.environ['TOLD'], "
    "os.environ.get('DATABASE_URL'), sys.path[:2], __name__, os.getsid(0) == os.getpid()], sys.stdout); "
)
WORKER = "# fingood.statements.worker\n"
PROGRAMS = {
    "version": ["-m", "fingood", "--version"],
    "usage": ["-m", "alembic", "nosuch"],
    "no settings": ["-m", "alembic", "current"],
    "surroundings": ["-P", "-c", WORKER + TELL, "a", "b c"],
    "code": ["-c", WORKER + "raise SystemExit(7)"],
    "message": ["-c", WORKER + "raise SystemExit('no ü')"],
    "error": ["-c", WORKER + "import json; json.loads('{')"],
    "own end": ["-c", WORKER + "import os; os._exit(3)"],
    "killed": ["-c", WORKER + "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"],
    "at exit": ["-c", WORKER + "import atexit; atexit.register(print, 'late'); print('early')"],
}


def ended(words: list[str], folder: Path) -> tuple[object, ...]:
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env={**os.environ, "TOLD": "a ü"}, input="typed", text=True,
        capture_output=True, start_new_session=True, check=False, timeout=60,
    )  # fmt: skip
    last = done.stderr.strip().splitlines()[-1:]
    return done.returncode, done.stdout, last


@pytest.mark.skipif(FORKS not in os.environ and sys.platform != "linux", reason="nothing is forked here")
@pytest.mark.parametrize("words", PROGRAMS.values(), ids=PROGRAMS)
def test_a_fork_is_like_a_start(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forked = ended(words, tmp_path)
    monkeypatch.delenv(FORKS, raising=False)
    assert forked == ended(words, tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="nothing is forked here")
def test_a_fork_can_be_waited_for_and_killed() -> None:
    words = [sys.executable, "-c", WORKER + "import time; print('here', flush=True); time.sleep(60)"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.1)
        process.kill()
        assert process.wait(timeout=30) == -signal.SIGKILL
