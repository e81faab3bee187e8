"""An audit trail is switched off.

## What it does
Finds triggers of protected tables that are dropped, audit triggers that are dropped or disabled anywhere, rules on
protected tables, and `session_replication_role = replica`, which switches off all triggers and foreign keys of the
session. A trigger that the same revision creates again is fine.

## Why it matters
What is written from then on leaves no trace, and nobody can prove afterwards what it was.

## Instead
Create the new trigger first, in the same transaction, then drop the old one; for bulk work, write through the trigger.

## Standard
SOX 404, PCI DSS 4.0 10.3, SEC 17a-4; PostgreSQL, 19.11.1 (session_replication_role). Since fingood 0.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.money_names import words_of
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import quote_always
from fingood.model.severity import Severity

_WATCHED = (Verb.DROP_TRIGGER, Verb.DISABLE_TRIGGER, Verb.CREATE_RULE, Verb.SET)
_REPLICA = re.compile(r"session_replication_role.*?\breplica\b", re.IGNORECASE | re.DOTALL)


@check(
    title="Changes no longer leave a trace",
    family=Family.MONEY,
    severity=Severity.CRITICAL,
)
def audit_trail_bypassed(subject: Subject) -> Iterator[Hit]:
    again = {(place.table, place.action.object) for place in subject.places(Verb.CREATE_TRIGGER)}
    for place in subject.places(*_WATCHED):
        table, named = place.action.relation, place.action.object
        message = _message(subject, place)
        if not message or (table, named) in again:
            continue
        yield Hit(
            message=message,
            effect="What is written from then on leaves no trace in the audit trail.",
            remedy=_remedy(place),
            place=place,
            table=table,
            subject=f"{table}.{named}" if table else "session_replication_role",
        )


def _message(subject: Subject, place: Place) -> str:
    """What is switched off; '' where it is nothing that leaves traces."""
    table, named, verb = place.action.relation, place.action.object, place.action.verb
    if verb is Verb.SET:
        off = place.action.detail == "session_replication_role" and _REPLICA.search(place.statement.sql)
        return "session_replication_role = replica switches off every trigger and foreign key." if off else ""
    if table is not None and place.new:
        return ""
    audits = named is not None and "audit" in words_of(named.name)
    protected = table is not None and subject.is_protected(table)
    if verb is Verb.CREATE_RULE:
        return f"Rule {named} puts something else in the place of statements on {table}." if protected else ""
    if verb is Verb.DISABLE_TRIGGER:
        return f"Audit trigger {named} on {table} is disabled." if audits and not protected else ""
    return f"Trigger {named} on {table or 'its table'} is dropped." if audits or protected else ""


def _remedy(place: Place) -> str:
    if place.action.verb is Verb.SET:
        return execute("SET LOCAL session_replication_role = 'origin'")
    if place.action.relation is None or place.action.object is None:
        return "# create the trigger again in this revision"
    trigger, table = quote_always(place.action.object.name), place.table.sql
    if place.action.verb is Verb.DISABLE_TRIGGER:
        return execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")
    if place.action.verb is Verb.CREATE_RULE:
        return "# a trigger that raises, instead of a rule that swallows"
    return execute(f"CREATE TRIGGER {trigger} AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE ...")
