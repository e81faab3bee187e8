"""`health-check`: looks at the database that the migrations run on."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from fingood.catalog import connect
from fingood.commands.health_project import run_project_checks
from fingood.model.report import CheckRun, Outcome, Report, tally
from fingood.monitoring import LOCK_TIMEOUT, run_health_checks
from fingood.settings import Settings, require_database_url


def health_check(settings: Settings, *, comprehensive: bool) -> Report:
    """Runs the health checks on the project's database, read-only. Raises CannotConnect when it does not answer, and
    ConfigError for thresholds that fit no check."""
    started, clock = datetime.now(UTC), time.monotonic()
    url, chosen = require_database_url(settings), settings.health
    with connect(
        url,
        application_name="fingood health-check",
        statement_timeout=chosen.statement_timeout,
        lock_timeout=LOCK_TIMEOUT,
    ) as connection:
        reached = CheckRun(check="connection", outcome=Outcome.PASSED, duration=time.monotonic() - clock)
        looked = run_health_checks(
            connection,
            comprehensive=comprehensive,
            thresholds=chosen.thresholds,
            timeout=chosen.statement_timeout or 10.0,
        )
        runs = (reached, *run_project_checks(connection, settings, comprehensive=comprehensive), *looked)
    return Report(
        command="health-check",
        subject="health" if comprehensive else "health (the quick checks; --comprehensive runs all)",
        target=settings.target,
        started=started,
        duration=time.monotonic() - clock,
        headline=_headline(runs),
        runs=runs,
        fail_on=settings.fail_on,
        data={str(outcome): sum(run.outcome is outcome for run in runs) for outcome in Outcome},
    )


def _headline(runs: tuple[CheckRun, ...]) -> str:
    counts = tally([finding for run in runs for finding in run.findings])
    ill = ", ".join(f"{number} {severity}" for severity, number in counts.items())
    unseen = sum(run.outcome in (Outcome.SKIPPED, Outcome.ERRORED) for run in runs)
    return f"{len(runs)} checks: {ill or 'nothing found'}" + (f", {unseen} could not look" if unseen else "")
