"""DROP VIEW.

## What it does
Finds views and materialized views that existed before and are dropped without one of the same name in the same
revision.

## Why it matters
Reports and the version of the application that is still running fail on their next query. A downgrade has to know the
view's text by heart.

## Instead
First a release that does not use the view.

## Manual
PostgreSQL, DROP VIEW. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import RelationName
from fingood.model.severity import Severity


@check(title="Readers of a view fail", family=Family.BREAKAGE, severity=Severity.WARNING)
def drop_view(subject: Subject) -> Iterator[Hit]:
    created = {place.world.full(named) for place in subject.places(Verb.CREATE_VIEW) if (named := _made(place))}
    created |= {place.world.full(place.table) for place in subject.places(Verb.CREATE_TABLE, Verb.CREATE_TABLE_AS)}
    for place in subject.places(Verb.DROP_VIEW):
        named = place.action.object
        if named is None or place.world.full(named) in created:
            continue
        if subject.facts is not None and subject.table(named) is None:
            continue
        yield Hit(
            message=f"{place.action.detail.replace('matview', 'materialized view').capitalize()} {named} is dropped.",
            effect="Whatever still reads it fails on its next query.",
            remedy="# first a release that does not read it; keep the view's text in downgrade()",
            place=place,
            subject=str(named),
        )


def _made(place: Place) -> RelationName | None:
    return place.action.object or place.action.relation
