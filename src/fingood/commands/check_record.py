"""A check's answer in the audit log: one event for each revision or file, and one for each acceptance that was used."""

from __future__ import annotations

from collections.abc import Collection

from fingood.audit import AuditLog
from fingood.errors import Blocked
from fingood.model.event import EventKind
from fingood.model.report import Acceptance, Outcome, Report
from fingood.model.severity import SafetyLevel
from fingood.settings import Settings


def record_check(
    settings: Settings,
    report: Report,
    *,
    subject: str,
    path: str,
    level: SafetyLevel,
    content_hash: str = "",
    static: bool = False,
    chosen: tuple[Collection[str], Collection[str]] = ((), ()),
) -> str:
    """Writes what a check found of one revision or file. Returns why it could not, '' where it did.

    ``chosen`` are the checks that were selected and those that were ignored, ``static`` says that nothing was run.

    Raises Blocked where an acceptance was used and cannot be recorded: nobody may accept without a trace.
    """
    accepted = [item for run in report.all_runs for item in run.accepted]
    common = {
        "migration_id": subject,
        "path": path,
        "content_hash": content_hash or None,
        "target": settings.target or None,
        "environment": settings.environment,
        "level": str(level),
    }
    how = {"static": static, "select": sorted(chosen[0]), "ignore": sorted(chosen[1])}
    log = AuditLog(settings.audit_log)
    try:
        for item in accepted:
            log.append(EventKind.SAFETY_CHECK, subject, {**common, **_acceptance(item)})
        log.append(EventKind.SAFETY_CHECK, subject, {**common, **how, **_answer(report), "accepted": len(accepted)})
    except Blocked as error:
        if accepted:
            raise
        return f"not recorded: {error.message}"
    return ""


def _answer(report: Report) -> dict[str, object]:
    return {
        "result": "blocked" if report.blocking else "not judged" if report.exit_code else "passed",
        "mode": report.command,
        "passed": report.count(Outcome.PASSED),
        "failed": report.count(Outcome.FAILED),
        "skipped": report.count(Outcome.SKIPPED),
        "errored": report.count(Outcome.ERRORED),
        "findings": len(report.findings),
        "blocking": len(report.blocking),
        "worst": str(report.findings[0].severity) if report.findings else "",
        "known": sum(len(run.known) for run in report.all_runs),
        "execution_ms": round(report.duration * 1000),
    }


def _acceptance(item: Acceptance) -> dict[str, object]:
    return {
        "result": "accepted",
        "check": item.check,
        "path": item.path,
        "line": item.line,
        "reason": item.reason,
        "ticket": item.ticket or None,
        "until": str(item.until) if item.until else None,
        "findings": item.findings,
    }
