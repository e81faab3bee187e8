"""No way back in a revision of the history.

## What it does
Finds every revision without downgrade(), or whose downgrade() does nothing or only raises while upgrade() does
something.

## Why it matters
After it the only way back is a restored backup, with all that was written since; an empty downgrade() even reports
success.

## Instead
Write the reverse of upgrade() and prove it with `fingood test-rollback`.

## Standard
ITIL change enablement (back-out plan), SOX change control. Since fingood 0.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Hit
from fingood.checks.history_check import history_check
from fingood.checks.past import Past
from fingood.model.finding import Direction
from fingood.model.severity import Severity
from fingood.revisions import Body

_WORDS = {
    Body.MISSING: "there is no downgrade()",
    Body.EMPTY: "downgrade() does nothing while upgrade() does something",
    Body.RAISES: "downgrade() only raises: this revision cannot be undone",
}


@history_check(title="A revision has no way back", severity=Severity.WARNING)
def downgrade(past: Past) -> Iterator[Hit]:
    for revision in past.loaded.ordered():
        shape = revision.shape
        if shape.downgrade is Body.CODE or (shape.downgrade is Body.EMPTY and shape.upgrade is Body.EMPTY):
            continue
        yield Hit(
            message=_WORDS[shape.downgrade],
            effect="alembic downgrade reports success and leaves the change in place."
            if shape.downgrade is Body.EMPTY
            else "After this revision the only way back is a restored backup.",
            remedy=f"write the reverse of upgrade(), then: fingood test-rollback {revision.id}",
            location=past.place(revision, shape.downgrade_line or shape.upgrade_line, Direction.DOWNGRADE),
            subject=revision.id,
        )
