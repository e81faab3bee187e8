"""A comment that accepts a finding is incomplete or out of date.

## What it does
Finds `# fingood: allow CHECK-ID` without a reason, with a date that has passed or is none, for an id that does not
exist, or where the check finds nothing.

## Why it matters
An acceptance is a decision that somebody will ask about; one that nothing needs hides the next real finding.

## Instead
`# fingood: allow drop-column until 2027-01-31 because it moved to ledger.memos in 4f2a (PAY-1042)`. The date is the
last day on which the comment holds; date and ticket may be left out, the reason may not.

## Standard
SOX change control: exceptions are documented. Since fingood 0.1.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import timedelta

from fingood.checks._check import REGISTERED, Family, Hit, check
from fingood.checks.history_check import HISTORY_IDS
from fingood.checks.subject import Subject
from fingood.checks.suppressions import Suppression
from fingood.model.severity import Severity


@check(
    title="An acceptance lacks its reason or its finding",
    family=Family.SOURCE,
    severity=Severity.WARNING,
    needs=(),
)
def suppression(subject: Subject) -> Iterator[Hit]:
    for item in subject.allowed:
        wrong = _what_is_wrong(item, subject)
        if wrong is not None:
            yield wrong


def _what_is_wrong(item: Suppression, subject: Subject) -> Hit | None:
    place, mark = subject.location(item.line), "--" if subject.suppressions is not None else "#"
    if item.check not in REGISTERED and item.check not in HISTORY_IDS:
        near = difflib.get_close_matches(item.check, (*REGISTERED, *HISTORY_IDS), n=1)
        return Hit(
            message=f"There is no check '{item.check}' to allow.",
            remedy=f"{mark} fingood: allow {near[0]} because {item.reason or 'reason'}" if near else "",
            location=place,
            subject=item.check,
        )
    if item.wrong_date is not None:
        return Hit(
            message=f"The comment allows {item.check} until '{item.wrong_date}', which is no date; it has no effect.",
            remedy=f"{mark} fingood: allow {item.check} until {_in_a_quarter(subject)} because "
            f"{item.reason or 'reason'}",
            location=place,
            subject=item.check,
        )
    if not item.reason:
        return Hit(
            message=f"The comment allows {item.check} without saying why; it has no effect.",
            remedy=f"{mark} fingood: allow {item.check} because reason",
            location=place,
            subject=item.check,
        )
    if item.has_expired(subject.today):
        return Hit(
            message=f"The comment that allows {item.check} expired on {item.until}; it has no effect any more.",
            effect="What it accepted is reported again.",
            remedy=f"{mark} mend what {item.check} finds and delete the comment, or decide anew and give it a new date",
            location=place,
            subject=item.check,
        )
    return None


def _in_a_quarter(subject: Subject) -> str:
    return str(subject.today + timedelta(days=90))
