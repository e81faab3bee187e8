"""A file without a revision id.

## What it does
Finds Python files in the versions folder that do not set `revision`.

## Why it matters
Alembic stops at such a file: no revision can be applied or undone.

## Instead
`alembic revision -m MESSAGE` writes a file with an id. Other modules belong outside of the versions folder.

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


@history_check(title="A file in the versions folder has no revision id", severity=Severity.CRITICAL, loads=False)
def no_id(past: Past) -> Iterator[Hit]:
    yield from hits_of(past, "no-id")
