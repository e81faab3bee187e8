"""A report: what a command found out, in a form that every renderer can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from fingood.model.finding import Finding
from fingood.model.severity import Severity


class Outcome(Enum):
    """How one check ended. Skipped and errored are never green."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERRORED = "errored"

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A finding of ``check`` that a comment in the user's file accepts, with what the comment says."""

    check: str
    path: str
    line: int
    reason: str
    until: date | None = None
    ticket: str = ""
    findings: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """One check, run once. ``duration`` is seconds; ``reason`` says why it was skipped or errored. ``accepted`` are the
    comments that took findings out; ``known`` are findings that a baseline holds, shown and not counted."""

    check: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    duration: float = 0.0
    reason: str = ""
    subject: str = ""
    accepted: tuple[Acceptance, ...] = ()
    known: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A titled table of text cells, one tuple a row, for facts that are not findings (locks, sizes, ways back); a
    ``detail`` only to who asks for more."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    detail: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A titled block of lines, shown as they are; a ``detail`` only to who asks for more."""

    title: str
    lines: tuple[str, ...]
    detail: bool = False


Section = Table | Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a check of that ``id`` looks for, for formats that carry the rules beside the findings: ``title`` in one
    line, ``page`` the whole documentation in Markdown, ``severity`` how bad its findings usually are, ``family`` what
    kind of harm it is about."""

    id: str
    title: str
    page: str
    severity: Severity
    family: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a command found out.

    ``command`` is the verb, ``subject`` what it looked at (revision, database), ``headline`` the answer in one line,
    ``data`` the machine-readable particulars of the command (JSON values only), ``recommendations`` the next commands
    to type. ``fail_on`` is the severity from which findings make the exit code 1. ``counted`` is False for a child
    whose findings were meant to be found, as the demo's bad migration: shown, and not counted by its parents.
    ``rules`` describe the checks that ran, where they have pages. ``records`` is what the command lists one by one
    (events, controls), for CSV.
    """

    command: str
    subject: str
    started: datetime
    duration: float
    headline: str = ""
    target: str = ""
    runs: tuple[CheckRun, ...] = ()
    sections: tuple[Section, ...] = ()
    recommendations: tuple[str, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)
    fail_on: Severity = Severity.ERROR
    children: tuple[Report, ...] = ()
    counted: bool = True
    rules: tuple[Rule, ...] = ()
    records: Table | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, the worst first, those of counted child reports included."""
        own = [finding for run in self.runs for finding in run.findings]
        below = [finding for child in self.children if child.counted for finding in child.findings]
        return tuple(sorted(own + below, key=lambda finding: -finding.severity.rank))

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings at or above ``fail_on``."""
        return tuple(finding for finding in self.findings if finding.severity >= self.fail_on)

    @property
    def all_runs(self) -> tuple[CheckRun, ...]:
        return self.runs + tuple(run for child in self.children if child.counted for run in child.all_runs)

    def count(self, outcome: Outcome) -> int:
        return sum(run.outcome is outcome for run in self.all_runs)

    @property
    def exit_code(self) -> int:
        """0 clean, 1 findings at or above ``fail_on``, 3 when a check errored and nothing worse was found."""
        if self.blocking:
            return 1
        return 3 if self.count(Outcome.ERRORED) else 0


def tally(findings: Sequence[Finding]) -> dict[Severity, int]:
    """How many findings of each severity that occurs, the worst first."""
    counts = {severity: sum(f.severity is severity for f in findings) for severity in reversed(Severity)}
    return {severity: n for severity, n in counts.items() if n}
