"""The revision is not approved.

## What it does
Counts the records under approvals/ that hold for the revision as it is now, by people who did not write it, one a
person, and compares them with policy.approvals. Tells of approvals by authors and of records that cannot be read.

## Why it matters
Whoever writes a change does not approve it. An approval of other code is none.

## Instead
`fingood approve REVISION` by somebody else, committed with the revision.

## Standard
SOX 404, PCI DSS 6.5.1: changes are approved, and duties are separated. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.subject import Subject
from fingood.model.change import ChangeControl
from fingood.model.severity import Confidence, SafetyLevel, Severity


@check(
    title="The revision is not approved",
    family=Family.CONTROL,
    severity=Severity.ERROR,
    needs=(Need.CONTROL,),
    at_level={SafetyLevel.LOW: Severity.INFO, SafetyLevel.MEDIUM: Severity.WARNING},
)
def approval_missing(subject: Subject) -> Iterator[Hit]:
    control = subject.control
    assert control is not None
    if control.required == 0:
        return
    if control.no_author:
        yield Hit(
            message=f"Nobody knows who wrote the revision: {control.no_author}.",
            effect="Whether its approvals are by somebody else cannot be told.",
            remedy="# commit the revision, or write 'Author: name <address>' into its docstring",
            subject="author",
            confidence=Confidence.OBSERVED,
        )
    if len(control.counted) < control.required:
        yield Hit(
            message=f"{len(control.counted)} of {control.required} approvals.{_why(control)}",
            effect="Authors' own approvals and those of an earlier content do not count.",
            remedy=f"fingood approve {subject.revision}",
            subject="approvals",
            confidence=Confidence.OBSERVED,
        )


def _why(control: ChangeControl) -> str:
    """What there is that does not count."""
    parts = [f"{approval.approver} is an author" for approval in control.by_authors]
    parts += [f"{approval.approver} approved an earlier content" for approval in control.stale]
    parts += [f"{problem} (unreadable)" for problem in control.unreadable]
    return f" {'; '.join(parts)}." if parts else ""
