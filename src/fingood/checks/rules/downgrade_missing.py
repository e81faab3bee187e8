"""No way back in the revision.

## What it does
Finds revisions without downgrade(), or whose downgrade() does nothing or only raises, while upgrade() does something.

## Why it matters
The only way back is then a restore, with all that was written since; an empty downgrade() even reports success.

## Instead
Write the reverse of upgrade() and prove it with `fingood test-rollback`.

## Standard
ITIL change enablement (back-out plan), SOX change control. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.subject import Subject
from fingood.model.finding import Direction
from fingood.model.severity import SafetyLevel, Severity
from fingood.revisions.shape import Body

_WORDS = {
    Body.MISSING: "there is no downgrade()",
    Body.EMPTY: "downgrade() does nothing while upgrade() does something",
    Body.RAISES: "downgrade() only raises",
}


@check(
    title="There is no way back",
    family=Family.ROLLBACK,
    severity=Severity.ERROR,
    needs=(Need.SOURCE,),
    at_level={SafetyLevel.LOW: Severity.WARNING},
)
def downgrade_missing(subject: Subject) -> Iterator[Hit]:
    shape = subject.shape
    if shape is None or shape.downgrade is Body.CODE or shape.upgrade is not Body.CODE:
        return
    yield Hit(
        message=f"{subject.revision}: {_WORDS[shape.downgrade]}.",
        effect="alembic downgrade reports success and leaves the change in place."
        if shape.downgrade is Body.EMPTY
        else "The only way back is a restored backup, without what was written since.",
        remedy="def downgrade() -> None:\n"
        f"    ...  # the reverse of upgrade(); then: fingood test-rollback {subject.revision}",
        location=subject.location(shape.downgrade_line or shape.upgrade_line, Direction.DOWNGRADE),
        subject=subject.revision,
    )
