"""`validate-migrations`: judges the history itself, without a database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from fingood.errors import HistoryError
from fingood.model.finding import Direction, Finding, Location
from fingood.model.report import CheckRun, Outcome, Report, Table
from fingood.model.severity import Confidence, Severity
from fingood.revisions import Body, History, Problem, Revision, find_problems
from fingood.settings import Settings

_LOADING = ("syntax", "unreadable", "no-id", "duplicate-id", "missing-parent", "cycle")


def validate_migrations(settings: Settings) -> Report:
    """One head, ids once, parents there, no circle, a downgrade in every revision, no application code imported.

    Reports every fault at once where Alembic stops at the first.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    problems = find_problems(settings.project)
    runs = [_loading(kind, problems) for kind in _LOADING]
    history, failure = (None, None) if problems else _load(settings)
    if failure is not None:
        runs.append(_run("loads", [_finding("history-loads", Severity.CRITICAL, failure.message, remedy=failure.hint)]))
    runs += [_judged(name, judge, history) for name, judge in _JUDGEMENTS.items()]
    return Report(
        command="validate-migrations",
        subject=str(settings.project.script_location),
        started=started,
        duration=time.monotonic() - clock,
        runs=tuple(runs),
        headline=_headline(history, runs),
        sections=_sections(history),
        data={
            "revisions": len(history.ordered()) if history else None,
            "heads": list(history.heads) if history else [],
        },
        fail_on=settings.fail_on,
    )


def _load(settings: Settings) -> tuple[History | None, HistoryError | None]:
    try:
        return History.load(settings.project), None
    except HistoryError as error:
        return None, error


def _loading(kind: str, problems: Iterable[Problem]) -> CheckRun:
    return _run(kind, [_of_problem(problem) for problem in problems if problem.kind == kind])


def _of_problem(problem: Problem) -> Finding:
    return _finding(
        f"history-{problem.kind}",
        Severity.CRITICAL,
        problem.message,
        effect="Alembic cannot load the history: no revision can be applied or undone.",
        remedy=problem.hint,
        location=Location(path=problem.path, line=problem.line, revision=problem.revision or None),
        subject=problem.revision,
    )


def _judged(name: str, judge: Callable[[History], list[Finding]], history: History | None) -> CheckRun:
    if history is None:
        return CheckRun(check=f"history-{name}", outcome=Outcome.SKIPPED, reason="the history does not load")
    return _run(name, judge(history))


def _run(name: str, findings: list[Finding]) -> CheckRun:
    outcome = Outcome.FAILED if findings else Outcome.PASSED
    return CheckRun(check=f"history-{name}", outcome=outcome, findings=tuple(findings))


def _one_head(history: History) -> list[Finding]:
    if len(history.heads) <= 1:
        return []
    heads = [history.get(id_) for id_ in history.heads]
    # Heads that carry branch labels of their own, or begin at bases of their own, are meant to live side by side.
    separate = _separate_bases(history) or all(head.branch_labels for head in heads)
    return [
        _finding(
            "history-one-head",
            Severity.WARNING if separate else Severity.ERROR,
            f"{len(heads)} heads: {', '.join(f'{head.id} ({head.doc})' for head in heads)}",
            effect="alembic upgrade head fails; which order the revisions run in is not defined."
            if not separate
            else "alembic upgrade head fails; use heads, or name the branch.",
            remedy=f'alembic merge -m "merge heads" {" ".join(head.id for head in heads)}',
            location=_place(heads[-1]),
            subject="heads",
        )
    ]


def _separate_bases(history: History) -> bool:
    roots = [frozenset(history.ancestors([head])) & frozenset(history.bases) for head in history.heads]
    return all(not (one & other) for number, one in enumerate(roots) for other in roots[number + 1 :])


def _downgrades(history: History) -> list[Finding]:
    found = []
    for revision in history.ordered():
        shape = revision.shape
        if shape.downgrade is Body.CODE or (shape.downgrade is Body.EMPTY and shape.upgrade is Body.EMPTY):
            continue
        found.append(
            _finding(
                "history-downgrade",
                Severity.WARNING,
                {
                    Body.MISSING: "there is no downgrade()",
                    Body.EMPTY: "downgrade() does nothing while upgrade() does something",
                    Body.RAISES: "downgrade() only raises: this revision cannot be undone",
                }[shape.downgrade],
                effect="After this revision the only way back is a restored backup."
                if shape.downgrade is not Body.EMPTY
                else "alembic downgrade reports success and leaves the change in place.",
                remedy=f"write the reverse of upgrade(), then: fingood test-rollback {revision.id}",
                location=_place(revision, shape.downgrade_line or shape.upgrade_line, Direction.DOWNGRADE),
                subject=revision.id,
            )
        )
    return found


def _own_imports(history: History) -> list[Finding]:
    found = []
    for revision in history.ordered():
        imports = revision.shape.own_imports
        if not imports:
            continue
        modules = ", ".join(dict.fromkeys(imported.module for imported in imports))
        found.append(
            _finding(
                "history-app-import",
                Severity.WARNING,
                f"imports the application's own {modules}",
                effect="When that code changes, this revision changes meaning, or no longer runs on a new database.",
                remedy="declare what the revision needs in the file itself: sa.table(...), sa.column(...)",
                location=_place(revision, imports[0].line),
                subject=revision.id,
            )
        )
    return found


_JUDGEMENTS: dict[str, Callable[[History], list[Finding]]] = {
    "one-head": _one_head,
    "downgrade": _downgrades,
    "app-import": _own_imports,
}


def _place(revision: Revision, line: int | None = None, direction: Direction | None = None) -> Location:
    return Location(path=revision.path, line=line, revision=revision.id, direction=direction)


def _finding(
    check: str,
    severity: Severity,
    message: str,
    *,
    effect: str = "",
    remedy: str = "",
    location: Location | None = None,
    subject: str = "",
) -> Finding:
    return Finding(
        check=check,
        severity=severity,
        confidence=Confidence.PARSED,
        message=message,
        effect=effect,
        remedy=remedy,
        location=location,
        subject=subject,
    )


def _headline(history: History | None, runs: list[CheckRun]) -> str:
    if history is None:
        return "the history does not load"
    count = len(history.ordered())
    if not count:
        return "the history has no revisions yet"
    found = sum(len(run.findings) for run in runs)
    ends = f"head {history.heads[0]}" if len(history.heads) == 1 else f"{len(history.heads)} heads"
    revisions = f"{count} revision{'s' if count > 1 else ''}, {ends}"
    return f"{revisions}: {found} finding{'s' if found > 1 else ''}" if found else f"{revisions}: sound"


def _sections(history: History | None) -> tuple[Table, ...]:
    if history is None or len(history.heads) < 2:
        return ()
    rows = tuple((id_, history.get(id_).doc, history.get(id_).path) for id_ in history.heads)
    return (Table(title="Heads", columns=("id", "message", "file"), rows=rows),)
