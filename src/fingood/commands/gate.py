"""`gate`: the conditions of an upgrade, each with its evidence, without upgrading."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from fingood.audit import AuditLog
from fingood.commands.target import Target, look_at_target
from fingood.errors import ConfigError
from fingood.gate import Condition, Decision, Question, State, decide, record_decision
from fingood.model.finding import Finding
from fingood.model.report import CheckRun, Outcome, Report, Table
from fingood.model.severity import Confidence, Severity
from fingood.revisions import History, Revision
from fingood.settings import Settings, require_database_url

_OUTCOMES = {State.MET: Outcome.PASSED, State.MISSING: Outcome.FAILED, State.UNSEEN: Outcome.ERRORED}


def look_at_gate(settings: Settings, target: str = "heads", *, now: datetime | None = None) -> Report:
    """What the guard would say of ``alembic upgrade TARGET`` now. ``data["allowed"]`` is the answer.

    Raises ConfigError where no database is configured, HistoryError, CannotConnect, and Blocked where the audit log
    cannot be written.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    require_database_url(settings)
    history, database = History.load(settings.project), look_at_target(settings)
    heads = database.facts.heads if database.facts is not None else ()
    wanted = _up_to(history, target)
    pending = tuple(revision for revision in history.pending(heads) if revision.id in wanted)
    if not pending or not settings.policy.require:
        return Report(
            command="gate",
            subject=f"alembic upgrade {target}",
            target=settings.target,
            started=started,
            duration=time.monotonic() - clock,
            headline=f"nothing is pending: {settings.target} is up to date"
            if not pending
            else f"no condition is configured in {settings.environment}: policy.require is empty",
            data={"allowed": True, "revisions": [one.id for one in pending], "conditions": []},
        )
    decision = decide(_question(settings, pending, database, fresh=not heads, now=now or started))
    decision = record_decision(AuditLog(settings.audit_log), decision, dry=True)
    return _report(settings, target, decision, started, time.monotonic() - clock)


def _up_to(history: History, target: str) -> frozenset[str]:
    if target in ("head", "heads"):
        return frozenset(revision.id for revision in history.ordered())
    meant = [revision.id for revision in history.resolve(target)]
    if not meant:
        raise ConfigError(f"'{target}' means no revision", hint="heads, an id, or a file's name")
    return frozenset(history.ancestors(meant)) | frozenset(meant)


def _question(
    settings: Settings, pending: tuple[Revision, ...], database: Target, *, fresh: bool, now: datetime
) -> Question:
    return Question(
        settings=settings,
        pending=pending,
        target=settings.target,
        dialect=database.dialect,
        url=database.url,
        major=database.major,
        fresh=fresh,
        now=now,
    )


def _report(settings: Settings, target: str, decision: Decision, started: datetime, duration: float) -> Report:
    rows = tuple((str(one.state), one.title, one.evidence, one.remedy) for one in decision.conditions)
    return Report(
        command="gate",
        subject=f"alembic upgrade {target}",
        target=settings.target,
        started=started,
        duration=duration,
        headline=decision.headline,
        runs=tuple(_run(one) for one in decision.conditions),
        sections=(Table(title="conditions", columns=("state", "condition", "evidence", "what to do"), rows=rows),),
        recommendations=("alembic upgrade head",) if decision.allowed else (),
        data={
            "allowed": decision.allowed,
            "environment": decision.environment,
            "revisions": list(decision.revisions),
            "event": decision.sequence,
            "conditions": [
                {"name": one.name, "state": str(one.state), "evidence": one.evidence, "remedy": one.remedy}
                for one in decision.conditions
            ],
        },
        fail_on=Severity.ERROR,
    )


def _run(condition: Condition) -> CheckRun:
    """The condition as every format shows it."""
    findings: tuple[Finding, ...] = ()
    if condition.state is State.MISSING:
        findings = (
            Finding(
                check=f"gate-{condition.name}",
                severity=Severity.ERROR,
                confidence=Confidence.OBSERVED,
                message=f"{condition.title}: {condition.evidence}",
                remedy=condition.remedy,
                subject=condition.name,
            ),
        )
    return CheckRun(
        check=f"gate-{condition.name}",
        outcome=_OUTCOMES[condition.state],
        findings=findings,
        reason=condition.evidence if condition.state is State.UNSEEN else "",
        subject=condition.name,
    )
