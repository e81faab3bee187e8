"""What `check` says of revision files that cannot be loaded; the others are judged without them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from fingood.checks.pages import describe_rules
from fingood.model.finding import Finding, Location
from fingood.model.report import CheckRun, Outcome, Report
from fingood.model.severity import Confidence, SafetyLevel, Severity
from fingood.revisions import Problem, is_meant

_CHECK = "upgrade-fails"


def without(texts: Iterable[str], broken: tuple[Problem, ...]) -> tuple[str, ...]:
    """The words that do not mean a broken file."""
    return tuple(text for text in texts if not any(is_meant(problem, text) for problem in broken))


def left_out(broken: Iterable[Problem]) -> tuple[str, ...]:
    """What a command says of files that it did without."""
    return tuple(f"left out, because Alembic cannot load it: {problem}" for problem in broken)


def report(problem: Problem, level: SafetyLevel, fail_on: Severity) -> Report:
    """The file as a revision that cannot be applied: Alembic stops at it whatever revision is asked for."""
    finding = Finding(
        check=_CHECK,
        severity=Severity.CRITICAL,
        confidence=Confidence.PARSED,
        message=f"Alembic cannot load the file: {problem.message}.",
        effect="Every alembic command stops at it. The other revisions were judged without it.",
        remedy=f"# {problem.hint}" if problem.hint else "# mend the file",
        location=Location(path=problem.path, line=problem.line, revision=problem.revision or None),
        subject=problem.revision or problem.path,
    )
    run = CheckRun(check=_CHECK, outcome=Outcome.FAILED, findings=(finding,), subject=problem.revision)
    return Report(
        command="check",
        subject=problem.path,
        started=datetime.now(UTC),
        duration=0.0,
        target=f"level {level}",
        headline="BLOCKED  1 critical",
        runs=(run,),
        data={"revision": problem.revision or None, "path": problem.path, "level": str(level)},
        fail_on=fail_on,
        rules=describe_rules((_CHECK,), level),
        recommendations=("fingood validate-migrations",),
    )
