"""Several heads.

## What it does
Finds a history that ends in more than one revision.

## Why it matters
`alembic upgrade head` fails, and in which order the ends run nobody has decided.

## Instead
`alembic merge heads`.

## Manual
Alembic, "Working with Branches". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.subject import Subject
from fingood.model.severity import Severity


@check(
    title="The history has several heads",
    family=Family.SOURCE,
    severity=Severity.WARNING,
    needs=(Need.HISTORY,),
)
def multiple_heads(subject: Subject) -> Iterator[Hit]:
    if len(subject.heads) > 1 and subject.revision in subject.heads:
        yield Hit(
            message=f"{subject.revision} is one of {len(subject.heads)} heads: {', '.join(subject.heads)}.",
            effect="alembic upgrade head fails, and the order of the ends is not defined.",
            remedy=f'# alembic merge -m "merge heads" {" ".join(subject.heads)}',
            subject="heads",
        )
