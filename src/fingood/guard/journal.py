"""The run's events in the audit log: a start before each step, its end after the commit."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fingood import __version__
from fingood.audit import AuditLog
from fingood.errors import Blocked
from fingood.guard.environment import StepFacts
from fingood.model.event import AuditEvent, EventKind

_ENDS = (EventKind.MIGRATION_COMPLETE, EventKind.MIGRATION_ROLLBACK, EventKind.MIGRATION_FAILED)


@dataclass(slots=True, kw_only=True)
class Journal:
    """Writes one run's events. ``database`` and ``target`` name the database without secrets."""

    log: AuditLog
    database: str
    target: str
    environment: str
    root: Path
    run: str = field(default_factory=lambda: uuid.uuid4().hex)
    written: list[int] = field(default_factory=list)

    def start(self, step: StepFacts, particulars: Mapping[str, object]) -> AuditEvent:
        return self._append(EventKind.MIGRATION_START, step, {"tool_version": __version__, **particulars})

    def complete(self, step: StepFacts, particulars: Mapping[str, object]) -> None:
        """The step is in the database. Raises Blocked, saying that it is, where this cannot be stored."""
        kind = EventKind.MIGRATION_ROLLBACK if step.kind == "downgrade" else EventKind.MIGRATION_COMPLETE
        try:
            self._append(kind, step, particulars)
        except Blocked as error:
            raise Blocked(
                f"{step.kind} of {step.revision} is committed, but {error.message}",
                hint=f"{error.hint}; the next run records the missing end",
            ) from None

    def failed(self, step: StepFacts, particulars: Mapping[str, object]) -> None:
        self._append(EventKind.MIGRATION_FAILED, step, particulars)

    def refused(self, reason: str) -> None:
        """The run was refused before its first step."""
        payload = {"event": "run_refused", "severity": "warning", "detail": reason, "target": self.target}
        self.log.append(EventKind.SECURITY, self.database, {**payload, "run": self.run})

    def unfinished(self) -> list[AuditEvent]:
        """The starts of earlier runs on this database that have no end: those runs were killed."""
        begun: dict[tuple[str, str], AuditEvent] = {}
        for event in self.log.events((EventKind.MIGRATION_START, *_ENDS)):
            run = str(event.payload.get("run", ""))
            if not run or event.payload.get("target") != self.target:
                continue
            if event.kind is EventKind.MIGRATION_START:
                begun[run, event.subject] = event
            elif event.kind in _ENDS:
                begun.pop((run, event.subject), None)
        return [event for (run, _), event in begun.items() if run != self.run]

    def recover(self, start: AuditEvent, *, done: bool) -> None:
        """Writes the end that a killed run could not write, by what the version table says now."""
        step = StepFacts(
            revision=start.subject,
            kind=str(start.payload.get("migration_type", "")),
            content_hash=str(start.payload.get("content_hash") or ""),
        )
        found = {"run": start.payload["run"], "recovered": True, "started_sequence": start.sequence}
        if done:
            self.complete(step, {**found, "outcome": "committed; its run ended before it could record it"})
        else:
            self.failed(step, {**found, "outcome": "not in the version table", "reason": "its run was killed"})

    def _append(self, kind: EventKind, step: StepFacts, particulars: Mapping[str, object]) -> AuditEvent:
        payload = {
            "migration_id": step.revision,
            "migration_type": step.kind,
            "database_name": self.database,
            "target": self.target,
            "environment": self.environment,
            "run": self.run,
            "path": self.shown(step.path) or None,
            "content_hash": step.content_hash or None,
            "below": step.below,
            **particulars,
        }
        event = self.log.append(kind, step.revision, payload)
        self.written.append(event.sequence)
        return event

    def shown(self, path: str) -> str:
        """The path as people know it: from the project's folder on."""
        if not path:
            return ""
        try:
            return str(Path(path).relative_to(self.root.resolve()))
        except ValueError:
            return path
