"""A revision leans on the application's own code.

## What it does
Finds imports of the project's own modules in revisions.

## Why it matters
When that code changes, the revision changes its meaning, or no longer runs on a new database.

## Instead
Declare what the revision needs in the file itself: `sa.table(...)`, `sa.column(...)`.

## Manual
Alembic, "Cookbook". Since fingood 0.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Hit
from fingood.checks.history_check import history_check
from fingood.checks.past import Past
from fingood.model.severity import Severity


@history_check(title="A revision imports the application's code", severity=Severity.WARNING)
def app_import(past: Past) -> Iterator[Hit]:
    for revision in past.loaded.ordered():
        imports = revision.shape.own_imports
        if imports:
            modules = ", ".join(dict.fromkeys(imported.module for imported in imports))
            yield Hit(
                message=f"imports the application's own {modules}",
                effect="When that code changes, this revision changes meaning, or no longer runs on a new database.",
                remedy="declare what the revision needs in the file itself: sa.table(...), sa.column(...)",
                location=past.place(revision, imports[0].line),
                subject=revision.id,
            )
