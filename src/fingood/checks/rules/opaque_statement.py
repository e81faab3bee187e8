"""A statement whose text does not show what it does.

## What it does
Finds DO blocks, CALL, EXECUTE, and text that PostgreSQL's grammar cannot read.

## Why it matters
No check can judge it, and no reviewer sees from the SQL which tables it touches.

## Instead
Plain statements, or op.* calls. Where it must be code: a look by a person, and
`# fingood: allow opaque-statement — reason` above it.

## Manual
PostgreSQL, DO. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.places import Place, World
from fingood.checks.subject import Subject
from fingood.model.action import Action, Verb
from fingood.model.severity import SafetyLevel, Severity


@check(
    title="A statement cannot be judged from its text",
    family=Family.RUN,
    severity=Severity.WARNING,
    at_level={SafetyLevel.HIGH: Severity.ERROR, SafetyLevel.CRITICAL: Severity.ERROR},
)
def opaque_statement(subject: Subject) -> Iterator[Hit]:
    for statement in subject.upgrade.statements if subject.upgrade else ():
        if not statement.opaque:
            continue
        action = statement.actions[0] if statement.actions else Action(verb=Verb.OPAQUE)
        locked = ", ".join(f"{lock.mode} on {lock.relation}" for lock in statement.locks if lock.observed)
        yield Hit(
            message=f"This statement is opaque: {statement.opaque_reason or 'its text cannot be read'}.",
            effect=f"Seen in the run: {locked}." if locked else "What it locks and changes was not judged.",
            remedy="# write it as plain statements, or say above it why not:\n"
            "# fingood: allow opaque-statement — reviewed by ..., reason ...",
            place=Place(statement, action, World()),
            subject=subject.revision,
        )
