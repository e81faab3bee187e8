"""What a run in the sandbox took, told as it was: where there is no target to scale it to."""

from __future__ import annotations

from fingood.estimation.blocking import held_locks
from fingood.estimation.scaling import changed_by
from fingood.model.action import Verb
from fingood.model.estimate import NOTHING, Basis, Estimate, Interval, StatementEstimate
from fingood.model.names import RelationName
from fingood.model.plan import Plan, Statement

_MAKES = frozenset({Verb.CREATE_TABLE, Verb.CREATE_TABLE_AS})


def as_measured(plan: Plan, schema: str = "public") -> Estimate:
    """The plan's own times, locks, rows and WAL; sizes are left out, since a table of a few rows has none."""
    taken = [_taken(statement) for statement in plan.statements]
    known = [one.seconds for one in taken if one.seconds is not None]
    seen = [one.observed for one in plan.statements if one.observed is not None]
    whole = len(seen) == len(plan.statements)
    return Estimate(
        statements=tuple(taken),
        seconds=sum(known, NOTHING) if len(known) == len(taken) else None,
        held=held_locks(plan, taken, schema, _locked(plan, schema)),
        wal=Interval.exactly(float(sum(one.wal_bytes for one in seen))) if whole else None,
        changed=Interval.exactly(float(sum(changed_by(one) for one in plan.statements))),
    )


def _taken(statement: Statement) -> StatementEstimate:
    return StatementEstimate(
        index=statement.index,
        basis=Basis.UNSCALED if statement.duration is not None else Basis.UNKNOWN,
        seconds=Interval.exactly(statement.duration) if statement.duration is not None else None,
        location=statement.location,
        reason="" if statement.duration is not None else "it has not run",
    )


def _locked(plan: Plan, schema: str) -> frozenset[RelationName]:
    """The tables that others may be waiting for: those that the plan has not made itself."""
    locked = {lock.relation.within(schema) for one in plan.statements for lock in one.locks}
    made = {
        action.relation.within(schema)
        for one in plan.statements
        for action in one.actions
        if action.verb in _MAKES and action.relation is not None
    }
    return frozenset(locked - made)
