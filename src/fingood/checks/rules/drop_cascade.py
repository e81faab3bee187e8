"""DROP ... CASCADE.

## What it does
Finds CASCADE on DROP TABLE, COLUMN, CONSTRAINT, VIEW, SEQUENCE, TYPE, FUNCTION and EXTENSION.

## Why it matters
What goes along depends on what others have built by then: views, foreign keys, defaults, columns, other functions. On
the target that may be more than on the database where the revision was tried, and downgrade() does not bring it back.

## Instead
Without CASCADE the server names what depends on the object and refuses; drop that by name first.

## Manual
PostgreSQL, 5.15. Since fingood 0.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity

_DROPS = (
    Verb.DROP_TABLE,
    Verb.DROP_COLUMN,
    Verb.DROP_CONSTRAINT,
    Verb.DROP_VIEW,
    Verb.DROP_SEQUENCE,
    Verb.DROP_TYPE,
    Verb.DROP_FUNCTION,
    Verb.DROP_EXTENSION,
)


@check(
    title="What depends on it goes along, whatever it is",
    family=Family.LOSS,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def drop_cascade(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(*_DROPS):
        if not place.action.cascade:
            continue
        named = place.action.relation or place.action.object
        yield Hit(
            message=f"{place.action.verb.value.upper()} of {named} takes along whatever depends on it.",
            effect="On the target that may be more than here, and downgrade() does not bring it back.",
            remedy=execute(_without_cascade(place.statement.sql)),
            place=place,
            table=place.action.relation,
            subject=str(named),
        )


def _without_cascade(sql: str) -> str:
    return re.sub(r"\s+CASCADE\b", "", " ".join(sql.split()), flags=re.IGNORECASE)
