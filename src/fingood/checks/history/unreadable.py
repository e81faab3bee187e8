"""A file that cannot be read.

## What it does
Finds revision files that the operating system refuses, or whose bytes are no text.

## Why it matters
Alembic imports every file of the versions folder: one that cannot be read keeps all revisions from being applied or
undone.

## Instead
Give the file back its permissions, or save it as UTF-8.

## Manual
Python, "Source Code Encoding" (PEP 263). Since fingood 0.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Hit
from fingood.checks.history_check import history_check
from fingood.checks.loading import hits_of
from fingood.checks.past import Past
from fingood.model.severity import Severity


@history_check(title="A revision's file cannot be read", severity=Severity.CRITICAL, loads=False)
def unreadable(past: Past) -> Iterator[Hit]:
    yield from hits_of(past, "unreadable")
