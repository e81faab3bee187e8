"""A worker's own side: makes its place ready, reads its job from stdin, tells each proof as one line, and ends when
nobody listens."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import signal
import sys
import threading
from typing import BinaryIO

from fingood.commands.proving import prepared_bench
from fingood.commands.workers import Job, Place, error_line, receive
from fingood.errors import FingoodError
from fingood.rollback.coding import to_text
from fingood.sandbox import open_sandbox


def main() -> None:
    """Runs one job. What the project's code prints goes to stderr; stdout is for the answers."""
    asked, answers = os.dup(0), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    sys.argv = ["fingood"]
    # The driver tells a query that SIGTERM ends; where nobody listens, logging writes that to stderr.
    logging.getLogger("psycopg").addHandler(logging.NullHandler())
    # A pipe without a reader means that the run is over; Ctrl-C on a terminal reaches every process of the group.
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt, EOFError):
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            work(asked, answers)
        except FingoodError as error:
            tell(answers, error_line(error))


def work(asked: int, answers: BinaryIO) -> None:
    """Makes the place ready, waits for the job and proves one revision after the other, until there is no more. Raises
    what the proof raises, and EOFError where no job comes: there was nothing to prove."""
    place = receive(asked)
    assert isinstance(place, Place)
    with (
        open_sandbox(
            place.dialect,
            major=place.major,
            settings=place.settings.sandbox,
            target_url=place.settings.database_url,
            in_memory=True,
        ) as sandbox,
        prepared_bench(place.settings, sandbox) as bench,
    ):
        job = receive(asked)
        assert isinstance(job, Job)
        wanted: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=_hear, args=(asked, wanted), daemon=True).start()
        climb = bench.climb(job.settings, job.history)
        while (id_ := wanted.get()) is not None:
            for revision, judged in climb(id_):
                tell(answers, {"revision": revision.id, "judged": to_text(judged)})
            tell(answers, {"done": id_})


def tell(answers: BinaryIO, message: dict[str, object]) -> None:
    answers.write(json.dumps(message).encode() + b"\n")
    answers.flush()


def _hear(asked: int, wanted: queue.SimpleQueue[str | None]) -> None:
    """Takes in what is asked for. The pipe's other end closes when the run ends, by kill -9 too: then nobody waits for
    an answer any more."""
    try:
        with contextlib.suppress(EOFError):
            while True:
                id_ = receive(asked)
                assert id_ is None or isinstance(id_, str)
                wanted.put(id_)
    finally:
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
