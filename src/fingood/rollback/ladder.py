"""A whole history, revision by revision: one database climbs, and each revision is tried on a clone of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from fingood.model.plan import Plan
from fingood.revisions import Body, History, Revision
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
    before_each: Callable[[Revision, SandboxDatabase], None] = lambda revision, ladder: None,
    anew: Callable[[], SandboxDatabase] | None = None,
) -> Iterator[tuple[Revision, Proof]]:
    """Proves every revision of the history in order, or those wanted, on the state that the ladder holds below it.

    ``ladder`` is an empty database with the baseline in it; it moves up. A revision that cannot be applied there is a
    failing upgrade, and what follows from it is not judged, with the reason; other branches go on. ``anew`` makes
    another ladder: a revision that fails by itself may pass in one run from the beginning, because Alembic remembers
    within a run which types it has created; what follows is then judged above that.
    """
    unreachable: dict[str, str] = {}
    last = _last_wanted(history, wanted)
    for place, revision in enumerate(history.ordered()):
        if place > last:
            return
        asked = wanted is None or revision.id in wanted
        cause = next((unreachable[id_] for id_ in history.below(revision) if id_ in unreachable), "")
        if cause:
            unreachable[revision.id] = cause
            if asked:
                yield revision, _unreachable(revision, cause)
            continue
        if asked:
            before_each(revision, ladder)
            proof = prove(recorder, ladder, revision, version_table=version_table)
        plans = recorder.upgrade(ladder.url, revision.id)
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
    plans = recorder.upgrade(ladder.url, revision.id)
    if plans and failure_of(plans[-1]) is None:
        return ladder
    ladder.drop()
    return None


def _last_wanted(history: History, wanted: Collection[str] | None) -> int:
    if wanted is None:
        return len(history.ordered())
    return max(place for place, revision in enumerate(history.ordered()) if revision.id in wanted)


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
