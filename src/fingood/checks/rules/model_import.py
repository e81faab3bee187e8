"""The application's own code is imported by the revision.

## What it does
Finds imports of the project's own packages in a revision.

## Why it matters
When that code changes, the revision changes meaning, or no longer runs on a new database. What was reviewed and what
runs later are then two things.

## Instead
Declare what the revision needs in the file itself: sa.table(), sa.column().

## Manual
Alembic, `op.bulk_insert`; "Cookbook". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.subject import Subject
from fingood.model.severity import Severity


@check(
    title="The revision depends on code that will change",
    family=Family.SOURCE,
    severity=Severity.WARNING,
    needs=(Need.SOURCE,),
)
def model_import(subject: Subject) -> Iterator[Hit]:
    for imported in subject.shape.own_imports if subject.shape else ():
        yield Hit(
            message=f"The revision imports the project's own {imported.module}.",
            effect="When that code changes, this revision changes meaning or no longer runs.",
            remedy='accounts = sa.table("accounts", sa.column("id", sa.BigInteger()))',
            location=subject.location(imported.line),
            subject=imported.module,
        )
