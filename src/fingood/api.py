"""The classes that a project's ``migrations/safety/*.py`` re-export, for use in one's own code.

Each is made with a database's URL. The project is the one of the working directory or of FINGOOD_HOME, else the one
whose ``migrations`` package was imported, unless ``project`` names its folder. Every method may raise a FingoodError:
one line in ``message``, what to do in ``hint``.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fingood.errors import ConfigError
from fingood.model.finding import Finding
from fingood.model.report import CheckRun, Outcome, Report
from fingood.model.severity import SafetyLevel, Severity, ValidationResult

if TYPE_CHECKING:
    from fingood.settings import Settings

__all__ = [
    "FinancialDataValidator",
    "FinancialReport",
    "MigrationRollbackTester",
    "MigrationSafetyValidator",
    "RollbackReport",
    "SafetyLevel",
    "SafetyReport",
    "ValidationResult",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyReport:
    """The answer of a safety check.

    ``overall_result`` is FAIL when something blocks at the level, NOT_RUN when a check could not look and nothing
    blocks, WARNING when something was found below that or a check was skipped, else PASS. ``checks`` are all checks
    with their outcome, ``estimated_duration`` is seconds with writes blocked, None where it was not measured,
    ``rollback_tested`` says whether a rollback was run as part of it. ``report`` holds everything.
    """

    overall_result: ValidationResult
    checks: tuple[CheckRun, ...]
    recommendations: tuple[str, ...]
    estimated_duration: float | None
    rollback_tested: bool
    report: Report

    @property
    def issues(self) -> tuple[Finding, ...]:
        """What was found, the worst first."""
        return self.report.findings


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackReport:
    """The answer of a rollback test. ``overall_success`` is true only when a rollback was run and nothing blocks.
    ``test_results`` are its checks with their outcome and reason, ``issues`` what was found, the worst first,
    ``recommendations`` the remedies and the next commands, ready to paste."""

    overall_success: bool
    test_results: tuple[CheckRun, ...]
    recommendations: tuple[str, ...]
    report: Report

    @property
    def issues(self) -> tuple[Finding, ...]:
        """What was found, the worst first."""
        return self.report.findings


@dataclass(frozen=True, slots=True, kw_only=True)
class FinancialReport:
    """The answer of a data validation. ``overall_result`` is FAIL when something blocks, NOT_RUN when an invariant
    could not be looked at, WARNING when something was found below that or was skipped, else PASS. ``issues`` are the
    worst first, each with ``check``, ``severity``, ``message`` and ``remedy``."""

    overall_result: ValidationResult
    issues: tuple[Finding, ...]
    checks: tuple[CheckRun, ...]
    recommendations: tuple[str, ...]
    report: Report


class _Door:
    def __init__(self, database_url: str, *, project: Path | str | None = None) -> None:
        self._database_url = database_url
        self._project = None if project is None else Path(project)

    def _settings(self) -> Settings:
        from fingood.settings import load

        options = {"database_url": self._database_url} if self._database_url else {}
        if self._project is not None:
            return load(start=self._project, options=options)
        try:
            return load(options=options)
        except ConfigError:
            home = _imported_project()
            if home is None:
                raise
            return load(start=home, options=options)


class MigrationSafetyValidator(_Door):
    """Checks what a migration locks, breaks and loses. It runs in a database of its own; the one behind the URL is
    read, never written.

        import os
        from migrations.safety.migration_safety import MigrationSafetyValidator, SafetyLevel, ValidationResult

        validator = MigrationSafetyValidator(os.environ["DATABASE_URL"])
        report = validator.validate_migration_safety("head", SafetyLevel.HIGH)
        if report.overall_result is ValidationResult.FAIL:
            for line in report.recommendations:
                print(line)

    ``SafetyLevel`` is LOW, MEDIUM, HIGH or CRITICAL: see [the levels](../MIGRATION_SAFETY.md#levels).
    """

    def validate_migration_safety(self, migration_id: str, level: SafetyLevel = SafetyLevel.MEDIUM) -> SafetyReport:
        """Checks a revision (anything Alembic accepts, or a file's name) at a level of strictness."""
        from fingood.commands.check import check_revisions

        report = check_revisions(self._settings(), (migration_id,), level=level)
        estimate = report.data.get("estimated_duration")
        return SafetyReport(
            overall_result=_result(report),
            checks=report.all_runs,
            recommendations=_recommendations(report),
            estimated_duration=float(estimate) if isinstance(estimate, int | float) else None,
            rollback_tested=report.data.get("rollback_tested") is True,
            report=report,
        )


class MigrationRollbackTester(_Door):
    """Proves in a copy that a migration can be undone: schema and data are compared with what they were.

    import os
    from migrations.safety.rollback_tester import MigrationRollbackTester

    report = MigrationRollbackTester(os.environ["DATABASE_URL"]).test_migration_rollback("head")
    print(report.overall_success)
    for result in report.test_results:
        print(result.check, result.outcome, result.reason)
    """

    def test_migration_rollback(self, migration_id: str) -> RollbackReport:
        """Runs a revision up, down and up again in a database of its own. The URL's database is read, never written."""
        from fingood.commands.test_rollback import test_rollback

        report = test_rollback(self._settings(), (migration_id,))
        ran = any(run.outcome in (Outcome.PASSED, Outcome.FAILED) for run in report.all_runs)
        return RollbackReport(
            overall_success=ran and report.exit_code == 0,
            test_results=report.all_runs,
            recommendations=_recommendations(report),
            report=report,
        )


class FinancialDataValidator(_Door):
    """Checks that the money adds up and the data is sound. Where no tables with money are recognised, the checks say so
    and count as skipped.

        import os
        from migrations.safety.data_validator import FinancialDataValidator

        report = FinancialDataValidator(os.environ["DATABASE_URL"]).validate_financial_data("full")
        bad = [issue for issue in report.issues if issue.severity.value in ("critical", "error")]
        print(len(bad))
    """

    def validate_financial_data(self, mode: str = "full") -> FinancialReport:
        """Validates the data. The database is read only."""
        from fingood.commands.validate import validate_data

        report = validate_data(self._settings(), mode)
        return FinancialReport(
            overall_result=_result(report),
            issues=report.findings,
            checks=report.all_runs,
            recommendations=_recommendations(report),
            report=report,
        )


def _imported_project() -> Path | None:
    """The folder of the ``migrations`` package that the caller imported, if it did."""
    package = sys.modules.get("migrations")
    folders = list(getattr(package, "__path__", ()))
    return Path(folders[0]).absolute() if folders else None


def _result(report: Report) -> ValidationResult:
    if report.blocking:
        return ValidationResult.FAIL
    looked = any(run.outcome in (Outcome.PASSED, Outcome.FAILED) for run in report.all_runs)
    if not looked or report.count(Outcome.ERRORED):
        return ValidationResult.NOT_RUN
    found = any(finding.severity >= Severity.WARNING for finding in report.findings)
    return ValidationResult.WARNING if found or report.count(Outcome.SKIPPED) else ValidationResult.PASS


def _recommendations(report: Report) -> tuple[str, ...]:
    """The remedies of what was found, then the next commands to type; each once."""
    remedies = [finding.remedy for finding in report.findings if finding.remedy]
    return tuple(dict.fromkeys((*remedies, *report.recommendations)))
