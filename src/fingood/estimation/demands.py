"""What a plan will ask of the rows: keys that must be unique, parents that must be found, columns without NULL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from fingood.estimation.shape import Reference, Shape
from fingood.model.action import Action, ConstraintKind, ConstraintSpec, Verb
from fingood.model.names import RelationName
from fingood.model.plan import Plan
from fingood.model.statistics import ColumnStatistics, Statistics

_UNTOUCHED = frozenset({Verb.SET, Verb.COMMENT, Verb.TRANSACTION, Verb.GRANT, Verb.REVOKE})
_DML = frozenset({Verb.INSERT, Verb.UPDATE, Verb.DELETE, Verb.MERGE, Verb.COPY, Verb.CREATE_TABLE_AS})
_IS_NOT_NULL = re.compile(r'\(*(?P<name>"[^"]+"|\w+) IS NOT NULL\)*\Z', re.IGNORECASE)
_UNIQUE_SHARE = -0.999
"""pg_stats.n_distinct of a column that never repeats is -1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """By table: sets of columns to be unique, foreign keys, columns that must not be NULL."""

    unique: tuple[tuple[RelationName, tuple[str, ...]], ...] = ()
    references: tuple[tuple[RelationName, Reference], ...] = ()
    required: frozenset[tuple[RelationName, str]] = frozenset()

    def shape(self, shape: Shape, parent: RelationName) -> Shape:
        """The table's shape once the plan is through; ``parent`` is the name that the plan knows it by (a partition is
        asked for what its partitioned table is asked for)."""
        own = {column.name for column in shape.columns}
        unique = tuple(key for table, key in self.unique if table == parent and own.issuperset(key))
        references = tuple(one for table, one in self.references if table == parent and own.issuperset(one.columns))
        return replace(shape, unique=(*shape.unique, *unique), references=(*shape.references, *references))

    def column(self, parent: RelationName, name: str, known: ColumnStatistics) -> ColumnStatistics:
        """The column's statistics once the plan's own demands are met."""
        return replace(known, null_share=0.0) if (parent, name) in self.required else known


def demands_of(plans: Iterable[Plan], schema: str) -> Demands:
    """What the plans' constraints and indexes ask of rows that are there already."""
    unique: list[tuple[RelationName, tuple[str, ...]]] = []
    references: list[tuple[RelationName, Reference]] = []
    required: set[tuple[RelationName, str]] = set()
    for action in (action for plan in plans for action in _actions(plan)):
        if action.relation is None:
            continue
        table, spec = action.relation.within(schema), action.constraint
        if action.verb is Verb.SET_NOT_NULL and action.column:
            required.add((table, action.column.name))
        if action.verb is Verb.CREATE_INDEX and action.index and action.index.unique:
            unique.append((table, action.index.columns))
        if spec is not None and spec.kind.builds_index and spec.columns:
            unique.append((table, spec.columns))
        if spec is not None:
            required |= {(table, column) for column in _not_null(spec)}
        if spec is not None and spec.references and spec.referenced_columns:
            parent = spec.references.within(schema)
            reference = Reference(columns=spec.columns, parent=parent, parent_columns=spec.referenced_columns)
            references.append((table, reference))
    return Demands(unique=tuple(unique), references=tuple(references), required=frozenset(required))


def _not_null(spec: ConstraintSpec) -> tuple[str, ...]:
    """The columns that the constraint wants a value of."""
    if spec.kind is ConstraintKind.PRIMARY_KEY:
        return spec.columns
    found = _IS_NOT_NULL.match(spec.expression or "") if spec.kind is ConstraintKind.CHECK else None
    return (found["name"].strip('"'),) if found else ()


def touched(plan: Plan, schema: str, statistics: Statistics) -> dict[RelationName, RelationName]:
    """The tables with storage that the plan has to do with, each with the name that the plan knows it by."""
    found: dict[RelationName, RelationName] = {}
    for name in _names(plan):
        full = name.within(schema)
        for table in statistics.storage_of(full):
            found.setdefault(table, full)
    return found


def _names(plan: Plan) -> Iterator[RelationName]:
    for statement in plan.statements:
        if all(action.verb in _UNTOUCHED for action in statement.actions) and statement.actions:
            continue
        yield from (lock.relation for lock in statement.locks)
        if statement.observed is not None:
            yield from statement.observed.rewritten
            yield from (name for name, _ in statement.observed.scanned)
    for action in _actions(plan):
        yield from filter(None, (action.relation, *action.others))
        if action.constraint is not None and action.constraint.references is not None:
            yield action.constraint.references


def works_on_rows(plan: Plan) -> bool:
    """Whether any statement's time may depend on how many rows there are: it reads, writes or moves them."""
    for statement in plan.statements:
        seen = statement.observed
        if seen is not None and (seen.scanned or seen.rewritten or seen.rows_changed):
            return True
        if any(action.verb in _DML for action in statement.actions):
            return True
        if seen is None and statement.opaque:
            return True
        if any(action.concurrently for action in statement.actions):
            return True
    return False


def _actions(plan: Plan) -> Iterator[Action]:
    for statement in plan.statements:
        yield from statement.actions


def is_unique(known: ColumnStatistics | None) -> bool:
    """Whether the server believes that no two rows share a value."""
    return known is not None and known.distinct <= _UNIQUE_SHARE


def demanded_columns(
    columns: Mapping[str, ColumnStatistics], demands: Demands, parent: RelationName
) -> dict[str, ColumnStatistics]:
    """All columns' statistics once the plan's own demands are met."""
    return {name: demands.column(parent, name, known) for name, known in columns.items()}
