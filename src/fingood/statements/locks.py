"""The table of lock modes: which lock an action takes on which table (PostgreSQL manual, 13.3.1 and each command).

The modes hold for PostgreSQL 12 to 18; older servers differ where a comment says so.
"""

from __future__ import annotations

from collections.abc import Iterable

from fingood.model.action import Action, ConstraintKind, ConstraintSpec, Lock, LockMode, Verb
from fingood.model.names import RelationName

_RX = LockMode.ROW_EXCLUSIVE
_SUE = LockMode.SHARE_UPDATE_EXCLUSIVE
_SRE = LockMode.SHARE_ROW_EXCLUSIVE
_AEX = LockMode.ACCESS_EXCLUSIVE

ON_RELATION: dict[Verb, LockMode] = {
    Verb.DROP_TABLE: _AEX,
    Verb.RENAME_TABLE: _AEX,
    Verb.SET_SCHEMA: _AEX,
    Verb.ADD_COLUMN: _AEX,
    Verb.DROP_COLUMN: _AEX,
    Verb.RENAME_COLUMN: _AEX,
    Verb.ALTER_TYPE: _AEX,
    Verb.SET_NOT_NULL: _AEX,
    Verb.DROP_NOT_NULL: _AEX,
    Verb.SET_DEFAULT: _AEX,
    Verb.DROP_DEFAULT: _AEX,
    Verb.VALIDATE_CONSTRAINT: _SUE,
    Verb.DROP_CONSTRAINT: _AEX,
    Verb.RENAME_CONSTRAINT: _AEX,
    Verb.CREATE_INDEX: LockMode.SHARE,
    Verb.REINDEX: LockMode.SHARE,
    Verb.REFRESH_MATVIEW: _AEX,
    Verb.CREATE_TRIGGER: _SRE,
    Verb.DROP_TRIGGER: _AEX,
    Verb.ENABLE_TRIGGER: _SRE,
    Verb.DISABLE_TRIGGER: _SRE,
    Verb.CREATE_RULE: _AEX,
    Verb.CREATE_POLICY: _AEX,
    Verb.DROP_POLICY: _AEX,
    Verb.ROW_SECURITY: _AEX,
    Verb.SET_LOGGED: _AEX,
    Verb.SET_UNLOGGED: _AEX,
    Verb.SET_STORAGE: _AEX,
    Verb.SET_TABLESPACE: _AEX,
    Verb.SET_ACCESS_METHOD: _AEX,
    Verb.REPLICA_IDENTITY: _AEX,
    Verb.CLUSTER: _AEX,
    Verb.VACUUM_FULL: _AEX,
    Verb.VACUUM: _SUE,
    Verb.ANALYZE: _SUE,
    Verb.TRUNCATE: _AEX,
    Verb.INSERT: _RX,
    Verb.UPDATE: _RX,
    Verb.DELETE: _RX,
    Verb.MERGE: _RX,
    Verb.COMMENT: _SUE,
    Verb.OWNER: _AEX,
    Verb.OTHER_TABLE: _AEX,
}
"""The lock on an action's table, for verbs where it depends on nothing else."""

ON_OBJECT: dict[Verb, LockMode] = {
    Verb.DROP_INDEX: _AEX,
    Verb.DROP_VIEW: _AEX,
    Verb.DROP_SEQUENCE: _AEX,
    Verb.ALTER_SEQUENCE: _SRE,
    Verb.REINDEX: _AEX,
    # SHARE UPDATE EXCLUSIVE since 12, ACCESS EXCLUSIVE before.
    Verb.RENAME_INDEX: _SUE,
}
"""The lock on the named object itself. DROP INDEX and REINDEX INDEX also lock the index's table, DROP CONSTRAINT of a
foreign key the table that it refers to (ACCESS EXCLUSIVE); only a catalog or a run knows which that is."""

_RELATIONS_OF_THEIR_OWN = ("matview", "view", "sequence")
_MOVED = frozenset(f"{change} {kind}" for change in ("rename", "set schema of") for kind in _RELATIONS_OF_THEIR_OWN)
"""Changes of a name, told by the action's detail, that lock the named view or sequence (ACCESS EXCLUSIVE)."""

_CONCURRENT = {
    Verb.CREATE_INDEX: _SUE,
    Verb.DROP_INDEX: _SUE,
    Verb.REINDEX: _SUE,
    Verb.REFRESH_MATVIEW: LockMode.EXCLUSIVE,
}
_LIGHT_OPTIONS = (
    "set rel options",
    "reset rel options",
    "set statistics",
    "cluster on",
    "drop cluster",
    "set options",
    "reset options",
)
_PARTITION_VERBS = (Verb.ATTACH_PARTITION, Verb.DETACH_PARTITION)


def locks_of(actions: Iterable[Action], server_version: int = 170000) -> tuple[Lock, ...]:
    """The locks of a statement, strongest for each table, as the table knows them (not observed).

    ``server_version`` as PostgreSQL counts it (150020).
    """
    strongest: dict[RelationName, LockMode] = {}
    for action in actions:
        for relation, mode in _of_action(action, server_version):
            held = strongest.get(relation)
            if held is None or _ORDER[held] < _ORDER[mode]:
                strongest[relation] = mode
    return tuple(Lock(relation=relation, mode=mode) for relation, mode in strongest.items())


_ORDER = {mode: number for number, mode in enumerate(LockMode)}


def _of_action(action: Action, version: int) -> Iterable[tuple[RelationName, LockMode]]:
    if action.verb is Verb.SELECT:
        yield from ((other, LockMode.ACCESS_SHARE) for other in action.others)
    elif action.verb in _PARTITION_VERBS:
        yield from _of_partition(action, version)
    elif action.verb is Verb.CREATE_TABLE:
        yield from _of_create_table(action)
    elif action.verb is Verb.ADD_CONSTRAINT and action.relation and action.constraint:
        yield from _of_constraint(action.relation, action.constraint)
    else:
        yield from _of_table_verb(action)


def _of_table_verb(action: Action) -> Iterable[tuple[RelationName, LockMode]]:
    mode = _mode(action)
    if action.relation and mode:
        yield action.relation, mode
    if action.object and action.verb in ON_OBJECT:
        yield action.object, _CONCURRENT[action.verb] if action.concurrently else ON_OBJECT[action.verb]
    if action.verb is Verb.OTHER and action.object and action.detail in _MOVED:
        yield action.object, _AEX
    if action.verb in (Verb.TRUNCATE, Verb.LOCK) and mode:
        yield from ((other, mode) for other in action.others)
    if action.verb in (Verb.UPDATE, Verb.DELETE, Verb.INSERT, Verb.MERGE):
        yield from ((other, LockMode.ACCESS_SHARE) for other in action.others)
    if action.verb is Verb.ADD_COLUMN and action.column:
        yield from ((spec.references, _SRE) for spec in action.column.constraints if spec.references)
    if action.verb is Verb.OTHER_TABLE and "inherit" in action.detail:
        yield from ((parent, _SUE) for parent in action.others)


def _mode(action: Action) -> LockMode | None:
    if action.verb is Verb.LOCK:
        return LockMode(action.detail)
    if action.verb is Verb.COPY:
        return _RX if action.detail.startswith("from") else LockMode.ACCESS_SHARE
    if action.verb is Verb.OTHER_TABLE and action.detail in _LIGHT_OPTIONS:
        return _SUE
    if action.concurrently and action.verb in _CONCURRENT:
        return _CONCURRENT[action.verb]
    return ON_RELATION.get(action.verb)


def _of_constraint(table: RelationName, constraint: ConstraintSpec) -> Iterable[tuple[RelationName, LockMode]]:
    """A foreign key takes SHARE ROW EXCLUSIVE on both tables, every other constraint ACCESS EXCLUSIVE."""
    if constraint.kind is ConstraintKind.FOREIGN_KEY and constraint.references:
        yield table, _SRE
        yield constraint.references, _SRE
    else:
        yield table, _AEX


def _of_create_table(action: Action) -> Iterable[tuple[RelationName, LockMode]]:
    """A new table locks what it refers to: parents of foreign keys, and the table it is a partition or child of."""
    inline = [spec for column in action.columns for spec in column.constraints]
    for spec in (*inline, *action.constraints):
        if spec.references and spec.references != action.relation:
            yield spec.references, _SRE
    for parent in action.others:
        yield parent, _AEX if action.detail == "partition of" else _SUE


def _of_partition(action: Action, version: int) -> Iterable[tuple[RelationName, LockMode]]:
    """ATTACH takes SHARE UPDATE EXCLUSIVE on the parent since 12; DETACH CONCURRENTLY exists since 14."""
    light = action.concurrently if action.verb is Verb.DETACH_PARTITION else version >= 120000
    if action.relation:
        yield action.relation, _SUE if light else _AEX
    yield from ((child, _AEX) for child in action.others)
