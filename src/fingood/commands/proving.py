"""Proofs of many revisions: those kept from before, and the others made here or by several worker processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from fingood.catalog import read_facts
from fingood.commands.ground import recorder_for
from fingood.commands.target import Target
from fingood.commands.workers import Place, Workers
from fingood.model.facts import Facts
from fingood.revisions import History, Revision
from fingood.rollback import Climb, Judged, Shelf, base_of, books_of, keys_of
from fingood.rollback.coding import from_text
from fingood.sandbox import Sandbox, SandboxDatabase, foresee, open_sandbox
from fingood.settings import Settings
from fingood.statements import Recorder

Watch = Callable[[str, int, int], None]

_WORTH_A_WORKER = 8
"""How many revisions a further worker must have before its start pays: an interpreter, Alembic, a server of its own."""


_OF_A_FILE = 8000.0
"""Bytes of a revision's file that cost as much as the proof of a short one: a heavy file runs many statements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """``jobs`` is the number of workers, 0 for one a processor where there is enough to do. ``use_kept`` False proves
    again what is kept already. ``minimum``: it and what lies below it are not tested ('' for the setting's)."""

    jobs: int = 0
    use_kept: bool = True
    minimum: str = ""


@dataclass(kw_only=True)
class Proving:
    """One run over a history. After it ``notes`` say where it ran, if anywhere, and how many proofs were kept from
    before. Where all were, no server is started but by workers that were set going early."""

    settings: Settings
    history: History
    target: Target
    pace: Pace
    workers: Workers
    notes: tuple[str, ...] = ()
    kept: int = 0

    def run(self, revisions: Sequence[Revision]) -> Iterator[tuple[Revision, Judged]]:
        """Each revision once, as soon as it is judged: kept ones first, then in order, or as workers come to them. A
        revision that nobody asked about comes too where it is in the way.

        Raises SandboxUnavailable, EnvironmentFailed, ConfigError, and CouldNotLook where a worker ends too early.
        """
        shelf = shelf_of(self.settings)
        ground = foresee(self.target.dialect, self.settings.sandbox, self.target.major, self.settings.database_url)
        keys = keys_of(self.history, self._base(ground.major), self.settings.project.root)
        left = []
        for revision in revisions:
            found = shelf.find(revision, keys[revision.id]) if self.pace.use_kept else None
            if found is None:
                left.append(revision)
            else:
                self.kept += 1
                yield revision, found
        jobs = jobs_for(len(left), self.settings, self.target, self.pace) if left else 0
        for revision, judged, text in self._proven(left, jobs):
            shelf.keep(judged, keys[revision.id], text)
            yield revision, judged
        self.notes = (*(ground.notes if left else ()), *self._words(jobs))

    def _proven(self, left: Sequence[Revision], jobs: int) -> Iterator[tuple[Revision, Judged, str]]:
        if jobs > 1:
            for id_, text in self.workers.prove(self.settings, self.history, self._weights(left), jobs):
                yield self.history.get(id_), from_text(text), text
        elif left:
            with (
                open_sandbox(
                    self.target.dialect,
                    major=self.target.major,
                    settings=self.settings.sandbox,
                    target_url=self.settings.database_url,
                    in_memory=True,
                ) as sandbox,
                prepared_bench(self.settings, sandbox) as bench,
            ):
                climb = bench.climb(self.settings, self.history)
                for wanted in left:
                    for revision, judged in climb(wanted.id):
                        yield revision, judged, ""

    def _weights(self, left: Sequence[Revision]) -> list[tuple[str, float]]:
        """What each revision costs beside the first one: the higher, the more tables there are, and a long file does
        much."""
        files = (self.settings.project.root / revision.path for revision in left)
        sizes = (file.stat().st_size if file.is_file() else 0 for file in files)
        return [
            (revision.id, 1.0 + place / len(left) + size / _OF_A_FILE)
            for place, (revision, size) in enumerate(zip(left, sizes, strict=True))
        ]

    def _base(self, major: int) -> str:
        return base_of(
            self.settings.project,
            self.history,
            dialect=self.target.dialect,
            major=major,
            baseline=self.settings.sandbox.baseline,
            strength=self.settings.rollback.strength,
            books=books_of(self.settings),
        )

    def _words(self, jobs: int) -> Iterator[str]:
        if self.kept:
            yield f"{self.kept} proofs were kept from before (--no-cache proves them again)"
        if jobs > 1:
            yield f"{jobs} worker processes, each with databases of its own"


@contextmanager
def workers_for(settings: Settings, target: Target, pace: Pace, *, everything: bool) -> Iterator[Workers]:
    """The workers of one run, none of them started yet, or all where everything is to be proven and nothing was kept:
    then they make their servers ready while the history loads, which takes a while where revisions import much."""
    with Workers(Place(settings=settings, dialect=target.dialect, major=target.major)) as workers:
        kept = pace.use_kept and any(shelf_of(settings).folder.glob("*.json"))
        if everything and not kept:
            files = sum(1 for folder in settings.project.version_locations for _ in folder.glob("*.py"))
            jobs = jobs_for(files, settings, target, pace)
            if jobs > 1:
                workers.start(jobs)
        yield workers


def shelf_of(settings: Settings) -> Shelf:
    """Where a project's proofs are kept."""
    return Shelf(settings.project.root / ".fingood" / "proofs")


def jobs_for(number: int, settings: Settings, target: Target, pace: Pace) -> int:
    """How many workers prove that many revisions. On a server of others roles are shared, so one is enough there
    unless more are asked for."""
    if pace.jobs:
        return min(pace.jobs, number)
    if target.dialect == "postgresql" and not settings.sandbox.private:
        return 1
    return max(1, min(len(os.sched_getaffinity(0)), number // _WORTH_A_WORKER))


@dataclass(kw_only=True)
class Bench:
    """A sandbox with a recorder and the first ladder in it. The ladder holds the project's baseline and nothing else
    yet."""

    settings: Settings
    sandbox: Sandbox
    recorder: Recorder
    ladder: SandboxDatabase | None = None

    def new_ladder(self) -> SandboxDatabase:
        """Another empty database with the baseline in it. Raises EnvironmentFailed, ConfigError."""
        ladder = self.sandbox.empty()
        self.recorder.prepare(ladder.url)
        return ladder

    def climb(self, settings: Settings, history: History) -> Callable[[str], Iterator[tuple[Revision, Judged]]]:
        """What proves one revision after the other, by its id. The settings are the bench's, or know of files that
        cannot be loaded: then the recorder starts again."""
        if settings.project != self.recorder.project:
            self.recorder.close()
            self.recorder.project = settings.project
        ladder, self.ladder = self.ladder or self.new_ladder(), None
        facts: dict[str, Facts] = {}

        def look(revision: Revision, connection: Connection) -> None:
            facts[revision.id] = read_facts(connection, target=False)

        climb = Climb(
            recorder=self.recorder,
            history=history,
            ladder=ladder,
            look=look,
            anew=self.new_ladder,
            strength=settings.rollback.strength,
            books=books_of(settings),
        )

        def prove(id_: str) -> Iterator[tuple[Revision, Judged]]:
            for revision, proof in climb.prove([history.get(id_)]):
                yield revision, Judged(proof=proof, facts=facts.pop(revision.id, None))

        return prove


@contextmanager
def prepared_bench(settings: Settings, sandbox: Sandbox) -> Iterator[Bench]:
    """A bench whose first ladder stands. Raises EnvironmentFailed, ConfigError."""
    with recorder_for(settings) as recorder:
        bench = Bench(settings=settings, sandbox=sandbox, recorder=recorder)
        bench.ladder = bench.new_ladder()
        yield bench
