"""`generate-compliance-report`: the evidence that is there. Judging controls by it is not part of this version."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime

from fingood.audit import AuditLog
from fingood.errors import ConfigError, CouldNotLook
from fingood.model.report import CheckRun, Outcome, Report, Table
from fingood.settings import Settings

STANDARDS = ("SOX", "PCI_DSS", "GDPR")
NOT_JUDGED = "controls are not judged by this version: no verdict on any of them is given"


def list_evidence(settings: Settings, standards: tuple[str, ...]) -> Report:
    """The audit log's events by kind, and whether the log is whole.

    Raises ConfigError for a standard that is not known.
    """
    unknown = [name for name in standards if name not in STANDARDS]
    if unknown or not standards:
        raise ConfigError(
            f"no standard '{', '.join(unknown)}'", key="standards", hint=f"one or more of {', '.join(STANDARDS)}"
        )
    started, clock = datetime.now(UTC), time.monotonic()
    log = AuditLog(settings.audit_log)
    events = list(log.events())
    counts = Counter(event.kind.value for event in events)
    rows = tuple((kind, str(number)) for kind, number in sorted(counts.items()))
    return Report(
        command="generate-compliance-report",
        subject=", ".join(standards),
        target=settings.target,
        started=started,
        duration=time.monotonic() - clock,
        headline=f"{len(events)} events in the audit log; {NOT_JUDGED}",
        runs=(
            _log_is_whole(log),
            *(CheckRun(check=name, outcome=Outcome.SKIPPED, reason=NOT_JUDGED) for name in standards),
        ),
        sections=(Table(title="Evidence in the audit log", columns=("kind", "events"), rows=rows),) if rows else (),
        data={"standards": list(standards), "events": dict(counts)},
    )


def _log_is_whole(log: AuditLog) -> CheckRun:
    try:
        verification = log.verify()
    except CouldNotLook as error:
        return CheckRun(check="audit-log-whole", outcome=Outcome.SKIPPED, reason=error.message)
    if verification.problems:
        reason = f"{len(verification.problems)} problems: python migrations/safety/audit_logger.py verify"
        return CheckRun(check="audit-log-whole", outcome=Outcome.ERRORED, reason=reason)
    return CheckRun(check="audit-log-whole", outcome=Outcome.PASSED)
