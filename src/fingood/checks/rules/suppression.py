"""A comment that accepts a finding is incomplete or out of date.

## What it does
Finds `# fingood: allow CHECK-ID` without a reason, for an id that does not exist, or where the check finds nothing.

## Why it matters
An acceptance is a decision that somebody will ask about; one that nothing needs hides the next real finding.

## Instead
`# fingood: allow drop-column — moved to ledger.memos in 4f2a, kept in the backup of 2 May`

## Standard
SOX change control: exceptions are documented. Since fingood 0.1.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from fingood.checks._check import REGISTERED, Family, Hit, Need, check
from fingood.checks.subject import Subject
from fingood.checks.suppressions import read_suppressions
from fingood.model.severity import Severity


@check(
    title="An acceptance lacks its reason or its finding",
    family=Family.SOURCE,
    severity=Severity.WARNING,
    needs=(Need.SOURCE,),
)
def suppression(subject: Subject) -> Iterator[Hit]:
    for item in read_suppressions(subject.source):
        if item.check not in REGISTERED:
            near = difflib.get_close_matches(item.check, REGISTERED, n=1)
            yield Hit(
                message=f"There is no check '{item.check}' to allow.",
                remedy=f"# fingood: allow {near[0]} — {item.reason or 'reason'}" if near else "",
                location=subject.location(item.line),
                subject=item.check,
            )
        elif not item.reason:
            yield Hit(
                message=f"The comment allows {item.check} without saying why; it has no effect.",
                remedy=f"# fingood: allow {item.check} — reason",
                location=subject.location(item.line),
                subject=item.check,
            )
