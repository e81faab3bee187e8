"""Runs revisions in a sandbox and says, statement by statement, what they did."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from fingood.errors import ConfigError, CouldNotLook, EnvironmentFailed, FingoodError, HistoryError
from fingood.model.finding import Direction
from fingood.model.names import quote_always
from fingood.model.plan import NO_SUCH_RELATION, Plan, Rendering
from fingood.model.project import Project, hint_for_import
from fingood.statements.compat import make_engine, read_url
from fingood.statements.plans import PlanBuilder
from fingood.statements.process import WorkerGone, WorkerProcess
from fingood.statements.wire import Fault, JobEnded

_GRACE = 5.0
"""Seconds from the worker's own interruption, which knows the line, to its end by force."""


class Recorder:
    """A long-lived worker process that runs one Alembic job after the other on the database it is given.

    ``baseline`` is what :meth:`prepare` builds: an SQL file relative to the project's root, or
    ``package.module:name``. ``environment`` is added to the worker's environment variables. A job that takes longer
    than ``timeout`` seconds is stopped where it stands. ``private`` says that the databases are on a server that ends
    with the run; on a server of others nothing may be changed but the database itself.

    A revision that raises is a Failure in the last Plan. What fails before any revision runs is raised:
    EnvironmentFailed (env.py, a file that does not import), HistoryError (a target that Alembic cannot reach).
    """

    def __init__(
        self,
        project: Project,
        *,
        baseline: str = "",
        environment: Mapping[str, str] | None = None,
        timeout: float = 900.0,
        private: bool = True,
    ) -> None:
        self.project = project
        self.baseline = baseline
        self.timeout = timeout
        self.private = private
        self._environment = dict(environment or {})
        self._worker: WorkerProcess | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._worker is not None and error is not None:
            self._worker.kill()
        self.close()

    def close(self) -> None:
        """Ends the worker; the next job would start another."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()

    @property
    def output(self) -> str:
        """The end of what the project's code printed. For people who debug: it may hold secrets and row values."""
        return "" if self._worker is None else self._worker.output.decode(errors="replace")

    def upgrade(self, url: str, target: str, *, observe: bool = True) -> tuple[Plan, ...]:
        """``alembic upgrade TARGET`` on the database ``url``; one Plan for each revision that ran.

        Without ``observe`` nobody looks at the server between the statements: the Plans hold the statements and their
        times, but no observed locks, scans or WAL. It takes about half as long."""
        return self._run("upgrade", url, target, observe=observe)

    def downgrade(self, url: str, target: str, *, observe: bool = True) -> tuple[Plan, ...]:
        """``alembic downgrade TARGET`` on the database ``url``; one Plan for each revision that ran. ``observe`` as in
        :meth:`upgrade`."""
        return self._run("downgrade", url, target, observe=observe)

    def stamp(self, url: str, target: str) -> None:
        """``alembic stamp TARGET`` on the database ``url``: writes the version, runs nothing."""
        self._run("stamp", url, target)

    def compare_models(self, url: str) -> tuple[str, ...] | None:
        """What separates the models of env.py from the database ``url``, which stands at the heads; None where env.py
        has no target_metadata. Nothing is written."""
        built = PlanBuilder(Rendering.RECORDED)
        self._job(built, do="compare", url=url, target="heads")
        return built.differences

    def prepare(self, url: str) -> None:
        """Builds the project's baseline on an empty database, and the schema of the version table where it has one of
        its own: Alembic makes the table there before the first revision, and never the schema.

        Raises ConfigError when the baseline cannot be found or built.
        """
        if (schema := self.project.version_table.schema) and read_url(url).get_backend_name() == "postgresql":
            engine = make_engine(url)
            with engine.begin() as connection:
                connection.exec_driver_sql(
                    f"CREATE SCHEMA IF NOT EXISTS {quote_always(schema)}", execution_options={"no_parameters": True}
                )
            engine.dispose()
        if self.baseline:
            self._run("prepare", url, "")

    def render(self, revision: str, direction: Direction, dialect: str) -> Plan:
        """One revision by Alembic's offline mode, without a database. ``unrendered`` says what is missing and why."""
        built = PlanBuilder(Rendering.STATIC)
        return self._job(built, do="render", target=revision, direction=direction.value, dialect=dialect)[0]

    def _run(self, do: str, url: str, target: str, *, observe: bool = True) -> tuple[Plan, ...]:
        built = PlanBuilder(Rendering.RECORDED)
        return self._job(built, do=do, url=url, target=target, baseline=self.baseline, observe=observe)

    def _job(self, built: PlanBuilder, **job: str | bool) -> tuple[Plan, ...]:
        limits = {"timeout": self.timeout, "private": self.private}
        fault = self._talk({**job, **limits, "project": project_values(self.project)}, built)
        if fault is not None and not built.plans:
            raise error_of(fault, self.project)
        return tuple(built.plans)

    def _talk(self, job: Mapping[str, object], built: PlanBuilder) -> Fault | None:
        """Runs one job; returns why it failed, or None."""
        if self._worker is None:
            self._worker = WorkerProcess(self.project.root, self._environment)
        try:
            for message in self._worker.run(job, self.timeout + _GRACE):
                built.take(message)
                if isinstance(message, JobEnded):
                    if message.retire:
                        self.close()
                    return message.fault
        except WorkerGone as gone:
            self._worker.kill()
            self.close()
            built.worker_gone(gone.reason)
            return Fault(kind="environment", error="WorkerGone", message=gone.reason)
        raise AssertionError("a job ends with JobEnded or WorkerGone")


def render_static(project: Project, revision: str, direction: Direction, dialect: str) -> Plan:
    """One revision's Plan by Alembic's offline mode; for several revisions :meth:`Recorder.render` is quicker."""
    with Recorder(project) as recorder:
        return recorder.render(revision, direction, dialect)


def project_values(project: Project) -> dict[str, object]:
    """The Project as a job's message has it."""
    return {
        "root": str(project.root),
        "config_file": None if project.config_file is None else str(project.config_file),
        "pyproject": None if project.pyproject is None else str(project.pyproject),
        "ini_section": project.ini_section,
        "database": project.database,
        "script_location": str(project.script_location),
        "version_locations": [str(folder) for folder in project.version_locations],
        "left_out": sorted(str(file) for file in project.left_out),
    }


def error_of(fault: Fault, project: Project) -> FingoodError:
    """The error for a job that failed before any revision ran."""
    where = f" ({fault.path}:{fault.line})" if fault.path and fault.line else ""
    state = f" [SQLSTATE {fault.sqlstate}]" if fault.sqlstate else ""
    reason = f"{fault.error}: {fault.message}{state}"
    if fault.kind == "history":
        return HistoryError(fault.message, hint="alembic history lists the revisions")
    if fault.kind == "baseline":
        return ConfigError(f"the baseline cannot be built: {reason}", key="sandbox.baseline")
    if fault.kind == "environment":
        return EnvironmentFailed(f"Alembic cannot be run here: {reason}{where}", hint=_hint(fault, project))
    return CouldNotLook(reason)


def _hint(fault: Fault, project: Project) -> str:
    if fault.error == "ModuleNotFoundError":
        return hint_for_import(project.root, fault.message)
    if fault.error == "ValidationError":
        return "set what the application's settings need, as for alembic itself (environment variables, .env)"
    if fault.sqlstate in NO_SUCH_RELATION:
        return "what must be there before the first revision goes into an SQL file: baseline in [tool.fingood.sandbox]"
    return "run alembic itself to see what env.py does" if fault.error == "WorkerGone" else ""
