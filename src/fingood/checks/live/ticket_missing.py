"""The revision names no ticket.

## What it does
Looks for policy.ticket_pattern in the revision's docstring.

## Why it matters
Years later the docstring is what leads from a change of the books to who asked for it and why.

## Instead
The ticket in the docstring's first line.

## Standard
SOX 404: a change is traced to its request. Since fingood 0.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.subject import Subject
from fingood.model.severity import Confidence, SafetyLevel, Severity


@check(
    title="The revision names no ticket",
    family=Family.CONTROL,
    severity=Severity.WARNING,
    needs=(Need.CONTROL,),
    at_level={SafetyLevel.HIGH: Severity.ERROR, SafetyLevel.CRITICAL: Severity.ERROR},
)
def ticket_missing(subject: Subject) -> Iterator[Hit]:
    control = subject.control
    assert control is not None
    if control.ticket_pattern and not re.search(control.ticket_pattern, control.message):
        yield Hit(
            message=f"The docstring holds no ticket that fits {control.ticket_pattern}.",
            effect="Nobody will find who asked for the change.",
            remedy="# the ticket in the first line of the revision's docstring",
            location=subject.location(1),
            subject="ticket",
            confidence=Confidence.OBSERVED,
        )
