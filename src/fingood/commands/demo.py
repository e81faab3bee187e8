"""`demo`: the whole way through on the reference ledger, in a folder of its own."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from fingood.audit import AuditLog
from fingood.backup import BackupKind
from fingood.commands.analyze_performance import compare_before_after, take_sample
from fingood.commands.check import check_revisions
from fingood.commands.compliance_report import report_compliance
from fingood.commands.create_backup import create_backup
from fingood.commands.gate import look_at_gate
from fingood.commands.health_check import health_check
from fingood.commands.init import init
from fingood.commands.test_rollback import test_rollback
from fingood.commands.validate import validate_data
from fingood.compliance import STANDARDS
from fingood.demo import PENDING, POSTINGS, READY, REJECTED, SEED, SETTINGS, fill_ledger, lay_versions, take_folder
from fingood.demo.work import ask_the_ledger
from fingood.errors import MigrationFailed
from fingood.model.finding import Finding
from fingood.model.report import CheckRun, Outcome, Report, Table
from fingood.model.severity import Confidence, Severity
from fingood.sandbox import Server
from fingood.sandbox.choice import extensions_in
from fingood.sandbox.driver import autocommit, run
from fingood.sandbox.supplier import choose_binaries
from fingood.settings import Settings, load

REPORT = "report.html"
_DATABASE = "ledger"
_PRODUCTION = "production"
_STATEMENTS = "pg_stat_statements"
# Samples around the stretches of work before an upgrade tell how far two quiet ones differ.
_STRETCHES = 3
_TIMES = 20


class Teller:
    """Hears how the demo goes on. This one keeps it to itself; the command line prints it."""

    def begin(self, what: str) -> None:
        """A step begins."""

    def advance(self, done: int, total: int) -> None:
        """The step has done so much of what it has to do."""

    def remark(self, label: str) -> None:
        """What the step is doing now."""

    def end(self, what: str, fact: str, seconds: float, *, as_told: bool) -> None:
        """The step is over. ``as_told`` is False where the story should have gone otherwise."""


@dataclass(slots=True)
class _Step:
    """One step of the story. Its fact is what it came to, in one line."""

    what: str
    fact: str = ""
    as_told: bool = True
    seconds: float = 0.0


@dataclass(slots=True, kw_only=True)
class _Story:
    """The demo while it runs."""

    root: Path
    url: str
    teller: Teller
    steps: list[_Step] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    asides: list[Report] = field(default_factory=list)

    @contextmanager
    def step(self, what: str) -> Iterator[_Step]:
        step, clock = _Step(what), time.monotonic()
        self.teller.begin(what)
        yield step
        step.seconds = time.monotonic() - clock
        self.steps.append(step)
        self.teller.end(what, step.fact, step.seconds, as_told=step.as_told)

    def keep(self, step: _Step, report: Report, title: str, *, counted: bool = True) -> Report:
        """Takes a command's report into the demo's, under the step's title."""
        kept = replace(report, subject=title, counted=counted)
        self.reports.append(kept)
        step.fact = step.fact or report.headline
        step.as_told = step.as_told and bool(report.blocking) is not counted
        return kept

    def show(self, step: _Step, report: Report, title: str) -> None:
        """The same for a report that may say what it likes; it stands below those of the story."""
        self.asides.append(replace(report, subject=title, counted=False))
        step.fact = report.headline

    @property
    def settings(self) -> Settings:
        # Nothing of the caller's surroundings: the demo must not reach for another database than its own.
        return load(start=self.root, options={"database_url": self.url}, environ={})

    @property
    def in_production(self) -> Settings:
        """The same with the policy that upgrades are let through by."""
        return load(start=self.root, options={"database_url": self.url, "environment": _PRODUCTION}, environ={})


def run_demo(
    folder: Path,
    *,
    postings: int = POSTINGS,
    seed: int = SEED,
    teller: Teller | None = None,
    page: Callable[[Report], str] | None = None,
    hold: Callable[[str], None] | None = None,
) -> Report:
    """Lays a project into ``folder``, migrates a ledger of ``postings`` postings in it, and stops a bad migration.

    Runs on a private server that ends with it; ``hold`` is called with the database's URL before that. ``page`` turns
    the report into the folder's report.html. What is interrupted leaves neither server nor folder. The report's exit
    code is 1 where the story went otherwise than told.
    Raises ConfigError where the folder cannot be used, and what the steps raise.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    with take_folder(folder) as root:
        story = _Story(root=root, url="", teller=teller or Teller())
        _lay(story, folder)
        with _server(story) as server:
            story.url = server.url(server.create_database(_DATABASE))
            _count_statements(story.url)
            _build(story, postings, seed)
            _migrate(story)
            _stop_a_bad_one(story)
            report = _report(story, server, folder, started, time.monotonic() - clock)
            if page is not None:
                (root / REPORT).write_text(page(report), encoding="utf-8")
            if hold is not None:
                hold(story.url)
    return report


def _lay(story: _Story, folder: Path) -> None:
    with story.step("project") as step:
        init(story.root)
        versions = lay_versions(story.root / "migrations" / "versions")
        shutil.copyfile(SETTINGS, story.root / SETTINGS.name)
        (story.root / "rejected").mkdir()
        shutil.copyfile(REJECTED, story.root / "rejected" / REJECTED.name)
        step.fact = f"a project with {len(versions)} revisions, laid into {folder}"


@contextmanager
def _server(story: _Story) -> Iterator[Server]:
    with story.step("server") as step:
        binaries = choose_binaries()
        counts = _STATEMENTS in extensions_in(binaries)
        server = Server.start(binaries, settings={"shared_preload_libraries": _STATEMENTS} if counts else None)
        step.fact = f"PostgreSQL {server.version} from the {server.supplier}, private, gone at the end"
        if not counts:
            step.fact += f"; it was built without {_STATEMENTS}: no statement is compared before and after"
    with server:
        yield server


def _count_statements(url: str) -> None:
    with autocommit(url) as connection:
        loaded = run(connection, "SHOW shared_preload_libraries")[0][0]
        if _STATEMENTS in str(loaded):
            run(connection, f"CREATE EXTENSION {_STATEMENTS}")


def _build(story: _Story, postings: int, seed: int) -> None:
    with story.step("ledger") as step:
        _alembic(story, "upgrade", READY)
        step.fact = f"built by alembic upgrade {READY}"
    with story.step("data") as step:
        filled = fill_ledger(story.url, postings=postings, seed=seed, progress=story.teller.advance)
        rows = filled.rows
        step.fact = (
            f"{rows['postings']:,} postings in {rows['journal_entries']:,} entries of {rows['accounts']:,} accounts"
        )


def _migrate(story: _Story) -> None:
    """The main job on the revisions that are pending."""
    with story.step("check") as step:
        report = check_revisions(story.settings, PENDING, watch=story.teller.remark)
        story.keep(step, report, f"Check of {len(PENDING)} pending revisions")
    with story.step("rollback") as step:
        report = test_rollback(story.settings, PENDING, watch=story.teller.remark)
        story.keep(step, report, "Rollback test in a copy")
    with story.step("backup") as step:
        story.keep(step, create_backup(story.settings, BackupKind.DEPLOYMENT), "Backup point before the upgrade")
    with story.step("gate") as step:
        story.keep(step, look_at_gate(story.in_production), "What the upgrade has to show")
    with story.step("work") as step:
        asked = 0
        for stretch in range(_STRETCHES):
            take_sample(story.settings, story.url)
            asked += ask_the_ledger(story.url, times=_TIMES, seed=stretch)
        step.fact = f"{asked} questions to the ledger, as its application asks them"
    with story.step("upgrade") as step:
        before = _events(story)
        _alembic(story, "upgrade", "head", environment=_PRODUCTION)
        step.fact = f"{len(PENDING)} revisions by alembic upgrade head, {_events(story) - before} audit events"
    with story.step("validate") as step:
        story.keep(step, validate_data(story.settings, watch=story.teller.remark), "Validation of the data")
    _look_back(story)


def _look_back(story: _Story) -> None:
    """What the room and the rules around the upgrade say. A server that is thrown away is not set up like a bank's, and
    an hour-old project has no history: neither is held against the story."""
    with story.step("performance") as step:
        ask_the_ledger(story.url, times=2 * _TIMES, seed=_STRETCHES)
        story.show(step, compare_before_after(story.settings), "Before and after the upgrade")
    with story.step("health") as step:
        story.show(step, health_check(story.settings, comprehensive=True), "Health of the private server")
    with story.step("compliance") as step:
        story.show(step, report_compliance(story.in_production, tuple(STANDARDS)), "Controls and their evidence")


def _stop_a_bad_one(story: _Story) -> None:
    """Checks a revision that nobody should run, and takes it out of the project again."""
    bad = story.root / "migrations" / "versions" / REJECTED.name
    shutil.copyfile(REJECTED, bad)
    try:
        with story.step("bad migration") as step:
            report = check_revisions(story.settings, ["head"], watch=story.teller.remark)
            story.keep(step, report, "A bad migration, stopped", counted=False)
            step.fact = f"stopped: {report.headline}" if report.blocking else f"not stopped: {report.headline}"
        with story.step("its rollback") as step:
            report = test_rollback(story.settings, ["head"], watch=story.teller.remark)
            story.keep(step, report, "The bad migration's rollback, not lossless", counted=False)
        with story.step("its gate") as step:
            story.keep(step, look_at_gate(story.in_production), "The bad migration at the gate", counted=False)
    finally:
        bad.unlink()


def _alembic(story: _Story, *words: str, environment: str = "") -> None:
    """The real alembic command in the project, under its env.py's guard."""
    run = subprocess.run(
        [sys.executable, "-m", "alembic", *words],
        cwd=story.root,
        env={**_surroundings(story.url), **({"FINGOOD_ENVIRONMENT": environment} if environment else {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        said = [line for line in run.stderr.splitlines() if line.startswith("fingood:")] or ["it says nothing"]
        raise MigrationFailed(
            words[-1], words[0], said[-1].removeprefix("fingood: "), hint="a fault of the demo: worth a bug report"
        )


def _surroundings(url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FINGOOD_")}
    return {**kept, "DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"}


def _events(story: _Story) -> int:
    log = story.settings.audit_log
    return sum(1 for _ in AuditLog(log).events()) if log.exists() else 0


def _report(story: _Story, server: Server, folder: Path, started: datetime, duration: float) -> Report:
    odd = [step for step in story.steps if not step.as_told]
    rows = tuple((step.what, step.fact, f"{step.seconds:.1f} s") for step in story.steps)
    return Report(
        command="demo",
        subject="Reference ledger",
        target=f"PostgreSQL {server.version}, private",
        started=started,
        duration=duration,
        headline=(
            f"otherwise than told: {', '.join(step.what for step in odd)}"
            if odd
            else f"{len(PENDING)} revisions checked, proven, applied and validated; a bad one stopped"
        ),
        runs=(
            CheckRun(
                check="demo-story",
                outcome=Outcome.FAILED if odd else Outcome.PASSED,
                findings=tuple(_otherwise(step) for step in odd),
            ),
        ),
        sections=(Table(title="What happened", columns=("step", "what it came to", "took"), rows=rows),),
        recommendations=_next(folder),
        data={"folder": str(story.root), "report": str(story.root / REPORT), "as_told": not odd},
        fail_on=Severity.ERROR,
        children=(*story.reports, *story.asides),
    )


def _otherwise(step: _Step) -> Finding:
    return Finding(
        check="demo-story",
        severity=Severity.ERROR,
        confidence=Confidence.OBSERVED,
        message=f"the step '{step.what}' went otherwise than told: {step.fact}",
        subject=step.what,
    )


def _next(folder: Path) -> tuple[str, ...]:
    return (
        f"cd {shlex.quote(str(folder))}",
        f"fingood check {PENDING[1]}",
        f"fingood test-rollback {PENDING[1]}",
        f"cp rejected/*.py migrations/versions/ && fingood check {REJECTED.name.split('_')[1]}",
    )
