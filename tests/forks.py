"""Python processes without Python's start: forked from one that has imported the heavy libraries already.

A start of ``python -m alembic``, ``-m fingood`` or of a worker is a second of imports, and the tests make two thousand
of them. A fork is a process of its own all the same: its pid, signals, pipes, environment, folder, arguments and exit
are what they would be. ``real_starts`` is the fixture for tests whose claim is the start itself, and
FINGOOD_TEST_REAL_STARTS=1 has all of them real.
"""

from __future__ import annotations

import inspect
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

_MODULES = ("alembic", "fingood", "pytest")
_WORKERS = ("fingood.statements.worker", "fingood.commands.proving_worker")
FORKS = "FINGOOD_TEST_FORKS"
_CHILD = inspect.signature(subprocess.Popen._execute_child)
_PLAIN = {"preexec_fn": None, "shell": False, "pass_fds": (), "user": None, "uid": None, "gid": None, "gids": None}


class ForkedPopen(subprocess.Popen):
    """subprocess.Popen, which asks the mother for what she can fork and starts everything else as ever."""

    _told: socket.socket | None = None

    def _execute_child(self, *words: Any) -> None:
        given = _CHILD.bind(self, *words).arguments
        program = _program(given)
        if program is None or FORKS not in os.environ:
            super()._execute_child(*words)
            return
        pipes = [given[name] for name in ("p2cread", "c2pwrite", "errwrite")]
        order = {
            **program,
            "folder": os.path.abspath(given["cwd"] or "."),
            "environment": dict(os.environ if given["env"] is None else given["env"]),
            "session": given["start_new_session"],
        }
        self._told, self.pid = _ask(order, [own if pipe == -1 else pipe for own, pipe in enumerate(pipes)])
        self._child_created = True
        self._close_pipe_fds(*(given[name] for name in _PIPES))

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:
        if self._told is None:
            return super()._try_wait(wait_flags)
        if wait_flags & os.WNOHANG and not select.select([self._told], [], [], 0)[0]:
            return 0, 0
        said = self._told.recv(64)
        self._told.close()
        # Nothing is said where the mother herself was ended: so were her children.
        return self.pid, int(said or 9)

    def _internal_poll(self, *words: Any, **named: Any) -> int | None:
        if self._told is None:
            return super()._internal_poll(*words, **named)
        if self.returncode is None and self._waitpid_lock.acquire(False):
            try:
                pid, status = self._try_wait(os.WNOHANG)
                if pid:
                    self._handle_exitstatus(status)
            finally:
                self._waitpid_lock.release()
        return self.returncode


_PIPES = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")


def _program(given: dict[str, Any]) -> dict[str, Any] | None:
    """What a command line asks Python to run; None where it is not one that may be forked."""
    if any(given.get(name, plain) != plain for name, plain in _PLAIN.items()) or isinstance(given["args"], str | bytes):
        return None
    program, *words = (os.fspath(word) for word in given["args"])
    if program != sys.executable:
        return None
    safe = words[:1] == ["-P"]
    if words[:2] == ["-u", "-c"] and "readline" in words[2]:
        # A worker of pytest-xdist: it is told over stdin what to be.
        return {"code": words[2], "safe": safe, "arguments": words[3:]}
    option, named, *arguments = words[safe:] if len(words) >= 2 + safe else ("", "")
    if option == "-m" and named in _MODULES:
        return {"module": named, "safe": safe, "arguments": arguments}
    if option == "-c" and any(worker in named for worker in _WORKERS):
        return {"code": named, "safe": safe, "arguments": arguments}
    return None


def _ask(order: dict[str, Any], descriptors: list[int]) -> tuple[socket.socket, int]:
    """Has the mother fork; returns the line on which she will tell the child's end, and its pid."""
    line = socket.socket(socket.AF_UNIX)
    line.connect(os.environ[FORKS])
    text = json.dumps(order).encode()
    socket.send_fds(line, [len(text).to_bytes(4, "big")], descriptors)
    line.sendall(text)
    return line, int(line.recv(64))


class Mother:
    """Starts the process that forks, when the first is asked for, and ends it with ours."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="forks-")
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._real = subprocess.Popen

    def install(self) -> None:
        """From here on in this process and in what it forks."""
        server = Path(__file__).parent / "forks_mother.py"
        self._process = self._real(
            [sys.executable, "-P", server, f"{self._folder}/s", str(Path(__file__).parent.parent)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            # It said on stderr why, such as a TMPDIR too long for a socket: all is started, and takes longer.
            return
        os.environ[FORKS] = f"{self._folder}/s"
        subprocess.Popen = ForkedPopen  # type: ignore[misc]

    def close(self) -> None:
        subprocess.Popen = self._real  # type: ignore[misc]
        os.environ.pop(FORKS, None)
        if self._process is not None:
            self._process.communicate()
        shutil.rmtree(self._folder, ignore_errors=True)
