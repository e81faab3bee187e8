"""There is a freeze.

## What it does
Compares the day with policy.freezes, both ends included.

## Why it matters
The days were set aside because nobody should change anything then: the year's close, a holiday without staff.

## Instead
Run it after the freeze.

## Standard
SOX change control. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.subject import Subject
from fingood.model.severity import Confidence, SafetyLevel, Severity


@check(
    title="There is a freeze",
    family=Family.CONTROL,
    severity=Severity.WARNING,
    needs=(Need.CONTROL,),
    at_level={SafetyLevel.HIGH: Severity.ERROR, SafetyLevel.CRITICAL: Severity.CRITICAL},
)
def change_freeze(subject: Subject) -> Iterator[Hit]:
    control = subject.control
    assert control is not None
    for freeze in control.freezes:
        if freeze.holds(control.now):
            yield Hit(
                message=f"There is a freeze from {freeze.first} to {freeze.last}.",
                effect="Nothing is changed on these days.",
                remedy="# run it after the freeze",
                subject=str(freeze),
                confidence=Confidence.OBSERVED,
            )
