"""The way back drops what was there before.

## What it does
Finds downgrades that drop a table or column that existed below the revision and that upgrade() neither dropped nor
renamed. Mostly upgrade() creates with IF NOT EXISTS, or downgrade() was copied.

## Why it matters
One `alembic downgrade -1` in an incident, and older data are gone.

## Instead
downgrade() takes back what upgrade() did, and no more.

## Manual
Alembic, "Running our Second Migration", downgrade. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.batch import unfold_batches
from fingood.checks.subject import Subject
from fingood.model.action import Action, Verb
from fingood.model.names import RelationName, quote
from fingood.model.severity import Severity

_TOUCHES = (Verb.DROP_TABLE, Verb.RENAME_TABLE, Verb.SET_SCHEMA, Verb.DROP_COLUMN, Verb.RENAME_COLUMN)


@check(
    title="The downgrade drops what the upgrade did not create",
    family=Family.ROLLBACK,
    severity=Severity.CRITICAL,
    needs=(Need.PLAN, Need.DOWNGRADE, Need.FACTS),
)
def downgrade_drops_more(subject: Subject) -> Iterator[Hit]:
    touched = {_named(subject, place.action) for place in subject.places(*_TOUCHES)}
    made_back: set[tuple[RelationName, str]] = set()
    for statement, action in unfold_batches(subject.downgrade, None) if subject.downgrade else ():
        if action.relation is None:
            continue
        named = _named(subject, action)
        if action.verb in (Verb.CREATE_TABLE, Verb.CREATE_TABLE_AS, Verb.ADD_COLUMN, Verb.RENAME_TABLE):
            made_back.add(_made(subject, action))
        if action.verb not in (Verb.DROP_TABLE, Verb.DROP_COLUMN) or named in touched | made_back:
            continue
        if (named[0], "") in touched or not _was_there(subject, named):
            continue
        what = f"{action.relation}.{quote(named[1])}" if named[1] else str(action.relation)
        yield Hit(
            message=f"downgrade() drops {what}, which was there before the revision.",
            effect="The way back loses data that the revision never brought.",
            remedy="# take the drop out of downgrade(); in upgrade(), create without IF NOT EXISTS",
            location=statement.location,
            table=action.relation,
            subject=what,
        )


def _named(subject: Subject, action: Action) -> tuple[RelationName, str]:
    """The table, and the column where the action is about one."""
    table = action.relation or RelationName(None, "")
    of_column = action.verb in (Verb.DROP_COLUMN, Verb.RENAME_COLUMN, Verb.ADD_COLUMN)
    return table.within(subject.schema), action.column.name if of_column and action.column else ""


def _made(subject: Subject, action: Action) -> tuple[RelationName, str]:
    table, column = _named(subject, action)
    return (RelationName(table.schema, action.new_name), "") if action.new_name else (table, column)


def _was_there(subject: Subject, named: tuple[RelationName, str]) -> bool:
    known = subject.table(named[0])
    return known is not None and (not named[1] or named[1] in known.columns)
