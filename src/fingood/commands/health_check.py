"""`health-check`: looks at the database that the migrations run on."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from sqlalchemy.engine import Connection

from fingood.catalog import connect, read_facts
from fingood.errors import FingoodError
from fingood.model.finding import Finding
from fingood.model.report import CheckRun, Outcome, Report, tally
from fingood.model.severity import Confidence, Severity
from fingood.monitoring import run_health_checks
from fingood.revisions import History
from fingood.settings import Settings, require_database_url

_TIMEOUT = 10.0


def health_check(settings: Settings, *, comprehensive: bool) -> Report:
    """Runs the health checks on the project's database, read-only. Raises CannotConnect when it does not answer."""
    started, clock = datetime.now(UTC), time.monotonic()
    url = require_database_url(settings)
    with connect(url, application_name="fingood health-check", statement_timeout=_TIMEOUT) as connection:
        reached = CheckRun(check="connection", outcome=Outcome.PASSED, duration=time.monotonic() - clock)
        runs = (
            reached,
            _revision(connection, settings),
            *run_health_checks(connection, comprehensive=comprehensive),
        )
    return Report(
        command="health-check",
        subject="health" if comprehensive else "health (the quick checks; --comprehensive runs all)",
        target=settings.target,
        started=started,
        duration=time.monotonic() - clock,
        headline=_headline(runs),
        runs=runs,
        fail_on=settings.fail_on,
    )


def _headline(runs: tuple[CheckRun, ...]) -> str:
    counts = tally([finding for run in runs for finding in run.findings])
    ill = ", ".join(f"{number} {severity}" for severity, number in counts.items())
    unseen = sum(run.outcome in (Outcome.SKIPPED, Outcome.ERRORED) for run in runs)
    return f"{len(runs)} checks: {ill or 'nothing found'}" + (f", {unseen} could not look" if unseen else "")


def _revision(connection: Connection, settings: Settings) -> CheckRun:
    """Whether the database stands where the history ends."""
    check, clock = "revision-at-head", time.monotonic()
    try:
        history = History.load(settings.project)
        applied = frozenset(read_facts(connection, target=True).heads)
    except FingoodError as error:
        return CheckRun(check=check, outcome=Outcome.ERRORED, reason=error.message)
    if not history.heads and not applied:
        return CheckRun(check=check, outcome=Outcome.SKIPPED, reason="the project has no revisions")
    known = {revision.id for revision in history.ordered()}
    finding = _unknown(applied - known) or _behind(applied, history)
    return CheckRun(
        check=check,
        outcome=Outcome.FAILED if finding else Outcome.PASSED,
        findings=(finding,) if finding else (),
        duration=time.monotonic() - clock,
    )


def _unknown(ids: frozenset[str]) -> Finding | None:
    if not ids:
        return None
    names = ", ".join(sorted(ids))
    return Finding(
        check="revision-at-head",
        severity=Severity.CRITICAL,
        confidence=Confidence.OBSERVED,
        message=f"the database stands at {names}, which this project does not have",
        effect="Alembic can neither upgrade nor downgrade from there.",
        remedy="check out the code that has it; do not stamp over it before you know what it did",
        subject=names,
    )


def _behind(applied: frozenset[str], history: History) -> Finding | None:
    pending = history.pending(applied)
    if not pending:
        return None
    return Finding(
        check="revision-at-head",
        severity=Severity.WARNING,
        confidence=Confidence.OBSERVED,
        message=f"{len(pending)} revisions are not applied, the next is {pending[0].id}",
        remedy="alembic upgrade head",
        subject=", ".join(sorted(applied)) or "base",
    )
