"""Alembic's offline mode for one revision, in the worker process: what it would run, without a database.

Quick and incomplete: a revision that reads the database cannot be rendered, and the reason is told.
"""

from __future__ import annotations

import ast
import io
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationStep
from alembic.script import Script
from alembic.util import CommandError
from sqlalchemy import exc

from fingood.statements.failures import CannotRecord, describe
from fingood.statements.listener import as_the_server_sees
from fingood.statements.places import line_of, real, shown
from fingood.statements.runner import Runner, function_of, step_begun
from fingood.statements.wire import Fault, Message, StatementEnded, StepEnded

_BEGINS = ("BEGIN", "START TRANSACTION")


class ReadsTheDatabase(AttributeError):
    """The revision wants an answer from a database that is not there.

    An AttributeError, because Alembic and SQLAlchemy ask a connection what it has before they do without it.
    """


class _Rendered(BaseException):
    """Ends the run after the revision's function: Alembic's bookkeeping behind it is of no interest."""


class OfflineConnection:
    """What ``op.get_bind()`` returns here: it knows its dialect and nothing else."""

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect
        self.name = dialect.name
        self.engine = self

    def __getattr__(self, name: str) -> NoReturn:
        raise ReadsTheDatabase(f"the revision uses the connection's '{name}'")


class Renderer:
    """Renders one revision in one direction."""

    def __init__(self, runner: Runner, send: Callable[[Message], None]) -> None:
        self._runner = runner
        self._send = send
        self._numbers = 0
        self._is_open = False
        self._begun = False
        self._others: Fault | None = None
        self._path = self._shown = ""

    def render(self, revision_id: str, direction: str, dialect: str) -> Fault | None:
        """Returns why the revision, or a part of it, could not be rendered; None when all of it was."""
        runner = self._runner
        try:
            revision = runner.script.get_revision(revision_id)
            assert revision is not None
        except CommandError as error:
            return describe(error, kind="history")
        self._path, self._shown = real(revision.path), shown(revision.path, runner.project.root)
        runner.point_offline(dialect)
        config, before = runner.config, runner.config.output_buffer
        config.output_buffer = _Sink(self._take_outside)
        try:
            self._run(revision, direction)
        except _Rendered:
            return self._others or _difference(self._path, self._shown)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever a user's file raises is told, SystemExit as well
            traceback.print_exc()
            return self._fault(error, revision, direction, dialect)
        finally:
            config.output_buffer = before
        return Fault(kind="offline", error="NotRun", message="env.py runs no migrations in offline mode")

    def _run(self, revision: Script, direction: str) -> None:
        upgrade = direction == "upgrade"
        make = MigrationStep.upgrade_from_script if upgrade else MigrationStep.downgrade_from_script
        start = tuple(revision._all_down_revisions) or "base" if upgrade else revision.revision

        def work(heads: Any, context: Any) -> list[Any]:
            step: Any = make(self._runner.script.revision_map, revision)
            step.migration_fn = lambda **options: self._call(revision, direction, context, options)
            return [step]

        options = {"as_sql": True, "starting_rev": start, "destination_rev": revision.revision}
        runner = self._runner
        with runner.app.context(), EnvironmentContext(runner.config, runner.script, fn=work, **options):
            runner.script.run_env()

    def _call(self, revision: Script, direction: str, context: Any, options: dict[str, Any]) -> NoReturn:
        self._send(step_begun(self._runner.project, revision, direction, context))
        self._begun = True
        impl = context.impl
        impl.connection = OfflineConnection(context.dialect)
        impl.static_output = lambda text: self._take(text, context)
        impl.emit_begin = lambda: self._mark(is_open=True)
        impl.emit_commit = lambda: self._mark(is_open=False)
        started = time.perf_counter()
        if "engine_name" in options and not self._runner.project.database:
            told = f"only what it does for {options['engine_name']} is rendered; -n names one database of several"
            self._others = Fault(kind="offline", error="SeveralDatabases", message=told)
        function_of(self._path, direction)(**options)
        self._send(StepEnded(duration=time.perf_counter() - started, notes=()))
        raise _Rendered

    def _take_outside(self, text: str) -> None:
        """BEGIN and COMMIT as Alembic writes them around revisions."""
        if text.upper().startswith(_BEGINS):
            self._mark(is_open=True)
        elif text.upper().startswith("COMMIT"):
            self._mark(is_open=False)

    def _mark(self, *, is_open: bool) -> None:
        self._numbers += is_open and not self._is_open
        self._is_open = is_open

    def _take(self, text: str, context: Any) -> None:
        text = text.strip().removesuffix(context.impl.command_terminator or ";")
        sql, _order = as_the_server_sees(text, context.dialect.paramstyle)
        transaction = self._numbers if self._is_open else None
        line = line_of(self._path)
        self._send(
            StatementEnded(
                sql=sql,
                path=self._shown,
                line=line,
                parameters=(),
                executions=1,
                transaction=transaction,
                duration=None,
                rows=None,
                fault=None,
            )
        )
        self._take_outside(sql)

    def _fault(self, error: BaseException, revision: Script, direction: str, dialect: str) -> Fault:
        if not self._begun:
            self._send(step_begun(self._runner.project, revision, direction, None, dialect=dialect))
            env = real(str(Path(self._runner.script.dir) / "env.py"))
            return describe(error, file=env, shown=shown(env, self._runner.project.root), kind="offline")
        fault = describe(error, file=self._path, shown=self._shown)
        if isinstance(error, exc.CompileError):
            return replace(fault, kind="offline")
        if not _wants_a_database(error):
            return fault
        why = "the revision inspects it" if isinstance(error, exc.NoInspectionAvailable) else fault.message
        return replace(fault, kind="offline-read", message=why)


class _Sink(io.StringIO):
    """Where Alembic's offline output goes."""

    def __init__(self, take: Callable[[str], None]) -> None:
        super().__init__()
        self._take = take

    def write(self, text: str, /) -> int:
        self._take(text.strip())
        return len(text)


def _wants_a_database(error: BaseException) -> bool:
    """Whether it is the missing database that made the revision raise, and not the revision itself."""
    if isinstance(error, AttributeError | TypeError) and "NoneType" in str(error):
        return True
    reads = (ReadsTheDatabase, CannotRecord, CommandError, exc.NoInspectionAvailable, exc.UnboundExecutionError)
    return isinstance(error, (*reads, exc.ArgumentError, exc.ObjectNotExecutableError))


def _difference(file: str, name: str) -> Fault | None:
    """Where the revision asks whether it is in offline mode, and so may do something else in a database."""
    for node in ast.walk(ast.parse(Path(file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr in ("as_sql", "is_offline_mode"):
            message = f"the revision asks for '{node.attr}' and may do something else on a database"
            return Fault(kind="offline", error="OfflineOnly", message=message, path=name, line=node.lineno)
    return None
