"""Everything that rules may know, read beforehand and frozen. What could not be read says why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from fingood.audit import Verification
from fingood.compliance.verdict import EvidenceKind, Reference
from fingood.model.change import Approval
from fingood.model.event import AuditEvent, EventKind
from fingood.model.observed import Observed


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event and the SHA-256 of its stored line."""

    event: AuditEvent
    sha256: str

    @property
    def reference(self) -> Reference:
        event = self.event
        return Reference(
            kind=EvidenceKind.EVENTS,
            name=f"event {event.sequence}",
            observed=f"{event.kind.value} {event.subject}, {event.at:%Y-%m-%d %H:%M:%S} UTC",
            sha256=self.sha256,
        )

    def says(self, key: str) -> str:
        """A value of the payload as text; '' where there is none."""
        value = self.event.payload.get(key)
        return "" if value is None else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A migration that began in the period: its start and its end, None where none is recorded."""

    start: Recorded
    end: Recorded | None = None

    @property
    def revision(self) -> str:
        return self.start.event.subject

    @property
    def content_hash(self) -> str:
        return self.start.says("content_hash")

    @property
    def forward(self) -> bool:
        """Whether it brought something new in: neither a way back nor a stamp."""
        return self.start.says("migration_type") not in ("downgrade", "stamp", "rollback")

    @property
    def done(self) -> bool:
        return self.end is not None and self.end.event.kind is EventKind.MIGRATION_COMPLETE


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSeen:
    """The audit log. ``verification`` is None where it could not be read, for the ``reason``. ``open_to_others`` names
    the file or folder that others than the owner may read or write; ``first`` is the oldest event."""

    path: str
    verification: Verification | None = None
    reason: str = ""
    open_to_others: tuple[str, ...] = ()
    first: Recorded | None = None

    @property
    def trouble(self) -> str:
        """Why no rule may rest on its events; '' where they may."""
        if self.verification is None:
            return self.reason
        if not self.verification.ok:
            line = next(problem.line for problem in self.verification.problems if not problem.harmless)
            return f"the audit log is broken at line {line}: its events are no evidence"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionSeen:
    """A revision in the repository: its meaning now, its authors' names, and who approved it."""

    id: str
    path: str
    content_hash: str
    authors: frozenset[str] = frozenset()
    no_author: str = ""
    approvals: tuple[Approval, ...] = ()
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofSeen:
    """A kept proof that a revision can be undone."""

    revision: str
    judgement: str
    proven: bool
    path: str
    sha256: str

    @property
    def reference(self) -> Reference:
        return Reference(kind=EvidenceKind.PROOFS, name=self.path, observed=self.judgement, sha256=self.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSeen:
    """A backup of the database. ``problems`` say what is wrong with its files, None where nobody read them."""

    id: str
    taken: datetime
    state: str
    manifest: str
    sha256: str
    problems: tuple[str, ...] | None = None

    @property
    def reference(self) -> Reference:
        seen = f"{self.state}, taken {self.taken:%Y-%m-%d %H:%M} UTC"
        return Reference(kind=EvidenceKind.BACKUPS, name=self.manifest, observed=seen, sha256=self.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretSeen:
    """A line of a project's file that holds a secret in the clear; the secret itself is not kept."""

    path: str
    line: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """``events`` are all of this database up to the period's end, ``changes`` the migrations that began in the period.
    ``required_approvals`` and ``backup_max_age`` (seconds) are the project's policy. ``looks`` are queries by name;
    ``no_database`` says why there are none. ``files_read`` were searched for secrets."""

    since: datetime | None
    until: datetime
    target: str
    environment: str
    log: LogSeen
    events: tuple[Recorded, ...] = ()
    changes: tuple[Change, ...] = ()
    revisions: Mapping[str, RevisionSeen] = field(default_factory=dict)
    no_history: str = ""
    required_approvals: int = 0
    backup_max_age: float = 86400.0
    proofs: tuple[ProofSeen, ...] = ()
    backups: tuple[BackupSeen, ...] = ()
    no_backups: str = ""
    open_backups: tuple[str, ...] = ()
    files_read: tuple[str, ...] = ()
    secrets: tuple[SecretSeen, ...] = ()
    dialect: str = ""
    no_database: str = ""
    looks: Mapping[str, Observed] = field(default_factory=dict)
    heads: tuple[str, ...] | None = None
    open_database: str | None = None
    read_at: datetime | None = None

    @property
    def forward(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.forward)

    def of_kind(self, *kinds: EventKind) -> tuple[Recorded, ...]:
        return tuple(one for one in self.events if one.event.kind in kinds)

    def in_period(self, recorded: Recorded) -> bool:
        at = recorded.event.at
        return (self.since is None or at >= self.since) and at < self.until

    def about(self, change: Change, kinds: Collection[EventKind]) -> tuple[Recorded, ...]:
        """Events about the change's revision, with the very content that ran, before it began."""
        return tuple(
            one
            for one in self.of_kind(*kinds)
            if one.event.subject == change.revision
            and one.event.sequence < change.start.event.sequence
            and one.says("content_hash") == change.content_hash != ""
        )
