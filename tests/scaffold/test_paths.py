"""Every path and snippet that the documents tell to type, run verbatim in a fresh project."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from fingood.commands.init import init
from fingood.scaffold.documents import read_document


@dataclass(frozen=True)
class Fresh:
    """A project as `init` leaves it, with one revision that is applied, on SQLite; its path has a space in it."""

    root: Path
    revision: str

    def type(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("FINGOOD_")}
        return subprocess.run(
            [sys.executable, *words] if words[0] != "alembic" else [sys.executable, "-m", *words],
            cwd=self.root,
            env={**environment, "DATABASE_URL": f"sqlite:///{self.root}/app.db"},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=170,
            check=False,
        )


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    root = tmp_path_factory.mktemp("a project")
    init(root)
    project = Fresh(root, "4f2a9c01")
    for words in (("revision", "-m", "first", "--rev-id", project.revision), ("upgrade", "head")):
        done = project.type("alembic", *words)
        assert done.returncode == 0, done.stderr
    return project


PATHS = (
    "migrations/safety/safety_cli.py check MIGRATION_ID",
    "migrations/safety/safety_cli.py check MIGRATION_ID --level critical",
    "migrations/safety/safety_cli.py test-rollback MIGRATION_ID",
    "migrations/safety/safety_cli.py validate-all",
    "migrations/safety/audit_logger.py generate-report --start-date 2024-01-01",
    "migrations/safety/audit_logger.py verify",
    "migrations/test_migrations.py --test-migration MIGRATION_ID",
    "migrations/test_migrations.py --test-rollback MIGRATION_ID",
    "migrations/test_migrations.py --validate-data",
    "migrations/test_migrations.py --test-all",
    "migrations/test_migrations.py --test-all --environment staging",
    "migrations/validate_migrations.py",
    "migrations/create_backup.py --type deployment",
    "migrations/emergency_rollback.py --restore-backup --yes",
    "migrations/health_check.py --comprehensive",
    "migrations/validate_docs.py",
    "-m pytest -p no:cacheprovider migrations/tests/ -v",
    "migrations/monitor_performance.py --duration 1s",
    "migrations/monitor_queries.py --migration MIGRATION_ID",
    "migrations/analyze_performance.py --before-after",
)


@pytest.mark.parametrize("path", PATHS)
def test_a_path_of_the_guide_does_its_job(fresh: Fresh, path: str) -> None:
    if "--restore-backup" in path:
        assert fresh.type("migrations/create_backup.py").returncode == 0
    done = fresh.type(*path.replace("MIGRATION_ID", fresh.revision).split())
    assert "Traceback" not in done.stdout + done.stderr
    # At level critical a database without a backup is not one to migrate.
    blocked = path.endswith("critical")
    assert done.returncode == (1 if blocked else 0), done.stdout + done.stderr
    assert ("There is no backup" in done.stdout) is blocked


def test_a_compliance_report_judges_and_never_counts_what_it_could_not_see(fresh: Fresh) -> None:
    done = fresh.type("migrations/generate_compliance_report.py", "--standards", "SOX,PCI_DSS")
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode in (1, 3), done.stdout + done.stderr
    assert "no-evidence" in done.stdout


@pytest.mark.parametrize("choice", ["1", "2", "3", "4"])
def test_the_menu_of_templates_asks_and_writes(tmp_path: Path, choice: str) -> None:
    init(tmp_path)
    done = Fresh(tmp_path, "").type("migrations/select_template.py", stdin=f"{choice}\nentries\nmemo\n7\n")
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "migrations/versions").glob("*.py"))) == 1


def test_upgrade_and_downgrade_pass_the_guard(tmp_path: Path) -> None:
    init(tmp_path)
    project = Fresh(tmp_path, "")
    for words in (("revision", "-m", "first"), ("upgrade", "head"), ("downgrade", "-1")):
        done = project.type("alembic", *words)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
    assert (tmp_path / ".fingood/audit.jsonl").read_text().count("migration_start") == 2


def test_a_script_finds_its_project_from_any_working_directory(fresh: Fresh, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, fresh.root / "migrations/validate_migrations.py"],
        cwd=tmp_path,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{fresh.root}/app.db"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", ["safety_validator", "rollback_tester", "data_validator", "audit_logger"])
def test_the_snippet_of_an_api_page_runs(fresh: Fresh, page: str) -> None:
    document = read_document(fresh.root / f"migrations/docs/api/{page}.md")
    code = "\n".join(fence.code for fence in document.fences if fence.language == "python")
    done = fresh.type("-c", code)
    assert done.returncode == 0, done.stderr


def test_the_snippets_of_the_guide_run(fresh: Fresh) -> None:
    code = """
import os
from migrations.safety.migration_safety import MigrationSafetyValidator, SafetyLevel, ValidationResult
from migrations.safety.rollback_tester import MigrationRollbackTester
from migrations.safety.data_validator import FinancialDataValidator
from migrations.safety.audit_logger import get_audit_logger

database_url, migration_id = os.environ["DATABASE_URL"], "4f2a9c01"
report = MigrationSafetyValidator(database_url).validate_migration_safety(migration_id, SafetyLevel.HIGH)
assert report.overall_result in (ValidationResult.PASS, ValidationResult.WARNING), report.overall_result
assert report.checks and report.recommendations is not None
assert report.estimated_duration is None or report.estimated_duration >= 0
assert report.rollback_tested in (True, False)
report = MigrationRollbackTester(database_url).test_migration_rollback(migration_id)
assert report.overall_success is True and report.test_results and report.recommendations is not None
report = FinancialDataValidator(database_url).validate_financial_data("full")
assert [issue for issue in report.issues if issue.severity.value in ("critical", "error")] == []
audit = get_audit_logger()
audit.log_migration_start(migration_id, "schema_change", "ledger")
audit.log_data_change(migration_id, "entries", "UPDATE", 3)
audit.log_migration_complete(migration_id, "schema_change", "ledger", 1.5, ["entries"])
"""
    done = fresh.type("-c", code)
    assert done.returncode == 0, done.stderr


def test_a_check_before_the_first_upgrade_takes_the_missing_sqlite_file_for_an_empty_database(tmp_path: Path) -> None:
    init(tmp_path)
    project = Fresh(tmp_path, "")
    project.type("alembic", "revision", "-m", "first")
    done = project.type("migrations/safety/safety_cli.py", "check", "head")
    assert done.returncode == 0, done.stderr
    assert "no such file yet" in done.stdout
    assert not (tmp_path / "app.db").exists()
