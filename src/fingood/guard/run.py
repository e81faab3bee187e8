"""One guarded run: each of Alembic's steps announced, timed, counted and recorded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial, update_wrapper
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.audit import mask_literals
from fingood.errors import Blocked
from fingood.guard.environment import StepFacts, StepSource, applied_revisions
from fingood.guard.journal import Journal
from fingood.guard.ledger import LedgerKeeper
from fingood.guard.lookout import Lookout
from fingood.guard.performance import WorkloadKeeper
from fingood.guard.permission import Permission
from fingood.guard.second import SecondSession, read_session
from fingood.guard.tally import Tally
from fingood.guard.timeouts import Timeouts
from fingood.settings import GuardSettings
from fingood.statements.compat import driver_connection
from fingood.statements.failures import describe
from fingood.statements.transactions import in_transaction
from fingood.statements.wire import Fault


@dataclass(slots=True, kw_only=True)
class Step:
    """A step under way. ``duration`` is seconds, set when its function has returned; ``kept`` says that a part of it
    was committed before its end (autocommit_block; pysqlite runs DDL outside of transactions); ``statement`` is the
    one that runs now; ``lost`` says that the connection broke, so that nobody here knows what was committed."""

    facts: StepFacts
    tally: Tally
    started: float = field(default_factory=time.monotonic)
    duration: float = 0.0
    kept: bool = False
    own_timeouts: bool = False
    statement: str = ""
    lost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailure:
    """Why a step ended badly, for the log and for people. ``sequence`` is the event that says so."""

    step: Step
    fault: Fault
    blockers: tuple[str, ...]
    sequence: int


class Run:
    """Lives while env.py's ``with guard.watch(connection)`` does. ``second`` and ``lookout`` only on PostgreSQL."""

    def __init__(
        self,
        connection: Connection,
        journal: Journal,
        settings: GuardSettings,
        *,
        notice: Callable[[str], None],
        second: SecondSession | None = None,
        lookout: Lookout | None = None,
        permission: Permission | None = None,
        keeper: WorkloadKeeper | None = None,
        ledger: LedgerKeeper | None = None,
    ) -> None:
        self.connection = connection
        self.journal = journal
        self.failure: StepFailure | None = None
        self.settled = 0
        self.left_open = 0
        self._settings = settings
        self._notice = notice
        self._second = second
        self._lookout = lookout
        self._permission = permission
        self._keeper = keeper
        self._ledger = ledger
        self._timeouts = Timeouts(settings) if second is not None else None
        self._session: dict[str, Any] = {}
        self._current: Step | None = None
        self._applied: list[Step] = []

    def through(self, original: StepSource) -> StepSource:
        """Alembic's own source of steps, with this run's hands around each step."""

        def steps(heads: Any, context: Any) -> Iterator[Any]:
            planned = list(original(heads, context))
            self._recover_killed_runs(heads, context)
            facts_of = [StepFacts.of(step) for step in planned]
            if self._permission is not None:
                self._permission.ask(facts_of, heads)
            for step, facts in zip(planned, facts_of, strict=True):
                guarded = partial(self._take_step, facts, step.migration_fn)
                # Alembic names the step in its log by the function's __name__.
                step.migration_fn = update_wrapper(guarded, step.migration_fn)
                yield step
                # Alembic has left the step's transaction, where it has one.
                self._settle_where_committed()

        return steps

    def listen(self) -> Callable[[], None]:
        """Listens to the connection; returns what ends that."""
        hooks = (
            ("before_cursor_execute", self._before),
            ("after_cursor_execute", self._after),
            ("rollback_savepoint", self._on_rollback_to_savepoint),
        )
        for name, hook in hooks:
            event.listen(self.connection, name, hook)

        def stop() -> None:
            for name, hook in hooks:
                event.remove(self.connection, name, hook)

        return stop

    def end_well(self) -> None:
        """env.py's block ended without an exception."""
        if self._second is not None and self._session and not self._second.is_alive():
            self._notice("the session that held the run lock was cut off meanwhile: another run may have been let in")
        if not self._applied:
            if self._keeper is not None and self.settled:
                self._keeper.run_ended()
            return
        if self.connection.closed or not in_transaction(driver_connection(self.connection)):
            self._settle()
            if self._keeper is not None and self.settled:
                self._keeper.run_ended()
            return
        self.left_open = len(self._applied)
        for step in self._applied:
            self.journal.complete(step.facts, {**_particulars(step), "outcome": "commit left to the caller"})
        self._applied.clear()

    def end_badly(self, error: BaseException) -> None:
        """Records the failed step, and the steps before it that the same transaction took back with it."""
        if self._lookout is not None:
            self._lookout.statement_ends()
        failed = self._current or (self._applied.pop() if self._applied else None)
        if failed is None:
            return
        fault = describe(error, file=failed.facts.path, shown=self.journal.shown(failed.facts.path))
        blockers = tuple(str(blocker) for blocker in self._lookout.blockers) if self._lookout else ()
        blockers = blockers if fault.sqlstate == "55P03" else ()
        for step in self._applied:
            reason = f"rolled back with {failed.facts.revision}"
            self.journal.failed(step.facts, {**_particulars(step), "outcome": "rolled back", "reason": reason})
        failed.lost = isinstance(error, DBAPIError) and bool(error.connection_invalidated)
        failed.statement = mask_literals(failed.statement)[:500]
        failed.duration = failed.duration or time.monotonic() - failed.started
        self.journal.failed(failed.facts, {**_particulars(failed), **_fault(failed, fault), "blockers": list(blockers)})
        self.failure = StepFailure(step=failed, fault=fault, blockers=blockers, sequence=self.journal.written[-1])
        self._applied.clear()

    def take_back_timeouts(self) -> None:
        if self._timeouts is not None:
            self._timeouts.take_back(self.connection)

    def _take_step(self, facts: StepFacts, function: Callable[..., None], **arguments: Any) -> None:
        if self._second is not None and not self._session:
            self._session = _inspect(self.connection, self._second)
            if self._lookout is not None:
                self._lookout.watch_over(self._session["backend_pid"])
        if self._keeper is not None and facts.kind != "stamp":
            self._keeper.step_begins(facts.revision)
        if self._timeouts is not None:
            self._timeouts.begin_step()
        if self._ledger is not None and facts.kind != "stamp":
            self._ledger.step_begins()
        step = Step(facts=facts, tally=Tally(self.connection.dialect.name))
        self.journal.start(facts, self._circumstances())
        self._current = step
        if self._timeouts is not None:
            self._timeouts.begin_step()
        function(**arguments)
        step.duration = time.monotonic() - step.started
        step.own_timeouts = self._timeouts is not None and self._timeouts.own
        if self._ledger is not None and facts.kind != "stamp":
            self._compare_ledger(step, self._ledger)
        self._applied.append(step)
        self._current = None

    def _compare_ledger(self, step: Step, ledger: LedgerKeeper) -> None:
        """The looks are no statements of the step; where they stop it, it is the step that failed."""
        self._current = None
        try:
            ledger.step_done(step.facts, in_parts=step.kept)
        finally:
            self._current = step

    def _circumstances(self) -> dict[str, object]:
        if self._second is None:
            return {}
        return {
            "lock_timeout_ms": round(self._settings.lock_timeout * 1000),
            "statement_timeout_ms": round(self._settings.statement_timeout * 1000),
            "backend_pid": self._session["backend_pid"],
            "database_user": self._session["database_user"],
            "server_version": self._session["server_version"],
        }

    def _settle_where_committed(self) -> None:
        if not in_transaction(driver_connection(self.connection)):
            self._settle()

    def _settle(self) -> None:
        """What was applied is committed."""
        done, self._applied = self._applied, []
        for step in done:
            self.journal.complete(step.facts, _particulars(step))
            self.settled += 1

    def _recover_killed_runs(self, heads: Any, context: Any) -> None:
        """Says which earlier runs were killed, and writes their ends: the run lock says that they are gone."""
        unfinished = self.journal.unfinished()
        if not unfinished:
            return
        applied = applied_revisions(context, heads)
        for start in unfinished:
            kind = str(start.payload.get("migration_type", ""))
            done = (start.subject in applied) != (kind == "downgrade")
            self.journal.recover(start, done=done)
            found = "it is in the version table" if done else "the version table knows nothing of it"
            self._notice(
                f"{kind} of {start.subject}, started {start.at:%Y-%m-%d %H:%M:%S} UTC by pid {start.pid} "
                f"({start.actor}@{start.host}), never completed: {found}"
            )

    def _before(self, connection: Connection, cursor: Any, statement: str, *_: object) -> None:
        idle = not in_transaction(driver_connection(connection))
        if idle and self._applied:
            self._settle()
        if self._timeouts is not None:
            if idle:
                self._timeouts.forget()
            self._timeouts.apply(connection, statement)
        if self._current is not None and idle and self._current.tally.statements:
            self._current.kept = True
        if self._current is not None:
            self._current.statement = _as_sent(connection, statement)
        if self._lookout is not None:
            self._lookout.statement_begins()

    def _after(self, connection: Connection, cursor: Any, statement: str, *_: object) -> None:
        if self._lookout is not None:
            self._lookout.statement_ends()
        if self._current is not None:
            self._current.statement = ""
            self._current.tally.count(statement, cursor)
            self._current.kept |= not in_transaction(driver_connection(connection))

    def _on_rollback_to_savepoint(self, *_: object) -> None:
        if self._timeouts is not None:
            self._timeouts.forget()


def _inspect(connection: Connection, second: SecondSession) -> dict[str, Any]:
    """The migration's session, looked at inside its transaction. Raises Blocked where it is on another database than
    the run lock, or where a pooler moves sessions about."""
    mine, other = read_session(connection), second.session()
    if mine["backend_pid"] == other["backend_pid"] or other["backend_pid"] != second.first_pid:
        raise Blocked(
            "a pooler changes sessions between transactions (PgBouncer in transaction mode): "
            "neither the run lock nor a timeout would hold",
            hint="connect to the server itself, or to a pool in session mode",
        )
    if any(mine[key] != other[key] for key in ("database_oid", "server_started")):
        raise Blocked(
            f"the migration is connected to {mine['database']}, its run lock to {other['database']} or another server",
            hint="name one host and one database in the URL",
        )
    return mine


def _as_sent(connection: Connection, statement: str) -> str:
    """The statement as the server gets it: where parameters are ``%s``, SQLAlchemy doubles every other percent sign."""
    doubled = connection.dialect.paramstyle in ("format", "pyformat")
    return statement.replace("%%", "%") if doubled else statement


def _particulars(step: Step) -> dict[str, object]:
    return {
        "execution_ms": round(step.duration * 1000),
        "statements": step.tally.statements,
        "rows": step.tally.rows,
        "affected_tables": step.tally.tables(),
        "own_timeouts": step.own_timeouts or None,
    }


def _fault(step: Step, fault: Fault) -> dict[str, object]:
    location = f"{fault.path}:{fault.line}" if fault.line is not None else fault.path
    return {
        "error": fault.error,
        "reason": fault.message or None,
        "sqlstate": fault.sqlstate or None,
        "table": fault.table or None,
        "column": fault.column or None,
        "constraint": fault.constraint or None,
        "location": location or None,
        "statement": step.statement or None,
        "outcome": _outcome(step),
    }


def _outcome(step: Step) -> str:
    if step.lost:
        return "unknown: the connection was lost"
    return "partly committed" if step.kept else "rolled back"
