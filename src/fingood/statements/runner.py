"""Runs a project's Alembic in the worker process, with every revision's function bracketed."""

from __future__ import annotations

import os
import re
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import URL

from fingood.errors import FingoodError
from fingood.model.project import Project
from fingood.statements.blind_spots import blind_spots
from fingood.statements.compat import alembic_config, leave_out, load_revision, steps_between
from fingood.statements.cursors import WATCHED_DRIVERS
from fingood.statements.failures import CannotRecord, describe
from fingood.statements.flask_app import FlaskApp
from fingood.statements.listener import Listener
from fingood.statements.places import real, shown
from fingood.statements.redirect import Redirect, plain, url_for, with_host
from fingood.statements.wire import Fault, Message, StepBegun, StepEnded

_ASYNC_ENGINE = re.compile(r"\b(?:async_engine_from_config|create_async_engine|AsyncEngine)\b")


class Runner:
    """One Alembic project, loaded once. Not for threads: ``alembic.context`` and ``alembic.op`` are module globals."""

    def __init__(
        self, project: Project, listener: Listener, redirect: Redirect, send: Callable[[Message], None]
    ) -> None:
        self.project = project
        self._listener = listener
        self._redirect = redirect
        self._send = send
        self._own_url = os.environ.get("DATABASE_URL", "")
        self.config = alembic_config(project)
        self._own_url = self.config.file_config.get(
            project.database or project.ini_section, "sqlalchemy.url", raw=True, fallback=self._own_url
        )
        if project.left_out:
            leave_out(project.left_out)
        self.script = ScriptDirectory.from_config(self.config)
        self.app = FlaskApp(project.script_location)
        self._is_complete = False
        self._running: tuple[str, str] = ("", "")
        self._engines: set[str] = set()

    def point_at(self, url: str) -> str:
        """Makes ``url`` the database of everything that follows, and returns it as the project would spell it."""
        return self._point(url_for(url, self._own_url, asynchronous=self._is_async()))

    def point_offline(self, dialect: str) -> None:
        """Names the dialect for Alembic's offline mode and forbids every connection."""
        self._point(url_for(f"{dialect}://", self._own_url, asynchronous=False))
        self._redirect.to(None)

    def _point(self, chosen: URL) -> str:
        spelled = plain(with_host(chosen))
        self.config.set_main_option("sqlalchemy.url", spelled.replace("%", "%%"))
        self.config.attributes["fingood.sandbox"] = True
        os.environ["DATABASE_URL"] = spelled
        os.environ["FINGOOD_SANDBOX"] = "1"
        self._redirect.to(chosen)
        return spelled

    def run(self, job: str, target: str) -> Fault | None:
        """``alembic upgrade|downgrade|stamp`` to the target. Returns why it failed, or None."""
        if several := self._several_databases():
            names = " or ".join(f"-n {name}" for name in several)
            return fault_of_loading(
                CannotRecord(f"env.py migrates several databases in one run; name one with {names}"), self.project
            )
        self._running = ("", "")
        self._engines.clear()
        self._listener.reset()

        def work(heads: Any, context: Any) -> list[Any]:
            self._refuse_second_database(context)
            steps = steps_between(self.script, job, target, heads)
            return steps if job == "stamp" else [self._bracketed(step, context) for step in steps]

        try:
            options = {"fn": work, "as_sql": False, "destination_rev": target}
            with self.app.context(), EnvironmentContext(self.config, self.script, **options):
                if not self._is_complete:
                    _allow_missing_functions(self.script)
                    self._is_complete = True
                self.script.run_env()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever a user's file raises is told, SystemExit as well
            traceback.print_exc()
            return self._fault(error)
        finally:
            self._listener.end()
        return self._listener.refused.fault if self._listener.refused else None

    def _is_async(self) -> bool:
        env = Path(self.script.dir) / "env.py"
        return env.is_file() and _ASYNC_ENGINE.search(env.read_text(encoding="utf-8", errors="replace")) is not None

    def _several_databases(self) -> list[str]:
        """The databases of the multidb template where none of them is named: in one sandbox they would wait for each
        other without end."""
        listed = self.config.file_config.get(self.project.ini_section, "databases", raw=True, fallback="")
        names = re.split(r",\s*", listed)
        env = Path(self.script.dir) / "env.py"
        uses = env.is_file() and re.search(r"[\"']databases[\"']", env.read_text(encoding="utf-8", errors="replace"))
        return names if uses and len(names) > 1 and not self.project.database else []

    def _refuse_second_database(self, context: Any) -> None:
        """The multidb template migrates several databases in one run; in one sandbox they would collide."""
        if context.connection is None:
            raise CannotRecord("env.py runs without a connection; only its offline mode may")
        self._engines.add(context.connection.engine.url.render_as_string(hide_password=True))
        if len(self._engines) > 1:
            raise CannotRecord(
                "env.py migrates several databases in one run; name one with -n (a section of alembic.ini) each"
            )

    def _bracketed(self, step: Any, context: Any) -> Any:
        revision, direction = step.revision, "upgrade" if step.is_upgrade else "downgrade"
        path, name = real(revision.path), shown(revision.path, self.project.root)
        begun = step_begun(self.project, revision, direction, context)

        def migration_fn(**options: Any) -> None:
            self._send(begun)
            self._running = (path, name)
            started = time.perf_counter()
            self._listener.begin(path, name)
            try:
                function_of(path, direction)(**options)
            finally:
                notes = self._listener.end()
            self._send(StepEnded(duration=time.perf_counter() - started, notes=notes))

        migration_fn.__name__ = direction  # Alembic's log line says it
        step.migration_fn = migration_fn
        return step

    def _fault(self, error: BaseException) -> Fault:
        path, name = self._running
        if self._listener.refused:
            return self._listener.refused.fault or describe(error)
        if isinstance(error, CommandError) and not path:
            return describe(error, kind="history")
        if not path:
            return fault_of_loading(error, self.project)
        return describe(error, file=path, shown=name)


def fault_of_loading(error: BaseException, project: Project) -> Fault:
    """Why no revision could run: the configuration, env.py or a revision that does not import."""
    kind = "history" if isinstance(error, CommandError) else "environment"
    if isinstance(error, FingoodError):
        return Fault(kind=kind, error=type(error).__name__, message=error.message)
    revisions = (file for folder in project.version_locations for file in sorted(folder.glob("*.py")))
    for file in (*revisions, project.script_location / "env.py"):
        found = describe(error, file=real(str(file)), shown=shown(str(file), project.root), kind=kind)
        if found.line is not None:
            return replace(found, message=found.message + _raised_in(error, found, project))
    return describe(error, kind=kind)


def _raised_in(error: BaseException, found: Fault, project: Project) -> str:
    """The project's own line that raised, where env.py or a revision only imports the file."""
    root = os.path.realpath(project.root)
    frames = [
        (os.path.relpath(path, root), number)
        for frame, number in traceback.walk_tb(error.__traceback__)
        if (path := os.path.realpath(frame.f_code.co_filename)).startswith(root + os.sep)
        and "site-packages" not in path
        and os.path.isfile(path)
    ]
    inner = frames[-1] if frames else None
    return f" in {inner[0]}:{inner[1]}" if inner and inner != (found.path, found.line) else ""


def step_begun(project: Project, revision: Any, direction: str, context: Any, *, dialect: str = "") -> StepBegun:
    """The message that a revision's function is about to run. Without a context env.py did not come that far."""
    return StepBegun(
        revision=revision.revision,
        path=shown(revision.path, project.root),
        direction=direction,
        dialect=dialect if context is None else context.dialect.name,
        server_version=0 if context is None else version_number(context.dialect),
        down_revisions=tuple(revision._all_down_revisions),
        doc=revision.doc or "",
        transaction_per_migration=context is not None and bool(context._transaction_per_migration),
        notes=() if context is None or context.as_sql else _notes(revision, context.dialect),
    )


def _notes(revision: Any, dialect: Any) -> tuple[str, ...]:
    return blind_spots(
        real(revision.path), cursors_are_watched=dialect.driver in WATCHED_DRIVERS and not _async(dialect)
    )


def _async(dialect: Any) -> bool:
    return bool(getattr(dialect, "is_async", False))


def version_number(dialect: Any) -> int:
    """The server's version as PostgreSQL counts it (170004 for 17.4); SQLite's the same way (3.45.1 is 34501)."""
    version = tuple(getattr(dialect, "server_version_info", None) or ())
    if not version:
        return 0
    padded = (*(int(part) for part in version[:3]), 0, 0)
    if dialect.name == "postgresql" and padded[0] >= 10:
        return padded[0] * 10000 + padded[1]
    return padded[0] * 10000 + padded[1] * 100 + padded[2]


def function_of(path: str, direction: str) -> Callable[..., None]:
    """The revision's function from a module executed anew: a Column or Table that it keeps at module level can be
    used once only, and every run of the alembic command loads the file again."""
    module = load_revision(path)
    found: Callable[..., None] | None = getattr(module, direction, None)
    return found if found is not None else _missing(direction)


def _missing(direction: str) -> Callable[..., None]:
    def refuse(**_: Mapping[str, Any]) -> None:
        raise NotImplementedError(f"the file has no function {direction}()")

    return refuse


def _allow_missing_functions(script: ScriptDirectory) -> None:
    """Alembic asks for the functions of all steps before the first runs; one that is missing shall fail as its own."""
    for revision in script.walk_revisions():
        for direction in ("upgrade", "downgrade"):
            if not hasattr(revision.module, direction):
                setattr(revision.module, direction, _missing(direction))
