"""Worker processes that prove stretches of a history, each with a server, a ladder and an Alembic of its own.

Alembic keeps its state in module globals, so that threads would run on each other's connections.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import selectors
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import fingood
from fingood.commands.shares import Shares
from fingood.errors import CouldNotLook, ExitCode, FingoodError
from fingood.revisions import History
from fingood.settings import Settings

# Ctrl-C reaches a worker too; in the middle of its imports it would tell so in a traceback.
_START = """
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
sys.path.append(sys.argv[1])
from fingood.commands.proving_worker import main
main()
"""
_LENGTH = 8
_AHEAD = 2
"""How many revisions a worker is given at a time, so that it does not wait for us between two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a worker proves: enough for it to start its server, and a recorder on that. It goes through a pipe that
    nobody else reads, since settings hold a URL."""

    settings: Settings
    dialect: str
    major: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker proves from; the ids of what it is to prove follow one by one, None last. The history goes with
    it, because to load one is to import every revision and what these import. ``settings`` are those of the place, or
    others where loading the history has shown broken files."""

    settings: Settings
    history: History


class WorkerFailed(CouldNotLook):
    """A worker that ended with an error of the library's own kinds, or without a word."""

    def __init__(self, message: str, hint: str, exit_code: ExitCode) -> None:
        super().__init__(message, hint=hint)
        self.exit_code = exit_code


@dataclass
class Workers:
    """The workers of one run. They end with the block, and with us however we end: their pipe closes."""

    place: Place
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, number: int) -> None:
        """Has as many workers make their place ready, before it is known what there is to prove."""
        while len(self._running) < number:
            self._start()

    def prove(
        self, settings: Settings, history: History, weights: Sequence[tuple[str, float]], number: int
    ) -> Iterator[tuple[str, str]]:
        """Revisions with their proofs, as text, as they come, from so many workers. ``weights`` are the ids of those
        wanted, with what each may cost. Raises WorkerFailed."""
        self.start(number)
        wanted, shares = {id_ for id_, _ in weights}, Shares(weights, number)
        given: list[set[str]] = [set() for _ in range(number)]
        told: set[str] = set()

        def give(worker: int) -> None:
            id_ = shares.next_for(worker)
            if id_ is not None:
                given[worker].add(id_)
            send(self._running[worker], id_)

        for worker, process in enumerate(self._running[:number]):
            send(process, Job(settings=settings, history=history))
            for _ in range(_AHEAD):
                give(worker)
        for worker, message in self._messages(number):
            if "error" in message:
                raise WorkerFailed(message["error"], message["hint"], ExitCode(message["exit_code"]))
            if "done" in message:
                give(worker)
                continue
            id_ = message["revision"]
            # A failing revision of another's share comes from everybody whom it is in the way of.
            if id_ in told or (id_ in wanted and id_ not in given[worker]):
                continue
            told.add(id_)
            yield id_, message["judged"]
        if missing := sorted(wanted - told):
            raise WorkerFailed(f"a worker ended before it told about {missing[0]}", "", ExitCode.INTERNAL)

    def _messages(self, number: int) -> Iterator[tuple[int, dict[str, Any]]]:
        with selectors.DefaultSelector() as selector:
            rest = [b""] * number
            for worker, process in enumerate(self._running[:number]):
                assert process.stdout is not None
                selector.register(process.stdout, selectors.EVENT_READ, worker)
            while selector.get_map():
                for key, _ in selector.select():
                    chunk = os.read(key.fd, 1 << 16)
                    if not chunk:
                        selector.unregister(key.fileobj)
                        continue
                    *lines, rest[key.data] = (rest[key.data] + chunk).split(b"\n")
                    for line in lines:
                        yield key.data, json.loads(line)

    def _start(self) -> None:
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", _START, str(Path(fingood.__file__).parent.parent)],
            cwd=self.place.settings.project.root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._running.append(process)
        send(process, self.place)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._running:
            if error is not None:
                process.terminate()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
        for process in self._running:
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def send(process: subprocess.Popen[bytes], message: Place | Job | str | None) -> None:
    """A message to a worker, its length first. One that has ended is told nothing: its last line says why."""
    assert process.stdin is not None
    packed = pickle.dumps(message)
    rest = memoryview(len(packed).to_bytes(_LENGTH) + packed)
    with contextlib.suppress(BrokenPipeError):
        while rest:
            rest = rest[os.write(process.stdin.fileno(), rest) :]


def receive(pipe: int) -> object:
    """The next message of the run that a worker belongs to. Raises EOFError where the run is over."""
    return pickle.loads(_read(pipe, int.from_bytes(_read(pipe, _LENGTH))))


def _read(pipe: int, size: int) -> bytes:
    found = b""
    while len(found) < size:
        chunk = os.read(pipe, size - len(found))
        if not chunk:
            raise EOFError
        found += chunk
    return found


def error_line(error: FingoodError) -> dict[str, object]:
    """An error as a worker's message."""
    return {"error": error.message, "hint": error.hint, "exit_code": int(error.exit_code)}
