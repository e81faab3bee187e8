"""What the probe saw beside what the statement's text says: one Observation, and the locks as they really were."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from fingood.model.action import Action, Lock, LockMode, Verb
from fingood.model.names import RelationName
from fingood.model.plan import Observation, Redefinition
from fingood.statements.wire import Name, RelationsKnown, Seen

_ORDER = {mode: number for number, mode in enumerate(LockMode)}
_MODES = {"".join(word.title() for word in mode.value.split()) + "Lock": mode for mode in LockMode}
"""The modes as pg_locks spells them."""

_TABLES = ("r", "p", "m", "f", "v")


@dataclass(frozen=True, slots=True)
class World:
    """What existed before the revision (name → pg_class.relkind), and the search path that bare names mean."""

    path: tuple[str, ...] = ("public",)
    relations: Mapping[Name, str] = field(default_factory=dict)

    @classmethod
    def of(cls, message: RelationsKnown) -> World:
        return cls(message.path, {(schema, name): kind for kind, schema, name in message.relations})

    def find(self, relation: RelationName) -> Name | None:
        """The relation that a statement means; None where it did not exist before the revision."""
        schemas = self.path if relation.schema is None else (relation.schema,)
        pairs = ((schema, relation.name) for schema in schemas)
        return next((pair for pair in pairs if pair in self.relations), None)

    def shown(self, pair: Name) -> RelationName:
        """The name as statements spell it: without a schema in the one that names without one are in."""
        schema, name = pair
        return RelationName(None if self.path[:1] == (schema,) else schema, name)


def observe(
    seen: Seen, world: World, actions: Sequence[Action], claimed: tuple[Lock, ...]
) -> tuple[Observation, tuple[Lock, ...]]:
    """The observation, and the statement's locks: observed where the server was asked, else those claimed.

    A claim is kept as observed where the statement's transaction holds that lock, from this statement or from one
    before; it is dropped where the server holds none as strong. Claims about relations that did not exist before the
    revision, which the probe leaves out, stay as they are.
    """
    named = {world.find(lock.relation) for lock in claimed}
    taken = None if seen.taken is None else _strongest(_that_matter(seen.taken, actions, world), world, named)
    held = None if seen.held is None else _strongest(seen.held, world, named)
    locks, refuted = claimed, tuple[Lock, ...]()
    if seen.sampled and taken is not None:
        locks = _confirm(claimed, taken, world)
    elif taken is not None and held is not None:
        locks, refuted = _judge(claimed, taken, held, world)
    emptied = {world.find(name) for action in actions if action.verb is Verb.TRUNCATE for name in _tables(action)}
    observation = Observation(
        locks=None if taken is None else _observed(taken),
        refuted=refuted,
        rewritten=tuple(world.shown(pair) for pair in seen.refiled if pair not in emptied),
        scanned=tuple((world.shown((schema, name)), rows) for schema, name, rows in seen.scanned),
        rows_changed=seen.rows_changed,
        wal_bytes=seen.wal_bytes,
        sampled=seen.sampled,
        redefined=tuple(
            Redefinition(table=world.shown((schema, table)), kind=kind, name=name, before=before, after=after)
            for schema, table, kind, name, before, after in seen.changes
        ),
    )
    return observation, locks


def _judge(
    claimed: Iterable[Lock], taken: dict[RelationName, LockMode], held: dict[RelationName, LockMode], world: World
) -> tuple[tuple[Lock, ...], tuple[Lock, ...]]:
    """The statement's locks, and the claims that the server refutes."""
    real, new, refuted = dict(taken), [], []
    for lock in claimed:
        pair = world.find(lock.relation)
        if pair is None:
            new.append(lock)
            continue
        name = world.shown(pair)
        if name not in held or _ORDER[held[name]] < _ORDER[lock.mode]:
            refuted.append(lock)
        elif name not in taken:
            real[name] = lock.mode
    return (*_observed(real), *new), tuple(refuted)


def _that_matter(
    locks: Iterable[tuple[str, str, str]], actions: Sequence[Action], world: World
) -> list[tuple[str, str, str]]:
    """Without the ACCESS EXCLUSIVE lock that DROP INDEX CONCURRENTLY takes on the index itself at its very end: nobody
    can use the index by then, so nobody waits (index_drop in PostgreSQL's catalog/index.c), and a sample sees it or
    not by chance."""
    dropped = [one.object for one in actions if one.verb is Verb.DROP_INDEX and one.concurrently and one.object]
    unusable = {world.find(name) for name in dropped}
    return [one for one in locks if not (one[:2] in unusable and one[2] == "AccessExclusiveLock")]


def _confirm(claimed: Iterable[Lock], taken: dict[RelationName, LockMode], world: World) -> tuple[Lock, ...]:
    """What was read while the statement ran, and claims beyond it: a sample proves presence, not absence."""
    real, beyond = dict(taken), []
    for lock in claimed:
        pair = world.find(lock.relation)
        name = None if pair is None else world.shown(pair)
        if name is None or name not in taken or _ORDER[taken[name]] < _ORDER[lock.mode]:
            beyond.append(lock)
            real.pop(name, None) if name is not None else None
    return (*_observed(real), *beyond)


def _observed(locks: dict[RelationName, LockMode]) -> tuple[Lock, ...]:
    return tuple(Lock(relation=name, mode=mode, observed=True) for name, mode in locks.items())


def _strongest(
    locks: Iterable[tuple[str, str, str]], world: World, named: Collection[Name | None]
) -> dict[RelationName, LockMode]:
    """The strongest lock on each relation. A table's indexes are locked with it; they are told where one is named."""
    strongest: dict[RelationName, LockMode] = {}
    for schema, name, spelled in locks:
        if world.relations.get((schema, name)) not in _TABLES and (schema, name) not in named:
            continue
        mode, relation = _MODES[spelled], world.shown((schema, name))
        if relation not in strongest or _ORDER[strongest[relation]] < _ORDER[mode]:
            strongest[relation] = mode
    return strongest


def _tables(action: Action) -> Iterable[RelationName]:
    return (*((action.relation,) if action.relation else ()), *action.others)
