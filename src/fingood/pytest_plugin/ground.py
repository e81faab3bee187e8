"""Sandbox databases at a revision, with the data that the project's hook puts there."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from sqlalchemy.engine import Connection

from fingood.catalog import connect, read_facts
from fingood.commands.ground import Ground, recorder_for
from fingood.commands.target import Target, look_at_target
from fingood.commands.test_rollback import proof_on, record_proof, report_of
from fingood.errors import MigrationFailed
from fingood.model.plan import Plan
from fingood.model.report import Report
from fingood.revisions import History
from fingood.sandbox import Sandbox, SandboxDatabase, open_sandbox
from fingood.settings import Settings
from fingood.statements import Recorder


@dataclass(frozen=True, kw_only=True)
class MigratedSandbox:
    """A database that may be ruined, standing at ``revision``."""

    revision: str
    _database: SandboxDatabase
    _recorder: Recorder

    @property
    def url(self) -> str:
        """Its SQLAlchemy URL, with the driver spelled out."""
        return self._database.url

    @property
    def heads(self) -> tuple[str, ...]:
        """What its version table holds."""
        with connect(self.url) as connection:
            return tuple(read_facts(connection, target=False).heads)

    def connect(self) -> AbstractContextManager[Connection]:
        """A connection that may write; the test commits what it wants to keep."""
        return connect(self.url, read_only=False, application_name="fingood pytest")

    def upgrade(self, to: str = "heads") -> None:
        """``alembic upgrade``. Raises MigrationFailed where a revision raises."""
        _require(self._recorder.upgrade(self.url, to))

    def downgrade(self, to: str) -> None:
        """``alembic downgrade``. Raises MigrationFailed where a revision raises."""
        _require(self._recorder.downgrade(self.url, to))

    def drop(self) -> None:
        """Ends it; the plugin does that after the test."""
        self._database.drop()


@dataclass
class _Project:
    target: Target
    sandbox: Sandbox
    recorder: Recorder
    history: History
    ground: Ground
    states: dict[str, SandboxDatabase] = field(default_factory=dict)


class SandboxSource:
    """Migrated sandboxes of the projects that a run's tests lie in; ``hook`` is pytest's relay of hooks."""

    def __init__(self, hook: Any) -> None:
        self._hook = hook
        self._stack = ExitStack()
        self._projects: dict[str, _Project] = {}

    def at(self, settings: Settings, word: str) -> MigratedSandbox:
        """A new database at the revision that the word means. Raises HistoryError, SandboxUnavailable,
        MigrationFailed where a revision on the way raises."""
        project = self._project(settings)
        if word not in project.states:
            project.states[word] = self._replay(project, word)
        return MigratedSandbox(revision=word, _database=project.states[word].clone(), _recorder=project.recorder)

    def prove(self, settings: Settings, word: str) -> Report:
        """The rollback proof of one revision, on a database that climbs from test to test. Raises HistoryError,
        SandboxUnavailable."""
        project = self._project(settings)
        revision = project.history.resolve(word)[-1]
        proof = proof_on(project.ground, revision)
        record_proof(settings, revision, proof)
        return report_of(settings, project.target, revision, proof, project.ground.notes)

    def _project(self, settings: Settings) -> _Project:
        key = str(settings.project.script_location)
        if key not in self._projects:
            target = look_at_target(settings)
            sandbox = self._stack.enter_context(
                open_sandbox(
                    target.dialect,
                    major=target.major,
                    settings=settings.sandbox,
                    target_url=settings.database_url,
                )
            )
            recorder = self._stack.enter_context(recorder_for(settings))
            history = History.load(settings.project)
            ground = Ground(settings, history, sandbox, recorder, target, after_each=self._put_data)
            self._projects[key] = _Project(target, sandbox, recorder, history, ground)
        return self._projects[key]

    def _replay(self, project: _Project, word: str) -> SandboxDatabase:
        history = project.history
        meant = history.heads if word == "heads" else [revision.id for revision in history.resolve(word)]
        wanted = history.ancestors(meant)
        database = project.sandbox.empty()
        project.recorder.prepare(database.url)
        steps = [one.id for one in history.ordered() if one.id in wanted] if self._has_data else meant
        for step in steps:
            _require(project.recorder.upgrade(database.url, step))
            self._put_data(step, database)
        return database

    @property
    def _has_data(self) -> bool:
        return bool(self._hook.pytest_fingood_data.get_hookimpls())

    def _put_data(self, revision: str, database: SandboxDatabase) -> None:
        if self._has_data:
            with connect(database.url, read_only=False, application_name="fingood pytest") as connection:
                self._hook.pytest_fingood_data(revision=revision, connection=connection)
                connection.commit()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)


def _require(plans: tuple[Plan, ...]) -> None:
    """Raises for a run that failed."""
    if not plans or plans[-1].failure is None:
        return
    plan, failure = plans[-1], plans[-1].failure
    where = f"{failure.location.path}:{failure.location.line}" if failure.location else ""
    raise MigrationFailed(plan.revision, plan.direction.value, str(failure), location=where, sqlstate=failure.sqlstate)
