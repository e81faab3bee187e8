"""Reports as one HTML page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from fingood.model.finding import Finding, Location
from fingood.model.report import CheckRun, Outcome, Report, Table, Text
from fingood.model.severity import Confidence, Severity
from fingood.render import render
from fingood.render.html import seconds, verdict
from fingood.render.svg import lock_timeline

VOID = {"meta"}


def finding(severity: Severity = Severity.ERROR, **changes: str) -> Finding:
    return Finding(
        check="set-not-null",
        severity=severity,
        confidence=Confidence.PARSED,
        message=changes.get("message", "scans ledger.entries while nobody reads or writes it"),
        effect="Readers queue.",
        remedy='op.alter_column("entries", "memo", nullable=False)',
        location=Location(path="migrations/versions/4f2a.py", line=31),
        statement="ALTER TABLE ledger.entries ALTER COLUMN memo SET NOT NULL",
        evidence={"rows": "84.2 million"},
    )


def failed(*findings: Finding) -> CheckRun:
    return CheckRun(check="set-not-null", outcome=Outcome.FAILED, findings=findings)


def report(*runs: CheckRun, **changes: object) -> Report:
    made = Report(
        command="check", subject="4f2a9c01", started=datetime(2026, 1, 1, tzinfo=UTC), duration=0.5, runs=runs
    )
    return replace(made, **changes)  # type: ignore[arg-type]


class Page(HTMLParser):
    """A page's text and ids; raises where its tags do not nest."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "srcset", "action", "data")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def page(shown: Report) -> Page:
    return Page(render(shown, "html"))


def test_a_finding_shows_its_severity_in_words_its_place_and_its_remedy() -> None:
    text = page(report(failed(finding()))).text
    for said in (
        "error",
        "set-not-null",
        "migrations/versions/4f2a.py:31",
        "scans ledger.entries",
        "Readers queue.",
        'op.alter_column("entries", "memo", nullable=False)',
        "84.2 million",
        "parsed",
    ):
        assert said in text


def test_skipped_and_errored_checks_are_named_with_their_reasons() -> None:
    runs = (
        CheckRun(check="lag", outcome=Outcome.SKIPPED, reason="no privilege: grant pg_monitor"),
        CheckRun(check="room", outcome=Outcome.ERRORED),
    )
    text = page(report(*runs)).text
    assert "Not looked at" in text
    assert "no privilege: grant pg_monitor" in text
    assert "no reason given" in text


def test_nothing_comes_from_elsewhere() -> None:
    shown = render(report(failed(finding()), children=(report(),)), "html")
    assert all(link.startswith("#") for link in Page(shown).links)
    assert not re.search(r"https?:|@import|url\(|<link", shown)
    assert "default-src 'none'" in shown


def test_what_a_report_says_cannot_become_markup() -> None:
    hostile = '</code><script>alert("1")</script>\'"&{{7*7}}'
    shown = report(
        failed(finding(message=hostile)),
        subject=hostile,
        target=hostile,
        headline=hostile,
        sections=(Text(title=hostile, lines=(hostile,)), Table(title=hostile, columns=(hostile,), rows=((hostile,),))),
        recommendations=(hostile,),
    )
    found = page(shown)
    assert found.tags.count("script") == 1
    assert found.text.count('alert("1")') == 11


def test_every_step_is_a_chapter_that_the_overview_leads_to() -> None:
    grandchild = report(failed(finding()), subject="inside the second")
    found = page(report(children=(report(subject="first"), report(subject="second", children=(grandchild,)))))
    assert found.ids == ["r-1", "r-2", "r-2-1"]
    assert found.links == ["#r-1", "#r-2"]
    assert "inside the second" in found.text


def test_a_child_that_is_not_counted_is_shown_and_leaves_the_verdict_alone() -> None:
    whole = report(children=(report(failed(finding()), subject="meant to be stopped", counted=False),))
    assert whole.exit_code == 0
    assert verdict(whole) == "clean"
    assert verdict(whole.children[0]) == "blocked"
    assert "meant to be stopped" in page(whole).text


def test_an_errored_check_is_never_shown_as_clean() -> None:
    assert verdict(report(CheckRun(check="room", outcome=Outcome.ERRORED))) == "incomplete"
    assert verdict(report(failed(finding(Severity.WARNING)))) == "remarks"


def test_durations_are_written_for_people() -> None:
    assert [seconds(value) for value in (0.004, 0.5, 59.94, 125.2)] == ["0.00 s", "0.5 s", "59.9 s", "2 min 5 s"]


LOCKS = Table(
    title="locks",
    columns=("table", "lock", "from", "to"),
    rows=(("ledger.entries", "ACCESS EXCLUSIVE", "0 s", "38 s"), ("ledger.accounts", "SHARE", "36 s", "41 s")),
)


def test_locks_are_drawn_over_time_and_told_in_words() -> None:
    drawing = lock_timeline(LOCKS)
    Page(drawing)
    assert 'class="lock reads"' in drawing
    assert 'class="lock writes"' in drawing
    assert "ledger.entries ACCESS EXCLUSIVE from 0 s to 38 s" in drawing
    assert drawing in render(report(sections=(LOCKS,)), "html")


def test_another_table_is_not_drawn() -> None:
    assert not lock_timeline(Table(title="sizes", columns=("table", "rows"), rows=(("a", "1"),)))
    assert not lock_timeline(replace(LOCKS, rows=(("ledger.entries", "no such lock", "0", "1"),)))
    assert not lock_timeline(replace(LOCKS, rows=(("ledger.entries", "SHARE", "soon", "later"),)))


texts = st.text(max_size=40)


@settings(max_examples=60, deadline=None)
@given(subject=texts, message=texts, cell=texts, severity=st.sampled_from(Severity))
def test_any_text_gives_a_page_that_nests(subject: str, message: str, cell: str, severity: Severity) -> None:
    table = Table(title=cell, columns=(cell, "b"), rows=((cell, message),))
    Page(render(report(failed(finding(severity, message=message)), subject=subject, sections=(table,)), "html"))
