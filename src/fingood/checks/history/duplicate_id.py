"""One id, two files.

## What it does
Finds revision ids that two files set, as a copied file does.

## Why it matters
Alembic takes one of the two and only warns: which of them runs depends on the order in which the folder is read.

## Instead
Give one of them a new id, and fix the `down_revision` of what follows it.

## Manual
Alembic, "Tutorial: Create a Migration Script". Since fingood 0.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Hit
from fingood.checks.history_check import history_check
from fingood.checks.loading import hits_of
from fingood.checks.past import Past
from fingood.model.severity import Severity


@history_check(title="Two files have the same revision id", severity=Severity.CRITICAL, loads=False)
def duplicate_id(past: Past) -> Iterator[Hit]:
    yield from hits_of(past, "duplicate-id")
