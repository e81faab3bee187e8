"""Data goes that must still be kept.

## What it does
Finds dropped, emptied and detached tables, and deletes, in tables that fit a [[tool.fingood.retention]] entry. A
partition whose upper bound lies further back than the years to keep may go; of anything else the revision does not show
how old its rows are.

## Why it matters
Books and their trails must be kept for years, whatever the schema needs; a legal hold has no exception.

## Instead
Move the rows to an archive that is kept, and drop what is older than the rule.

## Standard
SEC 17a-4(b): six years; MiFID II article 16(7): five to seven; SOX 802: seven. Since fingood 0.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.places import Place
from fingood.checks.subject import Subject, fits
from fingood.model.action import Verb
from fingood.model.change import RetentionRule
from fingood.model.live import LiveTable, Look
from fingood.model.names import RelationName
from fingood.model.severity import Confidence, Severity

_VERBS = (Verb.DROP_TABLE, Verb.DETACH_PARTITION, Verb.TRUNCATE, Verb.DELETE)
_UPPER = re.compile(r"TO \('(\d{4}-\d\d-\d\d)")


@check(
    title="Data goes that must still be kept",
    family=Family.CONTROL,
    severity=Severity.CRITICAL,
    needs=(Need.PLAN, Need.CONTROL),
    looks=(Look.TABLES,),
)
def retention(subject: Subject) -> Iterator[Hit]:
    assert subject.control is not None
    for place in subject.places(*_VERBS):
        for name in _losing(place):
            rule = _rule(subject, name)
            known = subject.live.table(name) if subject.live else None
            if rule is None or place.world.has_new(name) or _old_enough(subject, rule, known):
                continue
            yield Hit(
                message=f"{place.action.verb.value.upper()} of {name}; {rule.table} is kept for {rule.years} years.",
                effect=_effect(known, rule),
                remedy=f"# archive the rows first, or keep {name} until they are {rule.years} years old",
                place=place,
                subject=str(name),
                confidence=Confidence.OBSERVED if known and known.bound else Confidence.PARSED,
            )


def _losing(place: Place) -> tuple[RelationName, ...]:
    """The tables whose rows go: of DETACH the partition, not its parent."""
    own = (place.action.relation,) if place.action.relation else ()
    if place.action.verb is Verb.DETACH_PARTITION:
        return place.action.others
    return (*own, *place.action.others) if place.action.verb is Verb.TRUNCATE else own


def _rule(subject: Subject, name: RelationName) -> RetentionRule | None:
    """The strictest rule for the table or for the one it is a partition of."""
    assert subject.control is not None
    full = name.within(subject.schema)
    known = subject.live.table(full) if subject.live else None
    names = [full, *((known.parent,) if known and known.parent else ())]
    rules = [rule for rule in subject.control.retention if any(fits(each, rule.table) for each in names)]
    return max(rules, key=lambda rule: rule.years, default=None)


def _old_enough(subject: Subject, rule: RetentionRule, known: LiveTable | None) -> bool:
    """Whether all rows of the partition are older than the rule keeps them."""
    upper = _upper(known)
    assert subject.control is not None
    today = subject.control.now.date()
    return upper is not None and (upper.year + rule.years, upper.month, upper.day) <= (
        today.year,
        today.month,
        today.day,
    )


def _upper(known: LiveTable | None) -> date | None:
    found = _UPPER.search(known.bound) if known else None
    return date.fromisoformat(found.group(1)) if found else None


def _effect(known: LiveTable | None, rule: RetentionRule) -> str:
    upper = _upper(known)
    if upper is not None:
        return f"It holds rows up to {upper}; they must be kept until {upper.year + rule.years}."
    return "Nothing shows that its rows are older than that."
