"""Proofs of many revisions: those kept from before, and the others made here or by several worker processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from fingood.catalog import read_facts
from fingood.commands.ground import recorder_for
from fingood.commands.target import Target
from fingood.commands.workers import Workers
from fingood.model.facts import Facts
from fingood.revisions import History, Revision
from fingood.rollback import Judged, Shelf, base_of, books_of, climb, keys_of
from fingood.sandbox import Sandbox, SandboxDatabase, foresee, open_sandbox
from fingood.settings import Settings

Watch = Callable[[str, int, int], None]

_WORTH_A_WORKER = 8
"""How many revisions a further worker must have before its start pays: an interpreter, Alembic, a server of its own."""

_OF_A_FILE = 8000.0
"""Bytes of a revision's file that cost as much as the proof of a short one: a heavy file runs many statements."""

_OF_A_STEP = 0.05
"""What applying one revision on the way up costs beside its proof."""

_HALVINGS = 40


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
    before. Where all were, no server is started."""

    settings: Settings
    history: History
    target: Target
    pace: Pace
    notes: tuple[str, ...] = ()
    kept: int = 0

    def run(self, revisions: Sequence[Revision]) -> Iterator[tuple[Revision, Judged]]:
        """Each revision once, as soon as it is judged: kept ones first, then in order, or as workers come to them. A
        revision that nobody asked about comes too where it is in the way.

        Raises SandboxUnavailable, EnvironmentFailed, ConfigError, and CouldNotLook where a worker ends too early.
        """
        shelf = Shelf(self.settings.project.root / ".fingood" / "proofs")
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
        jobs = self._jobs(len(left)) if left else 0
        for revision, judged in self._proven(left, jobs):
            shelf.keep(judged, keys[revision.id])
            yield revision, judged
        self.notes = (*(ground.notes if left else ()), *self._words(jobs))

    def _proven(self, left: Sequence[Revision], jobs: int) -> Iterator[tuple[Revision, Judged]]:
        wanted = [revision.id for revision in left]
        if jobs > 1:
            with Workers(self.settings, self.history, self.target.dialect, self.target.major) as workers:
                for id_, judged in workers.prove(share_out(self._weights(left), jobs)):
                    yield self.history.get(id_), judged
        elif left:
            with open_sandbox(
                self.target.dialect,
                major=self.target.major,
                settings=self.settings.sandbox,
                target_url=self.settings.database_url,
                in_memory=True,
            ) as sandbox:
                yield from prove_here(self.settings, self.history, sandbox, frozenset(wanted))

    def _weights(self, left: Sequence[Revision]) -> list[tuple[str, float]]:
        """What each revision costs beside the first one: the higher, the more tables there are, and a long file does
        much."""
        files = (self.settings.project.root / revision.path for revision in left)
        sizes = (file.stat().st_size if file.is_file() else 0 for file in files)
        return [
            (revision.id, 1.0 + place / len(left) + size / _OF_A_FILE)
            for place, (revision, size) in enumerate(zip(left, sizes, strict=True))
        ]

    def _jobs(self, number: int) -> int:
        """On a server of others roles are shared, so one worker is enough there unless more are asked for."""
        if self.pace.jobs:
            return min(self.pace.jobs, number)
        if self.target.dialect == "postgresql" and not self.settings.sandbox.private:
            return 1
        return max(1, min(len(os.sched_getaffinity(0)), number // _WORTH_A_WORKER))

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


def prove_here(
    settings: Settings, history: History, sandbox: Sandbox, wanted: Collection[str]
) -> Iterator[tuple[Revision, Judged]]:
    """The proofs of the revisions wanted, one after the other, on one ladder in this sandbox."""
    facts: dict[str, Facts] = {}
    with recorder_for(settings) as recorder:

        def start() -> SandboxDatabase:
            ladder = sandbox.empty()
            recorder.prepare(ladder.url)
            return ladder

        def look(revision: Revision, connection: Connection) -> None:
            facts[revision.id] = read_facts(connection, target=False)

        for revision, proof in climb(
            recorder,
            history,
            start(),
            wanted=wanted,
            look=look,
            anew=start,
            strength=settings.rollback.strength,
            books=books_of(settings),
        ):
            yield revision, Judged(proof=proof, facts=facts.pop(revision.id, None))


def share_out(weights: Sequence[tuple[str, float]], jobs: int) -> tuple[tuple[str, ...], ...]:
    """The revisions in at most as many stretches, in order, so that the longest one ends as early as can be."""
    least, most = 0.0, sum(weight for _, weight in weights)
    for _ in range(_HALVINGS):
        middle = (least + most) / 2
        if len(_stretches(weights, middle)) <= jobs:
            most = middle
        else:
            least = middle
    return _stretches(weights, most)


def _stretches(weights: Sequence[tuple[str, float]], longest: float) -> tuple[tuple[str, ...], ...]:
    """Stretches that weigh no more than that with the climb to their first revision, or are a single one."""
    found: list[list[str]] = []
    reached = 0.0
    for place, (id_, weight) in enumerate(weights):
        if not found or reached + weight > longest:
            found.append([])
            reached = place * _OF_A_STEP
        found[-1].append(id_)
        reached += weight
    return tuple(map(tuple, found))
