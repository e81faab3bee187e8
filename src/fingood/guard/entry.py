"""``guard.watch(connection)``: the two lines of env.py."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.audit import AuditLog
from fingood.catalog import explain
from fingood.errors import Blocked, ConfigError, FingoodError, LedgerChanged
from fingood.guard.environment import Environment
from fingood.guard.journal import Journal
from fingood.guard.ledger import LedgerKeeper
from fingood.guard.lookout import Lookout
from fingood.guard.performance import WorkloadKeeper, contents_of, counters_of
from fingood.guard.permission import OVERRIDE, Permission
from fingood.guard.run import Run
from fingood.guard.run_lock import hold_file_lock, take_run_lock
from fingood.guard.second import SecondSession, target_of
from fingood.guard.target import assert_planned_target
from fingood.guard.voice import Voice
from fingood.settings import Settings, load


@contextmanager
def watch(connection: Connection, *, any_target: bool = False) -> Iterator[None]:
    """Guards the migrations that env.py runs on ``connection``: around ``context.configure`` and
    ``context.run_migrations``, in an async env.py inside the function that ``run_sync`` calls.

    ``alembic upgrade``, ``downgrade`` and ``stamp`` run one at a time on a database (a lock on a second session),
    with lock_timeout and statement_timeout, and every step is in the audit log before it begins and after it is
    committed. Every other command of Alembic, ``--sql`` and runs in a sandbox of ours pass untouched. ``any_target``
    allows databases other than the one the settings name.

    Under Alembic's command line trouble ends in a line on stderr and an exit code; a program gets the exception:
    LockHeld, Blocked, ConfigError, CannotConnect, or what the migration raised.
    """
    environment = Environment.running()
    if environment is None:
        raise ConfigError("guard.watch() is called outside of Alembic's env.py", hint="see docs: the guard")
    if environment.in_sandbox or not environment.changes_database:
        yield
        return
    voice = Voice(terminal=environment.has_terminal)
    try:
        with _guarded(connection, environment, voice, any_target=any_target):
            yield
    except FingoodError as error:
        if not voice.terminal:
            raise
        raise voice.refuse(error) from None


@contextmanager
def _guarded(connection: Connection, environment: Environment, voice: Voice, *, any_target: bool) -> Iterator[None]:
    settings = load(options=environment.settings_options, start=environment.start)
    if not settings.guard.enabled:
        voice.say("the guard is switched off in the settings")
        yield
        return
    journal = _journal(connection, settings)
    with ExitStack() as stack:
        try:
            permission = Permission(
                settings=settings,
                connection=connection,
                journal=journal,
                notice=voice.say,
                override=environment.said(OVERRIDE),
                any_target=any_target,
            )
            run = _prepare(stack, permission, voice)
        except Blocked as error:
            journal.refused(error.message)
            raise
        started = time.monotonic()
        with environment.steps_through(run.through):
            yield from _run(run, voice, connection)
        voice.summary(run, time.monotonic() - started)


def _run(run: Run, voice: Voice, connection: Connection) -> Iterator[None]:
    """The body of env.py's block, and the run's end, good or bad."""
    stop = run.listen()
    try:
        yield
        run.end_well()
    except BaseException as error:
        run.end_badly(error)
        failure = run.failure
        if isinstance(error, LedgerChanged) and failure is not None and voice.terminal:
            raise voice.undeclared(error, failure) from None
        shown = failure is not None and (isinstance(error, (DBAPIError, KeyboardInterrupt)) or failure.fault.sqlstate)
        if not voice.terminal or os.environ.get("FINGOOD_TRACEBACK"):
            raise
        if failure is None and isinstance(error, DBAPIError):
            # Alembic could not even read where the database stands, or the server went away between two steps.
            told = explain(error, connection.engine.url)
            if told is not None:
                raise told from None
        if failure is None or not shown:
            raise
        raise voice.failure(failure) from None
    finally:
        stop()
    run.take_back_timeouts()


def _prepare(stack: ExitStack, permission: Permission, voice: Voice) -> Run:
    """Takes the run lock and all that goes with the kind of database."""
    connection, settings, journal = permission.connection, permission.settings, permission.journal
    any_target, chosen = permission.any_target, settings.guard
    journal.log.ensure_writable()
    if connection.dialect.name != "postgresql":
        if not any_target:
            assert_planned_target(connection, settings, None)
        file = _sqlite_file(connection)
        if file is not None:
            stack.enter_context(hold_file_lock(file, wait=chosen.advisory_wait, notice=voice.say))
        take = None if file is None else contents_of(connection, file, journal.target)
        keeper = WorkloadKeeper(take, settings.performance_dir, run=journal.run, notice=voice.say) if take else None
        return Run(
            connection,
            journal,
            chosen,
            notice=voice.say,
            permission=permission,
            keeper=keeper,
            ledger=_ledger(permission, voice),
        )
    second = SecondSession(connection)
    stack.callback(second.close)
    if not any_target:
        assert_planned_target(connection, settings, second)
    take_run_lock(second, wait=chosen.advisory_wait, notice=voice.say)
    lookout = stack.enter_context(Lookout(second, voice.say))
    take = counters_of(second, journal.target)
    keeper = WorkloadKeeper(take, settings.performance_dir, run=journal.run, notice=voice.say)
    return Run(
        connection,
        journal,
        chosen,
        notice=voice.say,
        second=second,
        lookout=lookout,
        permission=permission,
        keeper=keeper,
        ledger=_ledger(permission, voice),
    )


def _ledger(permission: Permission, voice: Voice) -> LedgerKeeper | None:
    """None where the settings name no ledger, or want none compared."""
    settings = permission.settings
    if settings.guard.totals == "off" or not settings.ledger:
        return None
    return LedgerKeeper(permission.connection, settings, permission.journal, voice.say)


def _journal(connection: Connection, settings: Settings) -> Journal:
    database = connection.engine.url.database or ""
    return Journal(
        log=AuditLog(settings.audit_log),
        database=Path(database).name if connection.dialect.name == "sqlite" else database,
        target=target_of(connection),
        environment=settings.environment,
        root=settings.project.root,
    )


def _sqlite_file(connection: Connection) -> Path | None:
    """The database's file; None for a database in memory, which no other process can reach, and other dialects."""
    name = connection.engine.url.database or ""
    if connection.dialect.name != "sqlite" or not name or ":memory:" in name or "mode=memory" in name:
        return None
    return Path(name.removeprefix("file:").partition("?")[0]).absolute()
