"""What a gate is asked: whether these revisions may be applied to this database now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from fingood.audit import AuditLog
from fingood.model.event import AuditEvent, EventKind
from fingood.settings import Settings

if TYPE_CHECKING:
    from fingood.revisions import Revision


@dataclass(frozen=True, kw_only=True)
class Question:
    """``pending`` are parents first. ``target`` describes the database without its password, ``url`` is a secret and
    leads to it; ``major`` is PostgreSQL's major version, None where unknown. ``now`` is aware. ``fresh`` says that no
    revision was applied to the database yet."""

    settings: Settings
    pending: tuple[Revision, ...]
    target: str
    dialect: str
    url: str = field(default="", repr=False)
    major: int | None = None
    fresh: bool = False
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @cached_property
    def recorded(self) -> dict[tuple[EventKind, str], AuditEvent]:
        """The newest check and rollback test of each pending revision's present content on this database.

        Raises CouldNotLook where the audit log cannot be read.
        """
        wanted = {revision.id: revision.content_hash for revision in self.pending if revision.content_hash}
        found = {}
        for event in AuditLog(self.settings.audit_log).events((EventKind.SAFETY_CHECK, EventKind.ROLLBACK_TEST)):
            payload = event.payload
            same = payload.get("content_hash") == wanted.get(event.subject) and payload.get("target") == self.target
            # An acceptance has an event of its own, and validate-all looks at less than a check does.
            answer = payload.get("mode") == "check" or event.kind is EventKind.ROLLBACK_TEST
            if same and answer and event.subject in wanted:
                found[event.kind, event.subject] = event
        return found

    def age(self, moment: datetime) -> float:
        """Seconds from then to now."""
        return (self.now - moment).total_seconds()


def ago(seconds: float) -> str:
    """``11 min ago``; what lies ahead of us is said so."""
    if seconds < 0:
        return f"{span(-seconds)} in the future"
    return f"{span(seconds)} ago"


def span(seconds: float) -> str:
    """``90 s``, ``11 min``, ``9 h``, ``4 days``."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 2 * 86400 else f"{seconds / 86400:.0f} days"


def named(revisions: tuple[str, ...]) -> str:
    """Up to three ids, and how many more."""
    more = f" and {len(revisions) - 3} more" if len(revisions) > 3 else ""
    return ", ".join(revisions[:3]) + more
