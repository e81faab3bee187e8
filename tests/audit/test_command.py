from __future__ import annotations

import json
from pathlib import Path

import pytest

from fingood.audit import AuditLogger, get_audit_logger
from fingood.cli.main import run


@pytest.fixture
def audit(tmp_path: Path) -> AuditLogger:
    audit = get_audit_logger(tmp_path / "audit.jsonl")
    audit.log_migration_start("a1", "schema_change", "ledger")
    audit.log_migration_complete("a1", "schema_change", "ledger", 1.5, ["ledger.entries"])
    audit.log_migration_start("b2", "schema_change", "ledger")
    audit.log_backup("deploy-7", "deployment", "ledger", "proven", size=10)
    return audit


def test_a_report_joins_each_migrations_start_and_end(audit: AuditLogger, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "generate-report", "--start-date", "2024-01-01", "--log", str(audit.log.path)]) == 0
    out = capsys.readouterr().out
    assert "4 events" in out
    assert "chain unbroken" in out
    assert [line.split()[2] for line in out.splitlines() if "schema_change" in line] == ["a1", "b2"]
    assert "no end recorded" in out
    assert "deploy-7" in out


def test_the_period_takes_the_end_date_with_it(audit: AuditLogger, capsys: pytest.CaptureFixture[str]) -> None:
    day = next(audit.log.events()).at.date().isoformat()
    period = ["--start-date", day, "--end-date", day]
    assert run(["audit", "generate-report", *period, "--format", "json", "--log", str(audit.log.path)]) == 0
    assert len(json.loads(capsys.readouterr().out)["data"]["events"]) == 4
    assert (
        run(["audit", "generate-report", "--end-date", "2024-01-01", "--format", "json", "--log", str(audit.log.path)])
        == 0
    )
    assert json.loads(capsys.readouterr().out)["data"]["events"] == []


def test_a_report_in_html_shows_no_markup_of_an_event(audit: AuditLogger, capsys: pytest.CaptureFixture[str]) -> None:
    audit.log_security_event("<script>alert(1)</script>", "info")
    assert run(["audit", "generate-report", "--format", "html", "--log", str(audit.log.path)]) == 0
    assert "<script>alert(1)" not in capsys.readouterr().out


def test_a_changed_log_is_named_by_line_and_exits_1(audit: AuditLogger, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "verify", "--log", str(audit.log.path)]) == 0
    audit.log.path.write_bytes(audit.log.path.read_bytes().replace(b'"b2"', b'"b3"'))
    assert run(["audit", "verify", "--log", str(audit.log.path)]) == 1
    out = capsys.readouterr().out
    assert f"{audit.log.path}:3" in out
    assert "chain BROKEN" in out


def test_show_lists_the_events_asked_for(audit: AuditLogger, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "show", "--kind", "backup", "--log", str(audit.log.path)]) == 0
    out = capsys.readouterr().out
    assert "deploy-7" in out
    assert "a1" not in out.split("Events")[1]


def test_a_wrong_date_and_a_missing_log_are_said_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "none.jsonl")
    assert run(["audit", "generate-report", "--start-date", "yesterday", "--log", missing]) == 2
    assert run(["audit", "verify", "--log", missing]) == 3
    assert "no audit log" in capsys.readouterr().err
