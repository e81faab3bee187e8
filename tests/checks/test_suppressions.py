"""Acceptances in a revision: with a reason, to a date, with a ticket; each use on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.commands.test_check import project, settings_of

from fingood.audit import AuditLog
from fingood.checks.suppressions import read_suppressions
from fingood.cli.main import run
from fingood.commands.check import check_revisions
from fingood.commands.check_record import record_check
from fingood.errors import Blocked

DROP = ('op.drop_table("fees")  # fingood: allow {}', 'op.create_table("fees", sa.Column("id", sa.Integer()))')


def findings(tmp_path, comment, *more):
    root = project(tmp_path / "bank", {"a1": (DROP[0].format(comment), DROP[1])})
    report = check_revisions(settings_of(root), ["head"], static=True, select=("drop-table", "suppression", *more))
    return {finding.check: finding for finding in report.findings}, report, root


@pytest.mark.parametrize(
    ("comment", "reason", "until", "ticket"),
    [
        ("drop-table — moved in 4f2a", "moved in 4f2a", None, ""),
        ("drop-table: moved in 4f2a", "moved in 4f2a", None, ""),
        ("drop-table because moved (PAY-1042)", "moved (PAY-1042)", None, "PAY-1042"),
        ("drop-table until 2027-01-31 because moved (PAY-1)", "moved (PAY-1)", date(2027, 1, 31), "PAY-1"),
        ("drop-table until 2027-01-31, moved", "moved", date(2027, 1, 31), ""),
        ("drop-table because it stays until 2030", "it stays until 2030", None, ""),
    ],
)
def test_the_parts_of_a_comment(comment, reason, until, ticket):
    (found,) = read_suppressions(f"# fingood: allow {comment}\nx = 1\n")
    assert (found.check, found.reason, found.until, found.ticket) == ("drop-table", reason, until, ticket)
    assert found.is_complete(date(2027, 1, 31))


def test_it_holds_on_its_last_day_and_not_after():
    (found,) = read_suppressions("x = 1  # fingood: allow a until 2027-01-31 because b\n")
    assert found.covers("a", 1, date(2027, 1, 31))
    assert not found.covers("a", 1, date(2027, 2, 1))


def test_a_date_to_come_accepts(tmp_path):
    found, report, _ = findings(tmp_path, "drop-table until 2099-01-31 because moved (PAY-1)")
    assert found == {}
    (accepted,) = [item for one in report.all_runs for item in one.accepted]
    assert (accepted.check, accepted.ticket, accepted.until) == ("drop-table", "PAY-1", date(2099, 1, 31))


def test_after_its_date_the_finding_comes_back_and_the_date_is_told(tmp_path):
    found, _, _ = findings(tmp_path, "drop-table until 2024-02-29 because moved")
    assert set(found) == {"drop-table", "suppression"}
    assert "expired on 2024-02-29" in found["suppression"].message


@pytest.mark.parametrize("day", ["2027-02-30", "31.01.2027", "tomorrow", "", "2027-1-31", "20270131"])
def test_what_is_no_date_accepts_nothing_and_is_told(tmp_path, day):
    found, _, _ = findings(tmp_path, f"drop-table until {day} because moved")
    assert set(found) == {"drop-table", "suppression"}
    assert "which is no date" in found["suppression"].message


def test_a_date_without_a_reason_accepts_nothing(tmp_path):
    found, _, _ = findings(tmp_path, "drop-table until 2099-01-31")
    assert set(found) == {"drop-table", "suppression"}
    assert "without saying why" in found["suppression"].message


def test_an_unused_one_is_told_and_one_for_the_history_is_known(tmp_path):
    found, _, _ = findings(tmp_path, "drop-column because wrong", "drop-column")
    assert "which finds nothing there" in found["suppression"].message
    found, _, _ = findings(tmp_path / "b", "history-edited because agreed")
    assert "suppression" not in found


def test_each_check_and_each_use_is_on_record(tmp_path):
    _, _, root = findings(tmp_path, "drop-table until 2099-01-31 because moved (PAY-1)")
    accepted, answer = AuditLog(root / ".fingood" / "audit.jsonl").events()
    assert accepted.subject == answer.subject == "a1"
    said = {key: accepted.payload[key] for key in ("result", "check", "until", "ticket", "reason", "line")}
    assert said == {
        "result": "accepted", "check": "drop-table", "until": "2099-01-31", "ticket": "PAY-1",
        "reason": "moved (PAY-1)",
        "line": 11,
    }  # fmt: skip
    assert (answer.payload["result"], answer.payload["accepted"], answer.payload["findings"]) == ("passed", 1, 0)
    assert len(answer.payload["content_hash"]) == 64


def test_nobody_accepts_where_it_cannot_be_recorded(tmp_path):
    _, report, root = findings(tmp_path, "drop-table because moved")
    (tmp_path / "file").write_text("")
    settings = replace(settings_of(root), audit_log=tmp_path / "file" / "audit.jsonl")
    with pytest.raises(Blocked):
        record_check(settings, report, subject="a1", path="x", level=settings.level)
    silent = replace(report, runs=())
    assert "cannot write the audit log" in record_check(settings, silent, subject="a1", path="x", level=settings.level)


def test_secrets_in_a_reason_do_not_reach_the_log(tmp_path, monkeypatch):
    _, _, root = findings(tmp_path, "drop-table because postgresql://bank:s3cret@db/x moved")
    assert "s3cret" not in (root / ".fingood" / "audit.jsonl").read_text()


def test_the_page_shows_the_whole_form(capsys):
    assert run(["check", "--explain", "suppression"]) == 0
    assert "until 2027-01-31 because" in capsys.readouterr().out
