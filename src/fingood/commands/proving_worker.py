"""A worker's own side: reads its job from stdin, tells each proof as one line, and ends when nobody listens."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import sys
import threading
from typing import BinaryIO

from fingood.commands.proving import prove_here
from fingood.commands.workers import Job, error_line
from fingood.errors import FingoodError
from fingood.rollback.coding import to_text
from fingood.sandbox import open_sandbox


def main() -> None:
    """Runs one job. What the project's code prints goes to stderr; stdout is for the answers."""
    asked, answers = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    sys.argv = ["fingood"]
    job = pickle.load(asked)
    assert isinstance(job, Job)
    threading.Thread(target=_end_with, args=(asked,), daemon=True).start()
    # A pipe without a reader means that the run is over; Ctrl-C on a terminal reaches every process of the group.
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        try:
            work(job, answers)
        except FingoodError as error:
            tell(answers, error_line(error))


def work(job: Job, answers: BinaryIO) -> None:
    """Proves the job's revisions one after the other. Raises what the proof raises."""
    with open_sandbox(
        job.dialect,
        major=job.major,
        settings=job.settings.sandbox,
        target_url=job.settings.database_url,
        in_memory=True,
    ) as sandbox:
        for revision, judged in prove_here(job.settings, job.history, sandbox, frozenset(job.wanted)):
            tell(answers, {"revision": revision.id, "judged": to_text(judged)})


def tell(answers: BinaryIO, message: dict[str, object]) -> None:
    answers.write(json.dumps(message).encode() + b"\n")
    answers.flush()


def _end_with(asked: BinaryIO) -> None:
    """The pipe's other end closes when the run ends, by kill -9 too: then nobody waits for an answer any more."""
    asked.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
