"""The actions of a plan in order, each with what is known at that point: which tables and columns are new by then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from fingood.checks.batch import unfold_batches
from fingood.model.action import Action, ColumnSpec, ConstraintSpec, Verb
from fingood.model.facts import Facts
from fingood.model.names import RelationName
from fingood.model.plan import Plan, Statement

VERSION_TABLE = "alembic_version"


@dataclass(frozen=True, slots=True)
class World:
    """What has come into being since the state below: tables, columns, indexes, constraints, by full names."""

    schema: str = "public"
    tables: frozenset[RelationName] = frozenset()
    columns: frozenset[tuple[RelationName, str]] = frozenset()
    indexes: frozenset[str] = frozenset()
    constraints: tuple[tuple[RelationName, ConstraintSpec], ...] = ()
    validated: frozenset[tuple[RelationName, str]] = frozenset()

    def full(self, name: RelationName) -> RelationName:
        return name.within(self.schema)

    def has_new(self, name: RelationName | None) -> bool:
        """Whether the table did not exist below."""
        return name is not None and self.full(name) in self.tables

    def has_new_column(self, table: RelationName, column: str) -> bool:
        return (self.full(table), column) in self.columns

    def after(self, action: Action) -> World:
        """The world once the action is done."""
        change = _CHANGES.get(action.verb)
        return change(self, action) if change else self


def _create(world: World, action: Action) -> World:
    if action.relation is None:
        return world
    return replace(world, tables=world.tables | {world.full(action.relation)})


def _drop(world: World, action: Action) -> World:
    if action.relation is None:
        return world
    return replace(world, tables=world.tables - {world.full(action.relation)})


def _rename(world: World, action: Action) -> World:
    if action.relation is None or action.new_name is None or not world.has_new(action.relation):
        return world
    old = world.full(action.relation)
    new = RelationName(old.schema, action.new_name)
    if action.verb is Verb.SET_SCHEMA:
        new = RelationName(action.new_name, old.name)
    return replace(world, tables=world.tables - {old} | {new})


def _add_column(world: World, action: Action) -> World:
    if action.relation is None or action.column is None:
        return world
    return replace(world, columns=world.columns | {(world.full(action.relation), action.column.name)})


def _create_index(world: World, action: Action) -> World:
    return replace(world, indexes=world.indexes | {action.object.name}) if action.object else world


def _add_constraint(world: World, action: Action) -> World:
    if action.relation is None or action.constraint is None:
        return world
    return replace(world, constraints=(*world.constraints, (world.full(action.relation), action.constraint)))


def _validate(world: World, action: Action) -> World:
    if action.relation is None or action.object is None:
        return world
    return replace(world, validated=world.validated | {(world.full(action.relation), action.object.name)})


_CHANGES = {
    Verb.CREATE_TABLE: _create,
    Verb.CREATE_TABLE_AS: _create,
    Verb.DROP_TABLE: _drop,
    Verb.RENAME_TABLE: _rename,
    Verb.SET_SCHEMA: _rename,
    Verb.ADD_COLUMN: _add_column,
    Verb.CREATE_INDEX: _create_index,
    Verb.ADD_CONSTRAINT: _add_constraint,
    Verb.VALIDATE_CONSTRAINT: _validate,
}


@dataclass(frozen=True, slots=True)
class Place:
    """One action where it stands: its statement, and the world right before it."""

    statement: Statement
    action: Action
    world: World

    @property
    def table(self) -> RelationName:
        """The action's table; only for actions that have one."""
        assert self.action.relation is not None, self.action
        return self.action.relation

    @property
    def column(self) -> ColumnSpec:
        """The action's column; only for actions that have one."""
        assert self.action.column is not None, self.action
        return self.action.column

    @property
    def new(self) -> bool:
        return self.world.has_new(self.action.relation)


def walk_places(plan: Plan, world: World, facts: Facts | None) -> Iterator[Place]:
    """The plan's actions in order. Alembic's own bookkeeping is left out, its batch operations are unfolded."""
    for statement, action in unfold_batches(plan, facts):
        if any(name and name.name == VERSION_TABLE for name in (action.relation, *action.others)):
            continue
        yield Place(statement, action, world)
        world = world.after(action)


def world_after(plans: Iterable[Plan], schema: str) -> World:
    """What the plans bring into being, seen from before the first of them."""
    world = World(schema)
    for plan in plans:
        for statement in plan.statements:
            for action in statement.actions:
                world = world.after(action)
    return world
