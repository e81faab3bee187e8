"""A finding: what a check has to say about one place."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from fingood.model.severity import Confidence, Severity


class Direction(Enum):
    """Which way a revision runs."""

    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place in the user's files. ``path`` is relative to the project's root, ``line`` counts from 1."""

    path: str
    line: int | None = None
    revision: str | None = None
    direction: Direction | None = None

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong, what follows from it and what to write instead.

    ``check`` is the id of the check or invariant, ``subject`` the database object or revision it is about,
    ``statement`` the SQL it was seen in, ``remedy`` ready to paste with the user's own names.
    """

    check: str
    severity: Severity
    confidence: Confidence
    message: str
    effect: str = ""
    remedy: str = ""
    location: Location | None = None
    subject: str = ""
    statement: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Stable across runs and line moves: check, revision, direction, subject and normalised statement."""
        place = self.location
        parts = (
            self.check,
            (place.revision or place.path) if place else "",
            str(place.direction) if place and place.direction else "",
            self.subject,
            " ".join(self.statement.split()),
        )
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
