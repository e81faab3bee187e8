"""Alembic cannot load the history.

## What it does
Loads the history as Alembic does, and reports what that raises: an import that fails, a file that raises when it is
imported.

## Why it matters
No revision can be applied or undone, an emergency downgrade included.

## Instead
Install what the file imports, or name its folder in `prepend_sys_path` of alembic.ini.

## Manual
Alembic, "Tutorial: Editing the .ini File". Since fingood 0.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Hit
from fingood.checks.history_check import Gap, history_check
from fingood.checks.past import Past
from fingood.model.severity import Severity


@history_check(title="Alembic cannot load the history", severity=Severity.CRITICAL, loads=False)
def loads(past: Past) -> Iterator[Hit | Gap]:
    if past.problems:
        yield Gap("a file keeps Alembic from loading the history")
    elif past.failure:
        yield Hit(
            message=past.failure,
            effect="No revision can be applied or undone.",
            remedy=past.failure_hint,
        )
