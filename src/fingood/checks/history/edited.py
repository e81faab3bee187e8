"""A revision was edited after it was applied.

## What it does
Compares each applied revision with what was applied, by meaning: a comment, a licence header, a docstring, an
annotation or the layout is no change; another operation, value or parent is. What was applied is known from the audit
log, where the guard records the hash of a revision's meaning with each run. With a database the revisions below its
heads are judged, without one those that the log says stand applied.

## Why it matters
Databases that have the revision keep the old effect, new ones get the new: the same revision id means two schemas, and
what was tested and approved is not what is in the file.

## Instead
Bring the file back to what was applied, and put the change into a new revision.

## Standard
SOX change control; PCI DSS 6.5.1. Since fingood 0.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Hit
from fingood.checks.history_check import Gap, history_check
from fingood.checks.past import Past
from fingood.model.severity import Confidence, Severity


@history_check(title="A revision was edited after it was applied", severity=Severity.ERROR)
def edited(past: Past) -> Iterator[Hit | Gap]:
    if not past.applied:
        yield Gap(past.why_no_record())
        return
    known = {revision.id: revision for revision in past.loaded.ordered()}
    for run in past.applied:
        revision = known.get(run.revision)
        if revision is None or not run.content_hash or run.content_hash == revision.content_hash:
            continue
        yield Hit(
            message=f"{revision.id} means something else than what was applied to {run.target} on {run.at:%Y-%m-%d}.",
            effect="That database keeps the old effect, new ones get the new: one id, two schemas.",
            remedy=f"bring {revision.path} back to what was applied, then put the change into a new revision:\n"
            f'alembic revision -m "change {revision.doc or revision.id}"',
            location=past.place(revision),
            subject=revision.id,
            confidence=Confidence.OBSERVED,
            evidence={
                "applied": run.content_hash[:12],
                "now": revision.content_hash[:12],
                "audit event": str(run.sequence),
            },
        )
    yield from _gaps(past)


def _gaps(past: Past) -> Iterator[Gap]:
    judged = {run.revision for run in past.applied if run.content_hash}
    if past.record.heads is None:
        unknown = {run.revision for run in past.applied} - judged
    else:
        unknown = set(past.loaded.ancestors(past.record.heads)) - judged
    if unknown:
        yield Gap(
            f"{len(unknown)} of {len(unknown | judged)} applied revisions have no hash in the audit log "
            "(applied without the guard, or before it recorded one)"
        )
