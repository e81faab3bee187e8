"""What a rule answers, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """What the evidence shows of a control. Only SATISFIED is good; NO_EVIDENCE is never counted as it."""

    SATISFIED = "satisfied"
    NOT_SATISFIED = "not-satisfied"
    NEEDS_PERSON = "needs-person"
    NO_EVIDENCE = "no-evidence"
    NOT_APPLICABLE = "not-applicable"

    def __str__(self) -> str:
        return str(self.value)


class EvidenceKind(Enum):
    """Where evidence comes from."""

    EVENTS = "audit events"
    APPROVALS = "approvals"
    CHECKS = "check results"
    PROOFS = "rollback proofs"
    VALIDATION = "validation results"
    BACKUPS = "backups"
    DATABASE = "database"
    FILES = "files"
    PERSON = "person"

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One piece of evidence: an event by number and SHA-256 of its stored line, a file by path and SHA-256, or a named
    query with the value that was observed."""

    kind: EvidenceKind
    name: str
    observed: str = ""
    sha256: str = ""

    def __str__(self) -> str:
        mark = f" {self.sha256[:12]}" if self.sha256 else ""
        seen = f": {self.observed}" if self.observed else ""
        return f"{self.name}{mark}{seen}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A rule's answer in a sentence. ``references`` are what it rests on; SATISFIED has at least one."""

    verdict: Verdict
    says: str
    references: tuple[Reference, ...] = ()

    def __post_init__(self) -> None:
        if self.verdict is Verdict.SATISFIED and not self.references:
            raise ValueError(f"satisfied without evidence: {self.says}")


def satisfied(says: str, *references: Reference) -> Answer:
    return Answer(verdict=Verdict.SATISFIED, says=says, references=references)


def not_satisfied(says: str, *references: Reference) -> Answer:
    return Answer(verdict=Verdict.NOT_SATISFIED, says=says, references=references)


def no_evidence(says: str, *references: Reference) -> Answer:
    return Answer(verdict=Verdict.NO_EVIDENCE, says=says, references=references)


def not_applicable(says: str, *references: Reference) -> Answer:
    return Answer(verdict=Verdict.NOT_APPLICABLE, says=says, references=references)
