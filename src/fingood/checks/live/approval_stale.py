"""The revision was changed after it was approved.

## What it does
Finds approvals whose content hash is not the revision's. The hash is of its meaning: comments, docstrings and layout
change nothing. It looks also where the policy asks for no approval.

## Why it matters
What was approved is not what will run.

## Instead
Ask the approver to look again: `fingood approve REVISION`.

## Standard
SOX 404, PCI DSS 6.5.1: what was approved is what is deployed. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.subject import Subject
from fingood.model.severity import Confidence, SafetyLevel, Severity


@check(
    title="The revision was changed after it was approved",
    family=Family.CONTROL,
    severity=Severity.WARNING,
    needs=(Need.CONTROL,),
    at_level={SafetyLevel.HIGH: Severity.ERROR, SafetyLevel.CRITICAL: Severity.ERROR},
)
def approval_stale(subject: Subject) -> Iterator[Hit]:
    assert subject.control is not None
    for approval in subject.control.stale:
        yield Hit(
            message=f"{approval.approver} approved it on {approval.at:%Y-%m-%d %H:%M} UTC, and it was changed since.",
            effect="What was approved is not what will run.",
            remedy=f"fingood approve {subject.revision}",
            subject=approval.approver,
            confidence=Confidence.OBSERVED,
        )
