"""A default that Python worked out.

## What it does
Finds `server_default` made by a call such as datetime.now(), uuid4() or time(), and `default=` on a NOT NULL column in
add_column() without a server_default. Also `default=` that is a list, a dict or a set, or a call made only once.

## Why it matters
The call runs once, while the migration does: every later row gets that moment, or that same id. And `default=` is
SQLAlchemy's own, for inserts through a model: a migration ignores it.

## Instead
`server_default=sa.func.now()`, `server_default=sa.text("gen_random_uuid()")`, or a constant.

## Manual
SQLAlchemy, "Column INSERT/UPDATE Defaults"; Alembic, `op.add_column`. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.frozen_defaults import find_frozen_defaults
from fingood.checks.subject import Subject
from fingood.model.severity import Severity


@check(
    title="A default is computed once, when the migration runs",
    family=Family.SOURCE,
    severity=Severity.ERROR,
    needs=(Need.SOURCE,),
)
def frozen_default(subject: Subject) -> Iterator[Hit]:
    if subject.tree is not None:
        yield from find_frozen_defaults(subject.tree, subject.path, subject.revision)
