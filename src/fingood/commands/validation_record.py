"""A validation's answer in the audit log: one event, with the ids of the invariants that found something."""

from __future__ import annotations

from fingood.audit import AuditLog
from fingood.errors import Blocked
from fingood.model.event import EventKind
from fingood.model.report import Outcome, Report
from fingood.settings import Settings


def record_validation(settings: Settings, report: Report, mode: str) -> str:
    """Writes what a validation found. Returns why it could not, '' where it did: a look is not undone for it."""
    runs = report.all_runs
    answer = "blocked" if report.blocking else "not judged" if report.exit_code else "passed"
    payload = {
        "target": settings.target or None,
        "environment": settings.environment,
        "mode": mode,
        "result": answer,
        "passed": report.count(Outcome.PASSED),
        "failed": report.count(Outcome.FAILED),
        "skipped": report.count(Outcome.SKIPPED),
        "errored": report.count(Outcome.ERRORED),
        "findings": len(report.findings),
        "blocking": len(report.blocking),
        "checks": sorted({run.check for run in runs if run.findings}),
        "execution_ms": round(report.duration * 1000),
    }
    try:
        AuditLog(settings.audit_log).append(EventKind.VALIDATION, settings.target or "database", payload)
    except Blocked as error:
        return f"not recorded: {error.message}"
    return ""
