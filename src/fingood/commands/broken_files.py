"""What `check` says of revision files that cannot be loaded; the others are judged without them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from fingood.checks.pages import describe_rules
from fingood.model.finding import Finding, Location
from fingood.model.report import CheckRun, Outcome, Report
from fingood.model.severity import Confidence, SafetyLevel, Severity
from fingood.revisions import Problem, at_fault, is_meant, standing_on

_CHECK = "upgrade-fails"
_NAMED = 5
"""How many files or revisions are named before the rest is counted."""


def without(texts: Iterable[str], broken: tuple[Problem, ...]) -> tuple[str, ...]:
    """The words that do not mean a broken file."""
    return tuple(text for text in texts if not any(is_meant(problem, text) for problem in broken))


def left_out(broken: Iterable[Problem]) -> tuple[str, ...]:
    """What a command says of files that it did without."""
    told = tuple(broken)
    faults = at_fault(told)
    lines = [f"left out, because Alembic cannot load it: {problem}" for problem in faults]
    above = [problem for problem in told if problem not in faults]
    return (*lines, f"left out, because they stand on such a file: {_some(_ids(above))}") if above else tuple(lines)


def count(broken: Sequence[Problem]) -> str:
    """How many files are at fault and how many stand on them, for a headline."""
    faults = len(at_fault(broken))
    above = len(broken) - faults
    words = f"{faults} {'file' if faults == 1 else 'files'} cannot be loaded"
    return words + (
        f", {above} {'stands' if above == 1 else 'stand'} on {'it' if faults == 1 else 'them'}" * (above > 0)
    )


def reports(
    broken: Sequence[Problem], words: Sequence[str], level: SafetyLevel, fail_on: Severity
) -> tuple[Report, ...]:
    """One report for each thing to mend: files that fail for one reason share it, what stands on them is told there,
    and has a report of its own only where one of the words means it."""
    faults = at_fault(broken)
    above = [problem for problem in broken if problem not in faults]
    alike: dict[tuple[str, str], list[Problem]] = {}
    for problem in faults:
        alike.setdefault((problem.kind, problem.message), []).append(problem)
    told = [_report(same[0], level, fail_on, _and_others(same, above)) for same in alike.values()]
    named = (problem for problem in above if any(is_meant(problem, word) for word in words))
    return (*told, *(_report(problem, level, fail_on, "") for problem in named))


def _and_others(alike: Sequence[Problem], above: Sequence[Problem]) -> str:
    first, *rest = alike
    same = f" The same in {_some([problem.path for problem in rest])}." if rest else ""
    lost = _ids(problem for problem in above if any(standing_on(problem, fault) for fault in (first, *rest)))
    return same + (f" What stands on it was not judged: {_some(lost)}." if lost else "")


def _ids(problems: Iterable[Problem]) -> list[str]:
    return list(dict.fromkeys(problem.revision or problem.path for problem in problems))


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _report(problem: Problem, level: SafetyLevel, fail_on: Severity, others: str) -> Report:
    """The file as a revision that cannot be applied: Alembic stops at it whatever revision is asked for."""
    finding = Finding(
        check=_CHECK,
        severity=Severity.CRITICAL,
        confidence=Confidence.PARSED,
        message=f"Alembic cannot load the file: {problem.message}.",
        effect=f"Every alembic command stops at it. The other revisions were judged without it.{others}",
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
