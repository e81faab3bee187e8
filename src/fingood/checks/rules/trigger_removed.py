"""A trigger is dropped or disabled.

## What it does
Finds triggers of tables that existed before that are dropped or disabled and not created or enabled again in the same
revision. Those of audit trails have a check of their own, audit-trail-bypassed.

## Why it matters
What the trigger kept right (totals, histories, checks across tables) is wrong from the next write on, and nothing
fails.

## Instead
Drop it in the revision that puts something else in its place; enable it again in the same transaction.

## Manual
PostgreSQL, ALTER TABLE, DISABLE TRIGGER; DROP TRIGGER. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.money_names import words_of
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import quote_always
from fingood.model.severity import Severity


@check(title="A trigger no longer runs", family=Family.BREAKAGE, severity=Severity.WARNING)
def trigger_removed(subject: Subject) -> Iterator[Hit]:
    again = {(place.table, place.action.object) for place in subject.places(Verb.CREATE_TRIGGER, Verb.ENABLE_TRIGGER)}
    for place in subject.places(Verb.DROP_TRIGGER, Verb.DISABLE_TRIGGER):
        table, named = place.action.relation, place.action.object
        if (table, named) in again or (table is not None and subject.is_protected(table)):
            continue
        if named is not None and "audit" in words_of(named.name):
            continue
        done = "dropped" if place.action.verb is Verb.DROP_TRIGGER else "disabled"
        who = f"Trigger {named}" if named and named.name else "Every trigger"
        yield Hit(
            message=f"{who} on {table or 'its table'} is {done}.",
            effect="What it kept right is wrong from the next write on, and nothing fails.",
            remedy=execute(f"ALTER TABLE {table.sql} ENABLE TRIGGER {quote_always(named.name)}")
            if table and named and named.name
            else "# create or enable it again in this revision",
            place=place,
            table=table,
            subject=f"{table}.{named}",
        )
