"""A parent that does not exist.

## What it does
Finds `down_revision` and `depends_on` that name no revision of this history, and offers the nearest ids.

## Why it matters
Alembic cannot load the history: no revision can be applied or undone. It is what a merge that lost a file leaves.

## Instead
Bring the parent's file back, or name the right parent.

## Manual
Alembic, "Working with Branches". Since fingood 0.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Hit
from fingood.checks.history_check import history_check
from fingood.checks.loading import hits_of
from fingood.checks.past import Past
from fingood.model.severity import Severity


@history_check(title="A revision's parent is not in the history", severity=Severity.CRITICAL, loads=False)
def missing_parent(past: Past) -> Iterator[Hit]:
    yield from hits_of(past, "missing-parent")
