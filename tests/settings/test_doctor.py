"""``fingood doctor``: each thing that can be amiss is named with what mends it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.backup.test_disk_full import leave_free, small_disk

from fingood.catalog import connect
from fingood.cli.main import run

REVISION = "revision = 'a1b2'\ndown_revision = None\ndef upgrade():\n    pass\ndef downgrade():\n    pass\n"
GUARDED = "from fingood import guard\nwith connectable.connect() as c, guard.watch(c): ...\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    (tmp_path / "migrations" / "versions" / "a1b2_x.py").write_text(REVISION)
    (tmp_path / "migrations" / "env.py").write_text(GUARDED)
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "FINGOOD_HOME", "FINGOOD_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def diagnosis(capsys):
    """Runs doctor; gives the exit code and each check's answer."""

    def examine(*options: str):
        code = run(["doctor", "--format", "json", *options])
        out = capsys.readouterr().out
        assert "s3cret" not in out
        return code, {check["check"]: check for check in json.loads(out)["checks"]}

    return examine


def test_a_healthy_project_with_its_database_has_nothing_to_mend(project, diagnosis, postgres_url):
    code, checks = diagnosis("--database-url", postgres_url)
    assert code == 0
    bad = {name: check["findings"] for name, check in checks.items() if check["outcome"] in ("failed", "errored")}
    assert set(bad) <= {"scaffold"}, "the scaffold is advice here"
    assert "1 to apply: a1b2" in checks["version-table"]["findings"][0]["message"]
    assert {"server-version", "pg-dump", "clock", "driver"} <= {
        n for n, c in checks.items() if c["outcome"] == "passed"
    }


def test_without_a_project_doctor_still_answers(tmp_path, monkeypatch, diagnosis):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FINGOOD_HOME", raising=False)
    code, checks = diagnosis()
    assert code == 1
    assert "fingood init" in checks["project"]["findings"][0]["remedy"]
    assert checks["database"]["outcome"] == "skipped"
    assert checks["embedded-server"]["outcome"] == "passed"


def test_without_a_database_its_checks_are_skipped_not_passed(project, diagnosis):
    code, checks = diagnosis()
    assert code == 0
    assert {checks[name]["outcome"] for name in ("driver", "database", "clock", "version-table")} == {"skipped"}


def test_an_unreachable_database_is_named_without_its_password(project, diagnosis):
    code, checks = diagnosis("--database-url", "postgresql://u:s3cret@127.0.0.1:1/db")
    assert code == 1
    assert "nothing listens there" in checks["database"]["findings"][0]["message"]
    assert checks["clock"]["outcome"] == "skipped"


def test_a_missing_driver_comes_with_the_line_that_installs_it(project, diagnosis):
    code, checks = diagnosis("--database-url", "postgresql+pg8000://u@h/db")
    assert code == 1
    assert "pip install pg8000" in checks["driver"]["findings"][0]["remedy"]


def test_an_env_py_without_the_guard_gets_the_lines_to_add(project, diagnosis):
    (project / "migrations" / "env.py").write_text("from alembic import context\n")
    finding = diagnosis()[1]["env-py"]["findings"][0]
    assert finding["severity"] == "warning"
    assert "guard.watch(" in finding["remedy"]


def test_a_database_at_a_revision_that_the_history_lacks_is_an_error(project, diagnosis, postgres_url):
    with connect(postgres_url, read_only=False) as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num varchar(32))")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('dead99')")
        connection.commit()
    code, checks = diagnosis("--database-url", postgres_url)
    assert code == 1
    assert "the database is at dead99" in checks["version-table"]["findings"][0]["message"]


def test_a_broken_history_is_named(project, diagnosis):
    (project / "migrations" / "versions" / "bad.py").write_text("def (:\n")
    code, checks = diagnosis()
    assert code == 1
    assert "bad.py:1: syntax error" in checks["history"]["findings"][0]["message"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_audit_log_that_cannot_be_written_is_an_error(project, diagnosis):
    (project / "logs").mkdir(mode=0o500)
    (project / "fingood.toml").write_text('audit_log = "logs/audit.jsonl"\n')
    assert "cannot be written" in diagnosis()[1]["audit-log"]["findings"][0]["message"]


def test_an_audit_log_that_is_a_folder_is_an_error(project, diagnosis):
    (project / "fingood.toml").write_text('audit_log = "migrations"\n')
    code, checks = diagnosis()
    assert code == 1
    assert "is a folder" in checks["audit-log"]["findings"][0]["message"]


def test_a_scaffold_that_is_not_there_is_one_short_line(project, diagnosis):
    _, checks = diagnosis()
    message = checks["scaffold"]["findings"][0]["message"]
    assert message.count(", ") == 2
    assert message.endswith(" more")


def test_a_full_disk_is_told_before_a_migration_meets_it(project, diagnosis, tmp_path, monkeypatch):
    with small_disk(tmp_path / "disk", 2048) as disk:
        monkeypatch.setenv("FINGOOD_AUDIT_LOG", str(disk / "audit.jsonl"))
        _, checks = diagnosis()
        assert checks["audit-log"]["outcome"] == "passed"
        leave_free(disk, 100)
        code, checks = diagnosis()
    assert code == 1
    assert "is full" in checks["audit-log"]["findings"][0]["message"]


def test_a_file_where_the_own_folder_belongs_is_told(project, diagnosis):
    (project / ".fingood").write_text("")
    code, checks = diagnosis()
    assert code == 1
    assert checks["audit-log"]["findings"][0]["message"] == f"{project / '.fingood'} is no folder"
