"""A file that Python cannot parse.

## What it does
Finds revision files with a syntax error, with the line.

## Why it matters
Alembic imports every file of the versions folder: one that does not parse keeps all revisions from being applied or
undone, an emergency downgrade included.

## Instead
Mend the line. Files that are no revisions belong outside of the versions folder.

## Manual
Alembic, "Tutorial: The Migration Environment". Since fingood 0.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Hit
from fingood.checks.history_check import history_check
from fingood.checks.loading import hits_of
from fingood.checks.past import Past
from fingood.model.severity import Severity


@history_check(title="A revision's file is no valid Python", severity=Severity.CRITICAL, loads=False)
def syntax(past: Past) -> Iterator[Hit]:
    yield from hits_of(past, "syntax")
