"""A view, function, type or sequence gets another name or schema.

## What it does
Finds views, materialized views, functions, types and sequences that are renamed or moved to another schema, unless one
of the old name is created in the same revision. Indexes and constraints may be renamed at will.

## Why it matters
Code of the version that is still running, and functions that have the old name in their text, fail on the next use.

## Instead
Create the new one beside the old; drop the old one in a later release.

## Manual
PostgreSQL, ALTER VIEW, ALTER FUNCTION, ALTER TYPE. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import quote
from fingood.model.severity import Severity

_WATCHED = frozenset({"view", "matview", "function", "procedure", "routine", "type", "domain", "sequence"})
_CREATES = (
    Verb.CREATE_VIEW,
    Verb.CREATE_FUNCTION,
    Verb.CREATE_TYPE,
    Verb.CREATE_DOMAIN,
    Verb.CREATE_SEQUENCE,
)


@check(
    title="Code that uses the old name fails",
    family=Family.BREAKAGE,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def rename_object(subject: Subject) -> Iterator[Hit]:
    made = {named for place in subject.places(*_CREATES) if (named := place.action.object or place.action.relation)}
    for place in subject.places(Verb.OTHER):
        detail, named = place.action.detail, place.action.object
        kind = detail.removeprefix("rename ").removeprefix("set schema of ")
        if named is None or kind == detail or kind not in _WATCHED or named in made:
            continue
        word = "materialized view" if kind == "matview" else kind
        yield Hit(
            message=f"{word.capitalize()} {named} becomes {quote(place.action.new_name or '')} in one step."
            if detail.startswith("rename")
            else f"{word.capitalize()} {named} moves to schema {quote(place.action.new_name or '')} in one step.",
            effect="The version that is still running fails wherever it uses the old name.",
            remedy=f"# create the new {word} beside {named}, and drop that in a later release",
            place=place,
            subject=str(named),
        )
