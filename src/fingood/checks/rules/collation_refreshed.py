"""The warning is silenced, the indexes stay wrong.

## What it does
Finds ALTER COLLATION ... REFRESH VERSION and ALTER DATABASE ... REFRESH COLLATION VERSION without a REINDEX before them
in the same revision.

## Why it matters
The warning says that the operating system or ICU now sorts texts in another order than the one the indexes were built
in. Such an index does not find rows that are there, and a unique one lets duplicates in. REFRESH VERSION only stops
the warning.

## Instead
REINDEX every index on texts of that collation (CONCURRENTLY, in an autocommit block), then REFRESH VERSION.

## Manual
PostgreSQL, ALTER COLLATION, Notes. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute, outside_transaction
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity

_REFRESHES = {"AlterCollation": "ALTER COLLATION", "AlterDatabaseRefreshColl": "ALTER DATABASE"}


@check(
    title="Indexes in an old sort order are declared right",
    family=Family.MONEY,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def collation_refreshed(subject: Subject) -> Iterator[Hit]:
    rebuilt = False
    for place in subject.places(Verb.OTHER, Verb.REINDEX):
        rebuilt = rebuilt or place.action.verb is Verb.REINDEX
        command = _REFRESHES.get(place.action.detail)
        if command and not rebuilt:
            yield Hit(
                message=f"{command} ... REFRESH VERSION without a REINDEX before it.",
                effect="Indexes in the old order miss rows, and unique ones let duplicates in, without a warning.",
                remedy=outside_transaction(execute("REINDEX INDEX CONCURRENTLY ..."))
                + "\n"
                + execute(" ".join(place.statement.sql.split())),
                place=place,
                subject="collation",
            )
