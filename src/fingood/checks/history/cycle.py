"""Revisions that stand on each other.

## What it does
Finds circles of `down_revision` and `depends_on`.

## Why it matters
There is no order to apply them in: Alembic refuses the whole history.

## Instead
Give one of the revisions another `down_revision`.

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


@history_check(title="The history runs in a circle", severity=Severity.CRITICAL, loads=False)
def cycle(past: Past) -> Iterator[Hit]:
    yield from hits_of(past, "cycle")
