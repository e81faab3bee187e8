"""BEGIN, COMMIT or ROLLBACK inside a revision.

## What it does
Finds COMMIT, ROLLBACK and BEGIN that the revision executes as SQL. Savepoints are fine.

## Why it matters
COMMIT ends Alembic's transaction: what came before is kept, what comes after runs on its own, and when that fails
alembic_version does not say where the schema stands. The locks and timeouts set with SET LOCAL are gone as well.

## Instead
`op.get_context().autocommit_block()` for what cannot run in a transaction; several revisions for the rest.

## Manual
Alembic, `MigrationContext.autocommit_block`, `transaction_per_migration`. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity

_ENDS = ("commit", "rollback", "begin", "start", "prepare", "commit prepared", "rollback prepared")


@check(title="The revision ends Alembic's transaction", family=Family.RUN, severity=Severity.ERROR, dialects=POSTGRESQL)
def transaction_control(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.TRANSACTION):
        if place.action.detail not in _ENDS or place.statement.location is None:
            continue
        yield Hit(
            message=f"{place.action.detail.upper()} stands in the revision.",
            effect="What came before it stays when what comes after it fails, and alembic_version knows of neither.",
            remedy="with op.get_context().autocommit_block():\n    ...  # or a revision of its own",
            place=place,
            subject=place.action.detail,
        )
