"""A type change below a view.

## What it does
Finds ALTER COLUMN TYPE of a column that a view or a materialized view reads, while the view is there.

## Why it matters
The server refuses it (SQLSTATE 0A000, "cannot alter type of a column used by a view or rule"): the revision fails every
time. All versions of PostgreSQL.

## Instead
Drop the view, change the type, create the view again, in one transaction. The code below has the view's own query.

## Manual
PostgreSQL, ALTER TABLE, SET DATA TYPE; CREATE VIEW. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.places import Place
from fingood.checks.rules.type_change_rewrite import retyped
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.facts import TableFacts
from fingood.model.names import RelationName, quote
from fingood.model.severity import Confidence, Severity

_NOT_SUPPORTED = "0A000"


@check(
    title="A view stands in the way of a type change",
    family=Family.RUN,
    severity=Severity.CRITICAL,
    dialects=POSTGRESQL,
)
def type_change_under_view(subject: Subject) -> Iterator[Hit]:
    dropped: set[RelationName] = set()
    for place in subject.places(Verb.DROP_VIEW, Verb.ALTER_TYPE):
        if place.action.verb is Verb.DROP_VIEW:
            named = place.action.object or place.action.relation
            dropped |= {named.within(subject.schema)} if named else set()
            continue
        refused = _refused(place)
        views = [view for view in _views(subject, place) if view.name not in dropped]
        if not views and not (refused and subject.facts is None):
            continue
        names = ", ".join(str(view.name) for view in views) or "a view"
        yield Hit(
            message=f"{place.table}.{quote(place.column.name)} cannot change its type: {names} reads it.",
            effect="The upgrade stops here with SQLSTATE 0A000.",
            remedy=_remedy(place, views),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(place.column.name)}",
            confidence=Confidence.OBSERVED if refused else Confidence.PARSED,
        )


def _refused(place: Place) -> bool:
    failure = place.statement.failure
    return failure is not None and failure.sqlstate == _NOT_SUPPORTED


def _views(subject: Subject, place: Place) -> list[TableFacts]:
    """The views that read the column. One that CASCADE took with another is taken for still there."""
    known = subject.table(place.table)
    column = known.columns.get(place.column.name) if known else None
    found = [subject.table(name) for name in column.views] if column else []
    return [view for view in found if view is not None]


def _remedy(place: Place, views: list[TableFacts]) -> str:
    kinds = {view.name: "MATERIALIZED VIEW" if view.kind == "matview" else "VIEW" for view in views}
    drops = [execute(f"DROP {kinds[view.name]} {view.name.sql}") for view in views]
    queries = [(view, " ".join(view.definition.split()).rstrip(";")) for view in views]
    creates = [execute(f"CREATE {kinds[view.name]} {view.name.sql} AS {query}") for view, query in queries]
    again = "# the view's indexes and grants are to be made again too"
    return "\n".join((*drops, retyped(place), *creates, again))
