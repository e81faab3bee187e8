"""How bad, how sure, how strict: the three scales everybody shares."""

from __future__ import annotations

from enum import Enum


class _Ordered(Enum):
    """An enum whose members are ordered as they are written, least first."""

    def __init__(self, word: str) -> None:
        self.rank = len(type(self).__members__)

    def __lt__(self, other: object) -> bool:
        return self.rank < other.rank if isinstance(other, _Ordered) and type(other) is type(self) else NotImplemented

    def __le__(self, other: object) -> bool:
        return self.rank <= other.rank if isinstance(other, _Ordered) and type(other) is type(self) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self.rank > other.rank if isinstance(other, _Ordered) and type(other) is type(self) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return self.rank >= other.rank if isinstance(other, _Ordered) and type(other) is type(self) else NotImplemented

    def __str__(self) -> str:
        return str(self.value)


class Severity(_Ordered):
    """How bad a finding is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


class Confidence(_Ordered):
    """How a finding is known: guessed because a statement was opaque, read from the SQL, or seen in a run."""

    POSSIBLE = "possible"
    PARSED = "parsed"
    OBSERVED = "observed"


class SafetyLevel(_Ordered):
    """How strict a safety check is: which checks must run and which severity blocks."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def blocks_at(self) -> Severity:
        """The lowest severity that blocks at this level."""
        return _BLOCKS_AT[self]


_BLOCKS_AT = {
    SafetyLevel.LOW: Severity.CRITICAL,
    SafetyLevel.MEDIUM: Severity.ERROR,
    SafetyLevel.HIGH: Severity.ERROR,
    SafetyLevel.CRITICAL: Severity.WARNING,
}


class ValidationResult(Enum):
    """The one-word answer of a safety check."""

    PASS = "pass"
    WARNING = "warning"
    FAIL = "fail"
    NOT_RUN = "not run"

    def __str__(self) -> str:
        return str(self.value)
