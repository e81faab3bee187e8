"""The worker's messages → Plans."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from fingood.model.finding import Direction, Location
from fingood.model.plan import Failure, Plan, Rendering, Statement
from fingood.statements.locks import locks_of
from fingood.statements.observations import World, observe
from fingood.statements.reader import parse
from fingood.statements.wire import (
    Fault,
    JobEnded,
    Message,
    ModelsCompared,
    RelationsKnown,
    StatementBegun,
    StatementEnded,
    StepBegun,
    StepEnded,
)

_NEWEST = 180000
_OFFLINE = {
    "offline-read": "it needs a database:",
    "offline": "the offline mode does not show all:",
    "environment": "env.py cannot run offline:",
}


@dataclass(slots=True)
class PlanBuilder:
    """Collects one job's messages. ``plans`` is complete after the job's end or :meth:`worker_gone`."""

    rendering: Rendering
    plans: list[Plan] = field(default_factory=list)
    server_version: int = 0
    differences: tuple[str, ...] | None = None
    _statements: list[Statement] = field(default_factory=list)
    _begun: StatementBegun | None = None
    _world: World = field(default_factory=World)

    def take(self, message: Message) -> None:
        """One message further."""
        if isinstance(message, StepBegun):
            self._begin(message)
        elif isinstance(message, RelationsKnown):
            self._world = World.of(message)
        elif isinstance(message, StatementBegun):
            self._begun = message
        elif isinstance(message, StatementEnded):
            self._begun = None
            self._statements.append(self._statement(message))
        elif isinstance(message, ModelsCompared):
            self.differences = message.differences if message.known else None
        elif isinstance(message, StepEnded):
            self._close(duration=message.duration, notes=message.notes)
        elif isinstance(message, JobEnded) and message.fault is not None and self.plans:
            self._close(fault=message.fault)

    def worker_gone(self, reason: str) -> None:
        """The worker died; the statement that it was in, if any, is the last that is known."""
        fault = Fault(error="WorkerGone", message=reason)
        if self._begun is not None:
            begun = self._begun
            fault = replace(fault, path=begun.path, line=begun.line)
            self.take(
                StatementEnded(
                    sql=begun.sql,
                    path=begun.path,
                    line=begun.line,
                    parameters=(),
                    executions=1,
                    transaction=None,
                    duration=None,
                    rows=None,
                    fault=fault,
                )
            )
        if self.plans:
            self._close(fault=fault)

    def _begin(self, message: StepBegun) -> None:
        self.server_version = message.server_version
        self._statements = []
        self.plans.append(
            Plan(
                revision=message.revision,
                path=message.path,
                direction=Direction(message.direction),
                rendering=self.rendering,
                dialect=message.dialect,
                server_version=message.server_version,
                down_revisions=message.down_revisions,
                doc=message.doc,
                transaction_per_migration=message.transaction_per_migration,
                notes=message.notes,
            )
        )

    def _close(self, *, duration: float | None = None, notes: tuple[str, ...] = (), fault: Fault | None = None) -> None:
        plan = self.plans[-1]
        self.plans[-1] = replace(
            plan,
            statements=tuple(self._statements),
            duration=plan.duration if duration is None else duration,
            notes=plan.notes + notes,
            failure=plan.failure if fault is None else self._failure(fault),
        )
        if fault is not None and self.rendering is Rendering.STATIC:
            self._leave_unrendered(fault)

    def _leave_unrendered(self, fault: Fault) -> None:
        """Offline, only the revision's own exception is its failure; everything else is a limit of the offline mode."""
        plan = self.plans[-1]
        where = f"{fault.path}:{fault.line}: " if fault.line is not None else ""
        error = "" if fault.kind == "offline-read" else f"{fault.error}: "
        what = _OFFLINE.get(fault.kind, "it raises")
        self.plans[-1] = replace(
            plan,
            failure=plan.failure if fault.kind == "revision" else None,
            unrendered=f"{where}{what} {error}{fault.message}".strip(),
        )

    def _statement(self, message: StatementEnded) -> Statement:
        dialect = self.plans[-1].dialect
        parsed = parse(message.sql, dialect)
        locks = locks_of(parsed.actions, self.server_version or _NEWEST) if dialect == "postgresql" else ()
        observed = None
        if message.seen is not None:
            observed, locks = observe(message.seen, self._world, parsed.actions, locks)
        return Statement(
            index=len(self._statements),
            sql=message.sql,
            actions=parsed.actions,
            locks=locks,
            opaque=parsed.opaque,
            opaque_reason=parsed.opaque_reason,
            parameters=message.parameters,
            executions=message.executions,
            location=self._location(message.path, message.line),
            transaction=message.transaction,
            started=message.started,
            duration=message.duration,
            rows=message.rows,
            observed=observed,
            failure=None if message.fault is None else self._failure(message.fault),
        )

    def _failure(self, fault: Fault) -> Failure:
        plan = self.plans[-1]
        return failure_of(fault, self._location(fault.path or plan.path, fault.line))

    def _location(self, path: str, line: int | None) -> Location:
        plan = self.plans[-1]
        return Location(path=path, line=line, revision=plan.revision, direction=plan.direction)


def failure_of(fault: Fault, location: Location | None) -> Failure:
    """The Failure that everybody else knows."""
    return Failure(
        error=fault.error,
        sqlstate=fault.sqlstate,
        message=fault.message,
        table=fault.table,
        column=fault.column,
        constraint=fault.constraint,
        location=location,
    )
