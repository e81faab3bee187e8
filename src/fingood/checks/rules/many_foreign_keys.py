"""Foreign keys to several tables in one transaction.

## What it does
Finds transactions that add foreign keys, by ALTER TABLE, to two or more tables that existed before. NOT VALID does not
help against this one.

## Why it matters
SHARE ROW EXCLUSIVE on every parent is held to the end of the transaction: the first parent takes no write while the
revision waits for the last, and sessions that write them in the other order run into a deadlock. All versions of
PostgreSQL.

## Instead
One foreign key a revision, with transaction_per_migration=True.

## Manual
PostgreSQL, ALTER TABLE, ADD table_constraint; 13.3.4 "Deadlocks". Since fingood 0.1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.columns import added_keys
from fingood.checks.places import Place
from fingood.checks.rules.fk_validating import remedy_for
from fingood.checks.subject import Subject
from fingood.model.action import ConstraintSpec, Verb
from fingood.model.names import RelationName
from fingood.model.severity import Severity


@check(
    title="Foreign keys lock several parents at once",
    family=Family.LOCK,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def many_foreign_keys(subject: Subject) -> Iterator[Hit]:
    windows: defaultdict[int, dict[RelationName, tuple[Place, ConstraintSpec]]] = defaultdict(dict)
    for place, key in added_keys(subject, Verb.ADD_CONSTRAINT, Verb.ADD_COLUMN):
        parent = place.world.full(key.references) if key.references else None
        if place.statement.transaction is not None and parent and parent != place.world.full(place.table):
            windows[place.statement.transaction].setdefault(parent, (place, key))
    for parents in windows.values():
        if len(parents) < 2:
            continue
        place, key = list(parents.values())[-1]
        names = ", ".join(str(key.references) for _, key in parents.values())
        yield Hit(
            message=f"One transaction locks {len(parents)} parent tables against writers: {names}.",
            effect="The first takes no write while the revision waits for the last, and a deadlock is possible.",
            remedy=f"# in a revision of its own:\n{remedy_for(place.table, key)}",
            place=place,
            subject=names,
        )
