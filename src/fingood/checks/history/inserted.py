"""A revision was inserted before one that is applied.

## What it does
Finds revisions that lie below an applied one and were not applied themselves, by the audit log: it records with each
run which parents the revision had.

## Why it matters
Alembic takes everything below a database's head for applied: such a revision never runs there, while new databases get
it. The schemas part, and nothing says so.

## Instead
Move the revision to the end of the history: its `down_revision` is the head.

## Manual
Alembic, "Working with Branches". Since fingood 0.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fingood.checks._check import Hit
from fingood.checks.history_check import Gap, history_check
from fingood.checks.past import Applied, Past
from fingood.model.severity import Confidence, Severity


@history_check(title="A revision was inserted before an applied one", severity=Severity.ERROR)
def inserted(past: Past) -> Iterator[Hit | Gap]:
    if not past.applied:
        yield Gap(past.why_no_record())
        return
    history = past.loaded
    head = history.heads[0] if len(history.heads) == 1 else "HEAD"
    for identity, above in _skipped(past).items():
        revision = history.get(identity)
        yield Hit(
            message=f"{identity} lies below {above.revision}, which was applied to {above.target} "
            f"on {above.at:%Y-%m-%d} without it.",
            effect="Alembic takes it for applied there: it never runs on that database, and does on new ones.",
            remedy=f'down_revision = "{head}"  # at the end of the history, in {revision.path}',
            location=past.place(revision, past.line_of(revision, "down_revision")),
            subject=identity,
            confidence=Confidence.OBSERVED,
            evidence={"audit event": str(above.sequence)},
        )
    silent = sum(run.below is None for run in past.applied)
    if silent:
        yield Gap(f"of {silent} of {len(past.applied)} runs the audit log does not say what they stood on")


def _skipped(past: Past) -> Mapping[str, Applied]:
    """The revisions that an applied one stands on now and did not stand on when it was applied, with that one."""
    history = past.loaded
    known = {revision.id: revision for revision in history.ordered()}
    found: dict[str, Applied] = {}
    for run in past.applied:
        if run.revision not in known or run.below is None:
            continue
        applied = {other.revision for other in past.applied if other.target == run.target}
        applied |= history.ancestors(past.record.stamped.get(run.target, ()))
        before = history.ancestors(run.below)
        for identity in history.ancestors(history.below(known[run.revision])) - before - applied:
            found.setdefault(identity, run)
    return {revision.id: found[revision.id] for revision in history.ordered() if revision.id in found}
