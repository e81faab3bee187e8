"""What moved since the last validation of the same database: new, gone, more and fewer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from fingood.errors import CouldNotLook
from fingood.model.finding import Finding
from fingood.model.report import CheckRun, Outcome, Section, Text
from fingood.validation.increment import Increment
from fingood.validation.results import Known, Results


@dataclass(frozen=True, slots=True)
class Trend:
    """Sections for people and data for programs; both empty where there was no earlier run."""

    sections: tuple[Section, ...] = ()
    data: tuple[dict[str, object], ...] = ()


def compare_results(results: Results, runs: Sequence[CheckRun]) -> Trend:
    """What was found now, beside what the last run found."""
    try:
        known = results.known()
    except CouldNotLook as error:
        return Trend((Text(title="Since the last run", lines=(error.message,)),))
    findings = {one.fingerprint: one for run in runs for one in run.findings}
    if not known and not results.path.exists():
        return Trend()
    moved = [*_found(findings, known, runs), *_gone(findings, known, runs)]
    if not moved:
        return Trend()
    lines = tuple(f"{entry['what']}: {entry['check']} {entry['subject']} {entry['words']}".rstrip() for entry in moved)
    return Trend((Text(title="Since the last run", lines=lines),), tuple(moved))


def _rows(runs: Sequence[CheckRun], fingerprint: str) -> int:
    found = (one for run in runs for one in run.findings if one.fingerprint == fingerprint)
    return sum(int(one.evidence.get("rows", "1")) for one in found)


def _found(
    findings: dict[str, Finding], known: dict[str, Known], runs: Sequence[CheckRun]
) -> Iterator[dict[str, object]]:
    for fingerprint, finding in findings.items():
        before, now = known.get(fingerprint), _rows(runs, fingerprint)
        what, words = "new", ""
        if before is not None:
            what = "more" if now > before.rows else "fewer" if now < before.rows else "known"
            words = f"({before.rows:,} → {now:,}) since {before.since[:10]}"
        yield {"what": what, "check": finding.check, "subject": finding.subject, "rows": now, "words": words}


def _gone(
    findings: dict[str, Finding], known: dict[str, Known], runs: Sequence[CheckRun]
) -> Iterator[dict[str, object]]:
    blind = any(run.outcome is Outcome.ERRORED for run in runs)
    gone = [fingerprint for fingerprint in known if fingerprint not in findings]
    if gone and not blind:
        yield {"what": "gone", "check": f"{len(gone)} findings", "subject": "", "rows": 0, "words": ""}


def keep_results(
    results: Results, mode: str, at: datetime, runs: Sequence[CheckRun], increment: Increment | None
) -> str:
    """Keeps what was found for the next run; why it could not be kept, '' where it was."""
    try:
        results.add(mode, at, (finding for run in runs for finding in run.findings))
        if increment is not None:
            results.set_marks(increment.after)
    except CouldNotLook as error:
        return f"not kept for the next run: {error.message}"
    return ""
