"""The downgrade does not run.

## What it does
Runs downgrade() in the sandbox right after upgrade(), and reports what it raised.

## Why it matters
It will not run in an emergency either.

## Instead
Mend it and prove it with `fingood test-rollback`.

## Standard
ITIL change enablement (back-out plan). Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.subject import Subject
from fingood.model.finding import Direction
from fingood.model.severity import Confidence, Severity


@check(
    title="The downgrade fails",
    family=Family.ROLLBACK,
    severity=Severity.ERROR,
    needs=(Need.DOWNGRADE,),
)
def downgrade_fails(subject: Subject) -> Iterator[Hit]:
    plan = subject.downgrade
    failure = plan.failure if plan else None
    deliberate = subject.shape is not None and subject.shape.downgrade.value == "only raises"
    if failure is None or deliberate:
        return
    yield Hit(
        message=f"downgrade() fails: {failure}.",
        effect="After this revision the only way back is a restored backup.",
        remedy=f"# mend downgrade(), then: fingood test-rollback {subject.revision}",
        location=failure.location or subject.location(direction=Direction.DOWNGRADE),
        subject=subject.revision,
        confidence=Confidence.OBSERVED,
    )
