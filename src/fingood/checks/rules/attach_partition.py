"""ATTACH PARTITION of a table that has to be read first.

## What it does
Finds ATTACH PARTITION of a table that existed before and has no validated CHECK.

## Why it matters
The server reads every row of the table under ACCESS EXCLUSIVE on it to prove that it belongs there; and every row of
the default partition, if there is one. A validated CHECK that says the same as the partition's bounds is proof enough.
On the parent it takes SHARE UPDATE EXCLUSIVE since PostgreSQL 12, ACCESS EXCLUSIVE before.

## Instead
ADD CONSTRAINT ... CHECK (bounds) NOT VALID, VALIDATE CONSTRAINT in the next revision, then ATTACH.

## Manual
PostgreSQL, 5.12.2.2; ALTER TABLE, ATTACH PARTITION. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import constraint_name, execute, steps
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import ConstraintKind, LockMode, Verb
from fingood.model.names import RelationName, quote_always
from fingood.model.severity import Severity


@check(
    title="Every row of the new partition is read under lock",
    family=Family.LOCK,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def attach_partition(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ATTACH_PARTITION):
        child = place.action.others[0]
        if _proven(subject, place, child):
            continue
        name = constraint_name("ck", child, "bounds")
        yield Hit(
            message=f"{child} is read whole before it becomes a partition of {place.table}.",
            effect=held(LockMode.ACCESS_EXCLUSIVE, child, while_it="reads the whole table"),
            remedy=steps(
                execute(f"ALTER TABLE {child.sql} ADD CONSTRAINT {quote_always(name)} CHECK (...) NOT VALID"),
                execute(f"ALTER TABLE {child.sql} VALIDATE CONSTRAINT {quote_always(name)}"),
                execute(" ".join(place.statement.sql.split())),
            ),
            place=place,
            table=child,
        )


def _proven(subject: Subject, place: Place, child: RelationName) -> bool:
    """Whether some validated CHECK may say what the bounds say; which one does only the server knows."""
    known = subject.table(child)
    table = place.world.full(child)
    below = any(
        one.kind == "check" and (one.validated or (table, one.name) in place.world.validated)
        for one in (known.constraints if known else ())
    )
    return below or any(
        owner == table
        and spec.kind is ConstraintKind.CHECK
        and (spec.valid or (table, spec.name or "") in place.world.validated)
        for owner, spec in place.world.constraints
    )
