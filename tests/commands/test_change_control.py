"""Change control: windows, freezes, tickets, approvals in a real repository."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.commands.test_live import TUESDAY, bank, check, only

from fingood.commands.approve import approve
from fingood.errors import Blocked
from fingood.model.report import Outcome
from fingood.model.severity import SafetyLevel, Severity

pytestmark = pytest.mark.slow


def test_a_change_window_and_a_freeze_are_kept(tmp_path: Path, postgres_url: str) -> None:
    policy = (
        '[tool.fingood.policy]\nchange_windows = ["Sat 22:00-Sun 04:00 Europe/Zurich"]\n'
        'freezes = ["2026-12-20..2027-01-04"]\n'
    )
    settings = bank(tmp_path, postgres_url, policy=policy)
    ids = ("change-window", "change-freeze")
    (closed,) = check(settings, *ids, now=TUESDAY, level=SafetyLevel.CRITICAL).findings
    assert closed.severity is Severity.ERROR
    assert closed.message == "It is Tue 13:00 in Europe/Zurich; no change window is open."
    # 22:00 in Zurich is 21:00 UTC in winter: the window's zone counts, not the clock's.
    assert check(settings, *ids, now=datetime(2026, 11, 28, 20, 59, tzinfo=UTC)).findings
    assert not check(settings, *ids, now=datetime(2026, 11, 28, 21, 0, tzinfo=UTC)).findings
    assert not check(settings, *ids, now=datetime(2026, 11, 29, 2, 59, tzinfo=UTC)).findings
    assert check(settings, *ids, now=datetime(2026, 11, 29, 3, 0, tzinfo=UTC)).findings
    frozen = check(settings, *ids, now=datetime(2027, 1, 4, 23, 59, tzinfo=UTC), level=SafetyLevel.CRITICAL)
    assert Severity.CRITICAL in {finding.severity for finding in frozen.findings}


def test_a_ticket_is_looked_for_in_the_docstring(tmp_path: Path, postgres_url: str) -> None:
    settings = bank(tmp_path, postgres_url, policy='[tool.fingood.policy]\nticket_pattern = "CHG-[0-9]+"\n')
    assert [finding.check for finding in check(settings, "ticket-missing").findings] == ["ticket-missing"]
    path = tmp_path / "migrations/versions/b2_step.py"
    path.write_text(path.read_text().replace('"""step b2"""', '"""step b2, CHG-42"""'))
    assert only(check(settings, "ticket-missing")).outcome is Outcome.PASSED


def test_an_env_without_the_guard_is_told_the_lines(tmp_path: Path, postgres_url: str) -> None:
    (finding,) = check(bank(tmp_path, postgres_url), "run-lock-missing").findings
    assert "guard.watch(connection)" in finding.remedy
    assert str(finding.location) == "migrations/env.py"


def git(root: Path, *words: str, who: str = "ben") -> None:
    name = ("-c", f"user.name={who.title()}", "-c", f"user.email={who}@bank.example")
    subprocess.run(["git", "-C", str(root), *name, *words], check=True, capture_output=True)


def test_approvals_count_when_they_are_of_this_content_and_by_somebody_else(tmp_path: Path, postgres_url: str) -> None:
    settings = bank(tmp_path, postgres_url, policy="[tool.fingood.policy]\napprovals = 2\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "add a fee")
    (none,) = check(settings, "approval-*").findings
    assert (none.severity, none.message) == (Severity.ERROR, "0 of 2 approvals.")
    with pytest.raises(Blocked, match=r"ben@bank\.example wrote b2"):
        approve(settings, "b2", approver="ben@bank.example")
    approve(settings, "b2", approver="Asha <asha@bank.example>", role="dba", comment='read "all" of it')
    approve(settings, "b2", approver="asha")
    (one,) = check(settings, "approval-*").findings
    assert one.message == "1 of 2 approvals."
    report = approve(settings, "b2", approver="carla@bank.example")
    assert report.headline == "approved by carla@bank.example · 2 of 2 approvals"
    assert not check(settings, "approval-*").findings
    path = tmp_path / "migrations/versions/b2_step.py"
    path.write_text("# a comment changes no meaning\n" + path.read_text())
    assert not check(settings, "approval-stale").findings
    path.write_text(path.read_text().replace("19, 4", "12, 2"))
    findings = check(settings, "approval-*").findings
    assert {finding.check for finding in findings} == {"approval-stale", "approval-missing"}
    assert "carla@bank.example approved an earlier content" in str(findings)


def test_a_record_written_by_hand_for_an_author_does_not_count(tmp_path: Path, postgres_url: str) -> None:
    settings = bank(tmp_path, postgres_url, policy="[tool.fingood.policy]\napprovals = 1\n")
    path = tmp_path / "migrations/versions/b2_step.py"
    path.write_text(path.read_text().replace('"""step b2"""', '"""step b2\n\nAuthor: Dora <dora@bank.example>\n"""'))
    written = approve(settings, "b2", approver="asha@bank.example").data["path"]
    record = tmp_path / str(written)
    record.write_text(record.read_text().replace("asha@", "dora@"))
    (finding,) = check(settings, "approval-missing").findings
    assert "dora@bank.example is an author" in finding.message
    record.write_text("approver = ")
    assert "unreadable" in check(settings, "approval-missing").findings[0].message
