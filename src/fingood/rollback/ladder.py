"""A history, revision by revision: one database climbs, and each revision is tried on a clone of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.engine import Connection

from fingood.errors import CouldNotLook
from fingood.model.names import RelationName
from fingood.model.plan import Plan
from fingood.model.snapshot import Strength
from fingood.revisions import Body, History, Revision
from fingood.rollback.books import Books
from fingood.rollback.proof import Judgement, Proof
from fingood.rollback.prove import failure_of, prove
from fingood.sandbox import SandboxDatabase
from fingood.statements import Recorder


@dataclass(kw_only=True)
class Climb:
    """Proves revisions on the state that the ladder holds below each.

    ``ladder`` is an empty database with the baseline in it; it moves up to what is asked for, in one run where several
    revisions lie between and that works, else step by step. A revision that cannot be applied there is a failing
    upgrade, and what follows from it is not judged, with the reason; other branches go on. ``anew`` makes another
    ladder, for what lies below, and for a revision that fails by itself: it may pass in one run from the beginning,
    because Alembic remembers within a run which types it has created; what follows is then judged above that. ``look``
    sees the state below each revision that is proven, through a connection to a copy of it.
    """

    recorder: Recorder
    history: History
    ladder: SandboxDatabase
    version_table: str = ""
    look: Callable[[Revision, Connection], None] = lambda revision, connection: None
    anew: Callable[[], SandboxDatabase] | None = None
    strength: Strength = Strength.EXACT
    books: Books | None = None
    _behind: int = 0
    """How many of the history's revisions, in order, are applied or known to be out of reach."""
    _unreachable: dict[str, str] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)
    _refused: set[RelationName] = field(default_factory=set)

    def prove(self, revisions: Iterable[Revision]) -> Iterator[tuple[Revision, Proof]]:
        """Each with its proof, and each that is in the way of them and that nobody asked about, once."""
        for revision in revisions:
            yield from self._rise(self.history.ordered().index(revision))
            cause = self._barred(revision)
            self._told.add(revision.id)
            yield revision, _unreachable(revision, cause) if cause else self._proof(revision)

    def _proof(self, revision: Revision) -> Proof:
        return prove(
            self.recorder,
            self.ladder,
            revision,
            version_table=self.version_table,
            strength=self.strength,
            books=self.books,
            look=partial(self.look, revision),
            refused=self._refused,
        )

    def _rise(self, place: int) -> Iterator[tuple[Revision, Proof]]:
        """Applies everything before that place; yields what fails there and was not told before."""
        if place < self._behind:
            self._begin_anew()
        if place - self._behind > 1 and not self._unreachable:
            if self._leap(place):
                self._behind = place
            else:
                self._begin_anew()
        for revision in self.history.ordered()[self._behind : place]:
            yield from self._step(revision)
        self._behind = max(self._behind, place)

    def _step(self, revision: Revision) -> Iterator[tuple[Revision, Proof]]:
        cause = self._barred(revision)
        if cause:
            self._unreachable[revision.id] = cause
            return
        plans = self.recorder.upgrade(self.ladder.url, revision.id, observe=False)
        if not plans or failure_of(plans[-1]) is None:
            return
        if not self._climb_at_once(revision):
            self._unreachable[revision.id] = revision.id
        if revision.id not in self._told:
            self._told.add(revision.id)
            yield revision, _failing(revision, plans)

    def _barred(self, revision: Revision) -> str:
        """The revision below whose failure keeps this one from being reached, if any."""
        below = self.history.below(revision)
        return next((self._unreachable[id_] for id_ in below if id_ in self._unreachable), "")

    def _climb_at_once(self, revision: Revision) -> bool:
        """Goes on with a new ladder on which one run went up to the revision; False where that fails too."""
        if self.anew is None:
            return False
        ladder = self.anew()
        plans = self.recorder.upgrade(ladder.url, revision.id, observe=False)
        if plans and failure_of(plans[-1]) is None:
            self.ladder.drop()
            self.ladder = ladder
            return True
        ladder.drop()
        return False

    def _leap(self, place: int) -> bool:
        """Applies everything before that place in one run a head; False where something fails or stays unapplied."""
        below = self.history.ordered()[:place]
        named = {id_ for revision in below for id_ in self.history.below(revision)}
        for head in (revision.id for revision in below if revision.id not in named):
            plans = self.recorder.upgrade(self.ladder.url, head, observe=False)
            if plans and failure_of(plans[-1]) is not None:
                return False
        return True

    def _begin_anew(self) -> None:
        """Another ladder for one that a run has failed on, or that is above what is asked for."""
        if self.anew is None:
            raise CouldNotLook("what lies below the revisions wanted cannot be applied")
        self.ladder.drop()
        self.ladder = self.anew()
        self._behind = 0
        self._unreachable.clear()


def _unreachable(revision: Revision, cause: str) -> Proof:
    return Proof(
        revision=revision.id,
        path=revision.path,
        judgement=Judgement.UNJUDGED,
        reason=f"not reachable because {cause} fails to upgrade",
        downgrade_missing=revision.shape.downgrade is not Body.CODE,
    )


def _failing(revision: Revision, plans: tuple[Plan, ...]) -> Proof:
    """A revision that nobody asked about and that those asked about stand on."""
    return Proof(
        revision=revision.id,
        path=revision.path,
        judgement=Judgement.FAILING_UPGRADE,
        up=plans[-1],
        reason="in the way of what was asked for",
    )
