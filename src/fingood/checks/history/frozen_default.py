"""A default in a revision that Python worked out.

## What it does
Finds, in every revision of the history, `server_default` made by a call such as datetime.now() or uuid4(), and
`default=` on a NOT NULL column in add_column() without a server_default. Also `default=` that is a list, a dict or a
set, or a call made only once.

## Why it matters
The call runs once, while the migration does: every later row gets that moment, or that same id. And each database that
the history is replayed on gets another one.

## Instead
`server_default=sa.func.now()`, `server_default=sa.text("gen_random_uuid()")`, or a constant.

## Manual
SQLAlchemy, "Column INSERT/UPDATE Defaults"; Alembic, `op.add_column`. Since fingood 0.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Hit
from fingood.checks.frozen_defaults import find_frozen_defaults
from fingood.checks.history_check import Gap, history_check
from fingood.checks.past import Past
from fingood.model.severity import Severity


@history_check(title="A default is computed once, when the migration runs", severity=Severity.ERROR)
def frozen_default(past: Past) -> Iterator[Hit | Gap]:
    for revision in past.loaded.ordered():
        tree = past.trees.get(revision.id)
        if tree is None:
            yield Gap(f"{revision.id} has no source")
        else:
            yield from find_frozen_defaults(tree, revision.path, revision.id)
