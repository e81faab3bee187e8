"""What is wrong with the database stands once above several revisions, and beside a revision that is checked alone."""

from __future__ import annotations

from pathlib import Path

from tests.commands.test_live import STEPS, bank

from fingood.commands.check import check_revisions
from fingood.model.report import Report
from fingood.render import render

THREE = {
    **STEPS,
    "c3": ('op.add_column("entries", sa.Column("note", sa.Text))', 'op.drop_column("entries", "note")'),
}


def said(report: Report) -> list[str]:
    return [run.check for run in report.runs if run.findings]


def test_a_missing_backup_is_one_finding_however_many_revisions_wait(tmp_path: Path) -> None:
    settings = bank(tmp_path, f"sqlite:///{tmp_path}/bank.db", THREE)
    both = check_revisions(settings, ["b2", "c3"])
    assert "backup-age" in said(both)
    assert not any("backup-age" in said(child) for child in both.children)
    assert [finding.check for finding in both.findings].count("backup-age") == 1
    assert render(both, "text").count("There is no backup") == 1


def test_one_revision_carries_what_the_database_lacks(tmp_path: Path) -> None:
    settings = bank(tmp_path, f"sqlite:///{tmp_path}/bank.db", THREE)
    assert "backup-age" in said(check_revisions(settings, ["b2"]))


def test_what_blocked_every_revision_still_blocks_the_whole_and_no_revision_by_itself(tmp_path: Path) -> None:
    settings = bank(tmp_path, f"sqlite:///{tmp_path}/bank.db", THREE, "fail_on = 'warning'\n")
    both = check_revisions(settings, ["b2", "c3"])
    assert both.exit_code == 1
    assert [finding.check for finding in both.blocking if finding.check == "backup-age"] == ["backup-age"]
    assert not any(child.headline.startswith("BLOCKED") for child in both.children if not child.blocking)
