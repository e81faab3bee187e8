"""A report whose every text holds what some format takes for its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from fingood.model.finding import Direction, Finding, Location
from fingood.model.report import CheckRun, Outcome, Report, Rule, Table, Text
from fingood.model.severity import Confidence, Severity

ODD = (
    "50% of %0A %25 \"Order Lines\" | a::b, `x``y` <script>alert('é£😀')</script> & {0} [a](b) @bank #1 --> ]]>"
    "\r\n::error::no\x1b\x00"
)
PATH = "migrations/versions/4f2a_100%: ‘naïve’, `a` #1.py"


def finding(severity: Severity = Severity.ERROR, **changes: object) -> Finding:
    made = Finding(
        check="set-not-null",
        severity=severity,
        confidence=Confidence.OBSERVED,
        message=f"message {ODD}",
        effect=f"effect {ODD}",
        remedy=f"op.execute('''{ODD}''')\n````\nop.f({{}})",
        location=Location(path=PATH, line=31, revision="4f2a", direction=Direction.UPGRADE),
        subject='ledger."Order Lines"',
        statement=f"SELECT '{ODD}'",
        evidence={"rows": ODD},
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def failed(*findings: Finding, check: str = "set-not-null") -> CheckRun:
    return CheckRun(check=check, outcome=Outcome.FAILED, findings=findings, duration=0.25)


def report(*runs: CheckRun, **changes: object) -> Report:
    made = Report(
        command="check", subject="4f2a9c01", started=datetime(2026, 1, 1, 12, tzinfo=UTC), duration=1.5, runs=runs
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def odd_report() -> Report:
    """Every kind of run, two findings alike, one without a file, a child that counts and one that does not."""
    unseen = (
        CheckRun(check="replication-lag", outcome=Outcome.SKIPPED, reason=f"reason {ODD}"),
        CheckRun(check="disk-space", outcome=Outcome.ERRORED, reason=f"reason {ODD}"),
    )
    data = finding(Severity.CRITICAL, check="unbalanced", location=None)
    child = report(failed(data, check="unbalanced"), subject=f"child {ODD}")
    aside = report(failed(finding(message="not counted")), subject="aside", counted=False)
    return report(
        failed(finding(), finding(), finding(Severity.INFO)),
        CheckRun(check="drop-table", outcome=Outcome.PASSED),
        *unseen,
        subject=f"subject {ODD}",
        target=f"target {ODD}",
        headline=f"headline {ODD}",
        sections=(
            Table(title=f"table {ODD}", columns=("a|b", ODD), rows=((ODD, "x"),)),
            Text(title=f"text {ODD}", lines=(ODD,)),
        ),
        children=(child, aside),
        rules=(
            Rule(id="set-not-null", title=f"title {ODD}", page=f"First {ODD}\n\n## More", severity=Severity.WARNING),
        ),
    )
