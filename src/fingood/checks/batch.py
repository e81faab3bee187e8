"""Alembic's batch mode: ALTER TABLE by copying, which is how SQLite changes a table.

It creates ``_alembic_tmp_x``, copies the rows, drops ``x`` and renames the copy. Taken word for word that is a dropped
table; what really happens is the difference between the old columns and the new.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.action import Action, ColumnSpec, TypeSpec, Verb
from fingood.model.facts import ColumnFacts, Facts
from fingood.model.names import RelationName
from fingood.model.plan import Plan, Statement
from fingood.statements.reader import type_named

_PREFIX = "_alembic_tmp_"


def unfold_batches(plan: Plan, facts: Facts | None) -> Iterator[tuple[Statement, Action]]:
    """The plan's actions, with each batch replaced by the changes that it makes."""
    copied = _copied_tables(plan)
    for statement in plan.statements:
        for action in statement.actions:
            if _of_copy(action) and action.verb is Verb.CREATE_TABLE:
                yield from ((statement, change) for change in _changes(action, facts))
            elif not _of_copy(action) and not _replaces(action, copied):
                yield statement, action


def _copied_tables(plan: Plan) -> set[RelationName]:
    actions = [action for statement in plan.statements for action in statement.actions]
    return {_original(a.relation) for a in actions if a.verb is Verb.CREATE_TABLE and a.relation and _of_copy(a)}


def _of_copy(action: Action) -> bool:
    return action.relation is not None and action.relation.name.startswith(_PREFIX)


def _original(copy: RelationName) -> RelationName:
    return RelationName(copy.schema, copy.name.removeprefix(_PREFIX))


def _replaces(action: Action, copied: set[RelationName]) -> bool:
    return action.verb is Verb.DROP_TABLE and action.relation in copied


def _changes(create: Action, facts: Facts | None) -> Iterator[Action]:
    """What the new table has that the old had not, and the other way round."""
    assert create.relation is not None
    table = _original(create.relation)
    before = facts.table(table) if facts else None
    if before is None:
        return
    after = {column.name: column for column in create.columns}
    for name in before.columns.keys() - after.keys():
        yield Action(verb=Verb.DROP_COLUMN, relation=table, column=ColumnSpec(name=name))
    for name, column in after.items():
        old = before.columns.get(name)
        if old is None:
            yield Action(verb=Verb.ADD_COLUMN, relation=table, column=column)
        elif _old_type(old, facts) != column.type:
            yield Action(verb=Verb.ALTER_TYPE, relation=table, column=ColumnSpec(name=name, type=column.type))
        if old is not None and old.nullable and not column.nullable:
            yield Action(verb=Verb.SET_NOT_NULL, relation=table, column=ColumnSpec(name=name))


def _old_type(column: ColumnFacts, facts: Facts | None) -> TypeSpec | None:
    return type_named(column.type, facts.dialect if facts else "postgresql")
