"""Reports as text and JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from fingood.model.finding import Finding, Location
from fingood.model.report import CheckRun, Outcome, Report, Table
from fingood.model.severity import Confidence, Severity
from fingood.render import render


def finding(severity: Severity = Severity.ERROR) -> Finding:
    return Finding(
        check="set-not-null",
        severity=severity,
        confidence=Confidence.PARSED,
        message="scans ledger.entries while nobody reads or writes it",
        remedy='op.alter_column("entries", "memo", nullable=False)',
        location=Location(path="migrations/versions/4f2a.py", line=31),
        statement="ALTER TABLE ledger.entries\n ALTER COLUMN memo SET NOT NULL",
    )


def report(*runs: CheckRun, **changes: object) -> Report:
    return Report(
        command="check",
        subject="4f2a",
        started=datetime(2026, 1, 1, tzinfo=UTC),
        duration=0.5,
        runs=runs,
        **changes,  # type: ignore[arg-type]
    )


def failed(severity: Severity = Severity.ERROR) -> CheckRun:
    return CheckRun(check="set-not-null", outcome=Outcome.FAILED, findings=(finding(severity),))


def test_a_finding_shows_place_statement_reason_and_remedy() -> None:
    shown = render(report(failed()), "text")
    for part in (
        "error",
        "set-not-null",
        "migrations/versions/4f2a.py:31",
        "ALTER TABLE ledger.entries ALTER COLUMN memo SET NOT NULL",
        "scans ledger.entries",
        "op.alter_column(",
    ):
        assert part in shown


def test_what_was_not_looked_at_is_always_shown_with_its_reason() -> None:
    shown = render(report(CheckRun(check="replication-lag", outcome=Outcome.SKIPPED, reason="no privilege")), "text")
    assert "not looked at: replication-lag" in shown
    assert "no privilege" in shown


def test_a_check_that_could_not_look_at_several_revisions_is_named_once() -> None:
    blind = CheckRun(check="replication-lag", outcome=Outcome.SKIPPED, reason="no privilege")
    shown = render(report(*[blind] * 40), "text")
    assert "not looked at: replication-lag (40 times)" in " ".join(shown.split())


def test_text_without_colour_has_no_escape_codes() -> None:
    assert "\x1b" not in render(report(failed()), "text")
    assert "\x1b" in render(report(failed()), "text", colour=True)


def test_markup_like_names_are_shown_as_they_are() -> None:
    section = Table(title="locks [red]", columns=("table",), rows=(("[bold]entries",),))
    assert "[bold]entries" in render(report(sections=(section,)), "text")


def test_json_holds_every_finding_and_the_exit_code() -> None:
    shown = json.loads(render(report(failed()), "json"))
    assert shown["exit_code"] == 1
    assert shown["checks"][0]["findings"][0]["location"]["line"] == 31


def test_an_errored_check_makes_the_exit_code_3_and_findings_make_it_1() -> None:
    errored = CheckRun(check="x", outcome=Outcome.ERRORED, reason="timeout")
    assert report(errored).exit_code == 3
    assert report(errored, failed()).exit_code == 1
    assert report(failed(Severity.WARNING)).exit_code == 0
    assert report(failed(Severity.WARNING), fail_on=Severity.WARNING).exit_code == 1
    assert report(children=(report(failed()),)).exit_code == 1


def test_the_worst_finding_comes_first_whatever_order_the_checks_ran_in() -> None:
    shown = render(report(failed(Severity.WARNING), failed(Severity.CRITICAL), failed(Severity.ERROR)), "text")
    assert shown.index("critical") < shown.index("error ") < shown.index("warning ")
