"""Another default.

## What it does
Finds defaults of existing columns that become another value.

## Why it matters
Nothing is locked for long and no row changes; but rows from before and after mean different things by the same
silence, and code that counted on the old value is wrong without an error.

## Instead
Say in the revision's text since when which value holds; fill the old rows only if they mean the same.

## Manual
PostgreSQL, ALTER TABLE, SET DEFAULT. Since fingood 0.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import quote
from fingood.model.severity import Severity

_CAST = re.compile(r"::[\w\s\".]+(?:\([\d,\s]*\))?(?:\[\])?")


@check(
    title="New rows silently mean something else",
    family=Family.BREAKAGE,
    severity=Severity.INFO,
    needs=(Need.PLAN, Need.FACTS),
    dialects=POSTGRESQL,
)
def change_default(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.SET_DEFAULT):
        known = subject.table(place.table)
        column = known.columns.get(place.column.name) if known else None
        new = place.column.default or ""
        if column is None or column.default is None or _plain(column.default) == _plain(new):
            continue
        yield Hit(
            message=f"The default of {place.table}.{quote(column.name)} was {column.default} and becomes {new}.",
            effect="Rows that say nothing mean one thing before the revision and another after it.",
            remedy="# say in the revision's text since when which value holds",
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(column.name)}",
        )


def _plain(default: str) -> str:
    """The default without casts, quotes and brackets, which the server adds as it likes."""
    return _CAST.sub("", default).strip("()' ").lower()
