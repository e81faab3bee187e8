"""The worker process: takes jobs as JSON lines on stdin, tells what happens as JSON lines on what was stdout.

Started by the recorder, one for many jobs, in the project's root. User code runs here and nowhere else; what it
prints goes to stderr, what it reads from stdin is empty.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO, Any

from fingood.errors import FingoodError
from fingood.model.project import Project
from fingood.statements.baseline import build_baseline
from fingood.statements.drift import compare_models
from fingood.statements.failures import CannotRecord, TookTooLong
from fingood.statements.listener import Listener
from fingood.statements.offline import Renderer
from fingood.statements.redirect import Redirect
from fingood.statements.runner import Runner, fault_of_loading
from fingood.statements.wire import Fault, JobEnded, Message, encode

_OF_A_STATEMENT = 0.9
"""The part of a job's time that one statement may take: the server's own end of it tells more than ours."""


class Worker:
    """Handles jobs one after the other."""

    def __init__(self, answers: IO[bytes]) -> None:
        self._answers = answers
        self._listener = Listener(self._send)
        self._redirect = Redirect(self._listener.watch)
        self._runner: Runner | None = None
        self._redirect.attach()
        self._listener.attach()

    def handle(self, job: dict[str, Any]) -> None:
        """Runs one job to its end and says how it ended."""
        self._listener.private = job.get("private", True)
        self._listener.observing = job.get("observe", True)
        self._redirect.limit(job.get("timeout", 0.0) * _OF_A_STATEMENT)
        with _ends_after(job.get("timeout", 0.0)):
            fault = self._load(project_from(job["project"])) or self._do(job)
        self._send(JobEnded(fault=fault, retire=not self._redirect.close()))

    def _load(self, project: Project) -> Fault | None:
        if self._runner is not None:
            return None
        try:
            self._runner = Runner(project, self._listener, self._redirect, self._send)
        except (Exception, SystemExit, TookTooLong) as error:  # noqa: BLE001 - whatever a user's file raises is told
            return fault_of_loading(error, project)
        return None

    def _do(self, job: dict[str, Any]) -> Fault | None:
        assert self._runner is not None
        try:
            if job["do"] == "render":
                return Renderer(self._runner, self._send).render(job["target"], job["direction"], job["dialect"])
            url = self._runner.point_at(job["url"])
        except (CannotRecord, FingoodError) as error:
            return fault_of_loading(error, self._runner.project)
        if job["do"] == "prepare":
            return build_baseline(job["baseline"], url, self._runner.project.root)
        if job["do"] == "compare":
            return compare_models(self._runner, self._send)
        return self._runner.run(job["do"], job["target"])

    def _send(self, message: Message) -> None:
        self._answers.write(encode(message))
        self._answers.flush()


@contextmanager
def _ends_after(seconds: float) -> Iterator[None]:
    """A block that is interrupted where it stands when its time is over, so that the place can be told."""

    def interrupt(signal_number: int, frame: FrameType | None) -> None:
        raise TookTooLong(f"did not end within {seconds:g} s and was stopped")

    if seconds:
        signal.signal(signal.SIGALRM, interrupt)
        signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def project_from(values: dict[str, Any]) -> Project:
    """The Project of a job's message."""

    def path(value: str | None) -> Path | None:
        return None if value is None else Path(value)

    return Project(
        root=Path(values["root"]),
        config_file=path(values["config_file"]),
        pyproject=path(values["pyproject"]),
        ini_section=values["ini_section"],
        database=values.get("database", ""),
        script_location=Path(values["script_location"]),
        version_locations=tuple(Path(folder) for folder in values["version_locations"]),
        left_out=frozenset(Path(file) for file in values.get("left_out", ())),
    )


def main() -> None:
    """Reads jobs until stdin ends, which it also does when the recorder dies."""
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    sys.argv = ["alembic"]
    leaving = Leaving()
    worker = Worker(answers)
    try:
        for line in jobs:
            worker.handle(json.loads(line))
    except (KeyboardInterrupt, BrokenPipeError):
        os._exit(130)
    leaving.is_due = True


class Leaving:
    """The end of a process whose jobs are all done, after what the project's code has asked for at exit: to take down
    the modules of a large application one by one would take a second or more."""

    def __init__(self) -> None:
        self.is_due = False
        # The first to be registered is called last.
        atexit.register(self._leave)

    def _leave(self) -> None:
        if self.is_due:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)


if __name__ == "__main__":
    main()
