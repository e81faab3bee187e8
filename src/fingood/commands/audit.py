"""`audit`: the log's events as a report, as a list, and the proof that nobody changed it."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fingood.audit import AuditLog, Verification, redact
from fingood.audit.log import Stored
from fingood.errors import ConfigError, CouldNotLook
from fingood.model.event import AuditEvent, EventKind
from fingood.model.finding import Finding, Location
from fingood.model.report import CheckRun, Outcome, Report, Section, Table
from fingood.model.severity import Confidence, Severity

_CHECK = "audit-chain"
_STARTS = EventKind.MIGRATION_START
_ENDS = {
    EventKind.MIGRATION_COMPLETE: "complete",
    EventKind.MIGRATION_ROLLBACK: "taken back",
    EventKind.MIGRATION_FAILED: "failed",
}
_MOST_SHOWN = 500


def verify_audit(log: AuditLog) -> Report:
    """Whether every line is as it was written and none is missing in between. Raises CouldNotLook without a log."""
    started, clock = datetime.now(UTC), time.monotonic()
    run, found = _chain(log)
    return Report(
        command="audit verify",
        subject=str(log.path),
        started=started,
        duration=time.monotonic() - clock,
        headline=f"{found.count} events, chain {_state(found)}, last line {found.last[:16]}",
        runs=(run,),
        data={"ok": found.ok, "events": found.count, "last": found.last, "problems": _problems(found)},
        recommendations=(f"keep the last line's hash elsewhere to see a cut-off end: {found.last}",)
        if found.ok
        else (),
    )


def report_audit(log: AuditLog, *, since: datetime | None, until: datetime | None) -> Report:
    """What happened between two moments (``until`` not included), with the state of the chain."""
    if since is not None and until is not None and since >= until:
        raise ConfigError(
            "--end-date: the period ends before it begins", key="--end-date", hint="--start-date comes first"
        )
    started, clock = datetime.now(UTC), time.monotonic()
    run, found = _chain(log)
    stored = [one for one in log.stored() if _within(one.event, since, until)]
    events = [one.event for one in stored]
    return Report(
        command="audit generate-report",
        subject=f"{log.path} {_period(since, until)}",
        started=started,
        duration=time.monotonic() - clock,
        headline=f"{len(events)} events {_period(since, until)}, chain {_state(found)}",
        runs=(run,),
        sections=_sections(events),
        data={
            "since": since.isoformat() if since else None,
            "until": until.isoformat() if until else None,
            "chain": {"ok": found.ok, "events": found.count, "last": found.last, "problems": _problems(found)},
            "counts": dict(Counter(event.kind.value for event in events)),
            "events": [event_object(event) for event in events],
        },
        records=_records(stored, found),
    )


def show_audit(log: AuditLog, *, kinds: Sequence[str] = (), subject: str = "", last: int = 50) -> Report:
    """The newest events, the oldest of them first. Raises CouldNotLook without a log."""
    started, clock = datetime.now(UTC), time.monotonic()
    if not log.path.exists():
        raise CouldNotLook(f"no audit log at {log.path}", hint="it is made with the first event")
    known = [one for one in log.stored() if not kinds or one.event.kind.value in kinds]
    stored = [one for one in known if subject in one.event.subject][-last:]
    wanted = [one.event for one in stored]
    rows = tuple((str(e.sequence), _moment(e.at), e.kind.value, e.subject, _who(e), _told(e)) for e in wanted)
    columns = ("event", "at (UTC)", "kind", "subject", "by", "particulars")
    return Report(
        command="audit show",
        subject=str(log.path),
        started=started,
        duration=time.monotonic() - clock,
        headline=f"{len(wanted)} events",
        sections=(Table(title="Events", columns=columns, rows=rows),) if rows else (),
        data={"events": [event_object(event) for event in wanted]},
        records=_records(stored, None),
    )


def moment_of(text: str, option: str, *, end: bool = False) -> datetime:
    """A date or an ISO date and time, UTC where it says no zone; a date as an ``end`` means up to its midnight.

    Raises ConfigError for anything else.
    """
    try:
        moment = datetime.fromisoformat(text)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        return moment + timedelta(days=1) if end and _is_day(text) else moment
    except (ValueError, OverflowError):
        raise ConfigError(f"{option}: '{redact(text)}' is no date", key=option, hint="like 2024-01-31") from None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def event_object(event: AuditEvent) -> dict[str, Any]:
    """The event as plain JSON values."""
    return {
        "sequence": event.sequence,
        "at": event.at.isoformat(),
        "kind": event.kind.value,
        "subject": event.subject,
        "actor": event.actor,
        "os_user": event.os_user,
        "host": event.host,
        "session": event.session,
        "pid": event.pid,
        "payload": dict(event.payload),
    }


def _chain(log: AuditLog) -> tuple[CheckRun, Verification]:
    clock = time.monotonic()
    found = log.verify()
    findings = tuple(
        Finding(
            check=_CHECK,
            severity=Severity.WARNING if problem.harmless else Severity.CRITICAL,
            confidence=Confidence.OBSERVED,
            message=problem.message,
            effect="" if problem.harmless else "From here on the log is no evidence of what happened.",
            location=Location(path=str(log.path), line=problem.line),
            subject=f"line {problem.line}",
            evidence={"kind": problem.kind.value},
        )
        for problem in found.problems
    )
    outcome = Outcome.FAILED if findings else Outcome.PASSED
    duration = time.monotonic() - clock
    return CheckRun(check=_CHECK, outcome=outcome, findings=findings, duration=duration, subject=str(log.path)), found


def _problems(found: Verification) -> list[dict[str, object]]:
    return [
        {"line": p.line, "kind": p.kind.value, "message": p.message, "harmless": p.harmless} for p in found.problems
    ]


def _state(found: Verification) -> str:
    """The chain in a word, and where it breaks first."""
    bad = next((problem.line for problem in found.problems if not problem.harmless), None)
    return "unbroken" if bad is None else f"BROKEN at line {bad}"


def _records(stored: Sequence[Stored], found: Verification | None) -> Table:
    """One row an event; where the chain is broken the first row says so."""
    columns = ("sequence", "at", "kind", "subject", "actor", "os_user", "host", "session", "pid", "payload", "sha256")
    rows = [tuple(map(str, _cells(one))) for one in stored]
    if found is not None and not found.ok:
        bad = next(problem for problem in found.problems if not problem.harmless)
        rows.insert(0, ("", "", _CHECK, f"BROKEN at line {bad.line}: {bad.message}", *("",) * 7))
    return Table(title="events", columns=columns, rows=tuple(rows))


def _cells(stored: Stored) -> tuple[object, ...]:
    event = stored.event
    payload = json.dumps(dict(event.payload), sort_keys=True, ensure_ascii=False)
    who = (event.actor, event.os_user, event.host, event.session, event.pid)
    return (event.sequence, event.at.isoformat(), event.kind.value, event.subject, *who, payload, stored.sha256)


def _sections(events: Sequence[AuditEvent]) -> tuple[Section, ...]:
    counts = Counter(event.kind.value for event in events)
    sections: list[Section] = []
    if counts:
        rows = tuple((kind, str(number)) for kind, number in sorted(counts.items()))
        sections.append(Table(title="Events by kind", columns=("kind", "events"), rows=rows))
    migrations = _migrations(events)
    if migrations:
        columns = ("started (UTC)", "migration", "what", "database", "by", "outcome", "took", "tables", "events")
        sections.append(Table(title="Migrations", columns=columns, rows=migrations))
    migration_kinds = {_STARTS, *_ENDS}
    others = [event for event in events if event.kind not in migration_kinds]
    if others:
        shown = others[-_MOST_SHOWN:]
        title = "Everything else" if len(shown) == len(others) else f"Everything else (the last {_MOST_SHOWN})"
        told = tuple((_moment(e.at), e.kind.value, e.subject, _who(e), _told(e)) for e in shown)
        sections.append(Table(title=title, columns=("at (UTC)", "kind", "subject", "by", "particulars"), rows=told))
    return tuple(sections)


def _migrations(events: Iterable[AuditEvent]) -> tuple[tuple[str, ...], ...]:
    """One row a migration: its start joined with its end. A start without an end is a run that was killed, or one that
    is under way."""
    begun: dict[tuple[str, str], AuditEvent] = {}
    rows: list[tuple[AuditEvent, AuditEvent | None]] = []
    for event in events:
        key = (str(event.payload.get("run") or event.session), event.subject)
        if event.kind is _STARTS:
            begun[key] = event
        elif event.kind in _ENDS:
            rows.append((begun.pop(key, event), event))
    rows += [(start, None) for start in begun.values()]
    rows.sort(key=lambda pair: pair[0].sequence)
    return tuple(_migration_row(start, end) for start, end in rows)


def _migration_row(start: AuditEvent, end: AuditEvent | None) -> tuple[str, ...]:
    payload = end.payload if end is not None else {}
    outcome = _ENDS[end.kind] if end is not None else "no end recorded"
    detail = str(payload.get("sqlstate") or payload.get("outcome") or "")
    took = payload.get("execution_ms")
    tables = payload.get("affected_tables") or []
    return (
        _moment(start.at),
        start.subject,
        str(start.payload.get("migration_type", "")),
        str(start.payload.get("database_name", "")),
        _who(start),
        f"{outcome} ({detail})" if detail else outcome,
        f"{took / 1000:.1f} s" if isinstance(took, int) else "–",
        ", ".join(map(str, tables)) if isinstance(tables, list) else "",
        f"{start.sequence}" if end is None or end is start else f"{start.sequence}, {end.sequence}",
    )


def _within(event: AuditEvent, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or event.at >= since) and (until is None or event.at < until)


def _period(since: datetime | None, until: datetime | None) -> str:
    begin = f"from {_moment(since)}" if since else "from the beginning"
    return f"{begin} to {_moment(until) if until else 'now'}"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _who(event: AuditEvent) -> str:
    who = event.actor if event.actor == event.os_user else f"{event.actor} ({event.os_user})"
    return f"{who}@{event.host}"


def _told(event: AuditEvent) -> str:
    hidden = {"run", "target", "tool_version", "migration_id"}
    return ", ".join(f"{key}={_value(value)}" for key, value in event.payload.items() if key not in hidden)


def _value(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
