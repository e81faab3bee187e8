"""The static rendering is incomplete.

## What it does
Reports what Alembic's offline mode could not render, with `--static`.

## Why it matters
A revision that reads the database cannot be judged from text alone, and change control cannot review it as SQL.

## Instead
Leave `--static` away: the revision is then run in a sandbox.

## Manual
Alembic, "Generating SQL Scripts (a.k.a. Offline Mode)". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.subject import Subject
from fingood.model.severity import Confidence, Severity


@check(title="Part of the revision could not be rendered", family=Family.RUN, severity=Severity.WARNING)
def not_rendered(subject: Subject) -> Iterator[Hit]:
    if subject.upgrade is not None and subject.upgrade.unrendered:
        yield Hit(
            message=f"The offline rendering is incomplete: {subject.upgrade.unrendered}.",
            effect="What was not rendered was not looked at.",
            remedy=f"# look at all of it, in a sandbox: fingood check {subject.revision}",
            subject=subject.revision,
            confidence=Confidence.OBSERVED,
        )
