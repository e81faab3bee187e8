"""A whole history, revision by revision: one database climbs, and each revision is tried on a clone of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
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


def climb(
    recorder: Recorder,
    history: History,
    ladder: SandboxDatabase,
    *,
    wanted: Collection[str] | None = None,
    version_table: str = "alembic_version",
    look: Callable[[Revision, Connection], None] = lambda revision, connection: None,
    anew: Callable[[], SandboxDatabase] | None = None,
    strength: Strength = Strength.EXACT,
    books: Books | None = None,
) -> Iterator[tuple[Revision, Proof]]:
    """Proves every revision of the history in order, or those wanted, on the state that the ladder holds below it.

    ``ladder`` is an empty database with the baseline in it; it moves up. A revision that cannot be applied there is a
    failing upgrade, and what follows from it is not judged, with the reason; other branches go on. ``anew`` makes
    another ladder: a revision that fails by itself may pass in one run from the beginning, because Alembic remembers
    within a run which types it has created; what follows is then judged above that. ``look`` sees the state below each
    revision that is proven, through a connection to a copy of it.

    What lies below the first one wanted is applied in one run where that works, else step by step.
    """
    unreachable: dict[str, str] = {}
    refused: set[RelationName] = set()
    first, last = _ends_wanted(history, wanted)
    if first > 0 and not _leap(recorder, history, ladder, first):
        ladder, first = _fresh(ladder, anew), 0
    for revision in history.ordered()[first : last + 1]:
        asked = wanted is None or revision.id in wanted
        cause = next((unreachable[id_] for id_ in history.below(revision) if id_ in unreachable), "")
        if cause:
            unreachable[revision.id] = cause
            if asked:
                yield revision, _unreachable(revision, cause)
            continue
        if asked:
            proof = prove(
                recorder,
                ladder,
                revision,
                version_table=version_table,
                strength=strength,
                books=books,
                look=partial(look, revision),
                refused=refused,
            )
        plans = recorder.upgrade(ladder.url, revision.id, observe=False)
        failure = failure_of(plans[-1]) if plans else None
        if failure is not None:
            other = _climb_at_once(recorder, revision, anew)
            if other is None:
                unreachable[revision.id] = revision.id
            else:
                ladder = other
            if not asked:
                proof = _failing(revision, plans)
        if asked or failure is not None:
            yield revision, proof


def _climb_at_once(
    recorder: Recorder, revision: Revision, anew: Callable[[], SandboxDatabase] | None
) -> SandboxDatabase | None:
    """A new ladder on which one run went up to the revision; None where that fails too."""
    if anew is None:
        return None
    ladder = anew()
    plans = recorder.upgrade(ladder.url, revision.id, observe=False)
    if plans and failure_of(plans[-1]) is None:
        return ladder
    ladder.drop()
    return None


def _fresh(ladder: SandboxDatabase, anew: Callable[[], SandboxDatabase] | None) -> SandboxDatabase:
    """Another ladder for one that a run has failed on."""
    if anew is None:
        raise CouldNotLook("what lies below the revisions wanted cannot be applied")
    ladder.drop()
    return anew()


def _leap(recorder: Recorder, history: History, ladder: SandboxDatabase, first: int) -> bool:
    """Applies everything before that place in one run a head; False where something fails or stays unapplied."""
    below = history.ordered()[:first]
    named = {id_ for revision in below for id_ in history.below(revision)}
    for head in (revision.id for revision in below if revision.id not in named):
        plans = recorder.upgrade(ladder.url, head, observe=False)
        if plans and failure_of(plans[-1]) is not None:
            return False
    return True


def _ends_wanted(history: History, wanted: Collection[str] | None) -> tuple[int, int]:
    """The places of the first and the last revision that are wanted."""
    if wanted is None:
        return 0, len(history.ordered())
    places = [place for place, revision in enumerate(history.ordered()) if revision.id in wanted]
    return (places[0], places[-1]) if places else (0, -1)


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
