"""It is not a time for changes.

## What it does
Compares the time with policy.change_windows. Without windows every time is right.

## Why it matters
At the end of day or month the books are being closed: a lock, or a wrong number, costs more then, and nobody watches.

## Instead
Run it within a window.

## Standard
SOX change control. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.subject import Subject
from fingood.model.severity import Confidence, SafetyLevel, Severity


@check(
    title="It is not a time for changes",
    family=Family.CONTROL,
    severity=Severity.INFO,
    needs=(Need.CONTROL,),
    at_level={SafetyLevel.HIGH: Severity.WARNING, SafetyLevel.CRITICAL: Severity.ERROR},
)
def change_window(subject: Subject) -> Iterator[Hit]:
    control = subject.control
    assert control is not None
    if control.windows and not any(window.holds(control.now) for window in control.windows):
        local = control.now.astimezone(ZoneInfo(control.windows[0].zone))
        yield Hit(
            message=f"It is {local:%a %H:%M} in {control.windows[0].zone}; no change window is open.",
            effect=f"Windows: {', '.join(map(str, control.windows))}.",
            remedy="# run it within a window",
            subject="change window",
            confidence=Confidence.OBSERVED,
        )
