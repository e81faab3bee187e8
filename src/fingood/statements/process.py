"""The recorder's side of the worker process: starts it, hands it jobs, reads its messages, ends it."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

import fingood
from fingood.statements.wire import JobEnded, Message, decode

# -P keeps the project's root off sys.path, as the alembic command does: a folder named alembic/ there must not shadow
# the package. The library's own place is added last for the case that it is not installed.
_START = "import sys; sys.path.append(sys.argv[1]); from fingood.statements.worker import main; main()"
_REMEMBERED = 16_384


class WorkerGone(Exception):
    """The worker ended or was ended in the middle of a job. ``reason`` says how."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WorkerProcess:
    """One worker. ``output`` is the end of what the project's code printed; it may hold secrets."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self.output = b""
        self._rest = b""
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _START, str(Path(fingood.__file__).parent.parent)],
            cwd=root,
            env={**os.environ, "FINGOOD_SANDBOX": "1", **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._selector = selectors.DefaultSelector()
        for stream in (self._out, self._err):
            os.set_blocking(stream.fileno(), False)
            self._selector.register(stream, selectors.EVENT_READ)

    @property
    def _out(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout

    @property
    def _err(self) -> IO[bytes]:
        assert self._process.stderr is not None
        return self._process.stderr

    def run(self, job: Mapping[str, object], timeout: float) -> Iterator[Message]:
        """Hands over a job and yields what happens, JobEnded last. Raises WorkerGone."""
        deadline = time.monotonic() + timeout
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(job).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise WorkerGone(self._ending()) from None
        while True:
            for line in self._lines(deadline, timeout):
                message = decode(line)
                yield message
                if isinstance(message, JobEnded):
                    return

    def _lines(self, deadline: float, timeout: float) -> list[bytes]:
        """The lines that have come; waits for at least some bytes."""
        ready = self._selector.select(max(0.0, deadline - time.monotonic()))
        if not ready and time.monotonic() >= deadline:
            self.kill()
            raise WorkerGone(f"did not end within {timeout:g} s and was stopped by force")
        lines: list[bytes] = []
        for key, _ in ready:
            chunk = os.read(key.fd, 1 << 16)
            if key.fileobj is self._err:
                self.output = (self.output + chunk)[-_REMEMBERED:]
                if not chunk:
                    self._selector.unregister(self._err)
            elif not chunk:
                raise WorkerGone(self._ending())
            else:
                *lines, self._rest = (self._rest + chunk).split(b"\n")
        return lines

    def _ending(self) -> str:
        code = self._process.wait()
        if code < 0:
            return f"the process was ended by {signal.Signals(-code).name}"
        return f"the process ended itself with exit code {code}"

    def close(self) -> None:
        """Lets the worker end, and ends it where it does not."""
        try:
            self._process.communicate(timeout=2)
        except (subprocess.TimeoutExpired, ValueError, BrokenPipeError):
            self.kill()
        self._release()

    def kill(self) -> None:
        """Ends the worker and everything it started, at once."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _release(self) -> None:
        self._selector.close()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
