"""`plan`: the statements of a revision, with file and line, by running it in a sandbox or by the offline mode."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from fingood.commands.broken_files import left_out
from fingood.commands.ground import recorder_for, way_on
from fingood.errors import MigrationFailed
from fingood.model.finding import Direction, Finding
from fingood.model.plan import Plan, Statement
from fingood.model.report import CheckRun, Outcome, Report, Section, Table, Text
from fingood.model.severity import Confidence, Severity
from fingood.revisions import History, Revision, load_for
from fingood.sandbox import SandboxDatabase, open_sandbox
from fingood.settings import Settings, dialect_of
from fingood.statements import Recorder

_LONGEST = 240


def show_plan(settings: Settings, wanted: str, *, direction: Direction, static: bool) -> Report:
    """What the revisions that ``wanted`` means do. Raises HistoryError, SandboxUnavailable, EnvironmentFailed, and
    MigrationFailed when a revision before the wanted ones cannot be run."""
    started, clock = datetime.now(UTC), time.monotonic()
    project, history, broken = load_for(settings.project, (wanted,))
    settings = replace(settings, project=project)
    revisions = history.resolve(wanted)
    dialect = dialect_of(settings.database_url) or "postgresql"
    with recorder_for(settings) as recorder:
        if static:
            notes: tuple[str, ...] = ("by Alembic's offline mode; nothing was run",)
            plans = [recorder.render(revision.id, direction, dialect) for revision in _in_order(revisions, direction)]
        else:
            with open_sandbox(dialect, settings=settings.sandbox, target_url=settings.database_url) as sandbox:
                plans = record(recorder, sandbox.empty(), history, revisions, direction)
                notes = sandbox.notes
    notes = (*notes, *left_out(broken))
    return _report(wanted, plans, notes, started, time.monotonic() - clock)


def record(
    recorder: Recorder,
    database: SandboxDatabase,
    history: History,
    revisions: Sequence[Revision],
    direction: Direction,
) -> list[Plan]:
    """Runs the history up to the revisions and then the revisions themselves; stops at the first that fails."""
    recorder.prepare(database.url)
    plans: list[Plan] = []
    for revision in revisions:
        _apply_below(recorder, database, history, revision)
        plans += _of(revision, recorder.upgrade(database.url, revision.id))
        if _failed(plans):
            break
    if direction is Direction.UPGRADE:
        return plans
    _require_success(plans)
    down: list[Plan] = []
    for revision in reversed(revisions):
        target = revision.down_revisions[0] if revision.down_revisions else "base"
        down += _of(revision, recorder.downgrade(database.url, target))
        if _failed(down):
            break
    return down


def _failed(plans: Sequence[Plan]) -> bool:
    return bool(plans) and plans[-1].failure is not None


def _apply_below(recorder: Recorder, database: SandboxDatabase, history: History, revision: Revision) -> None:
    for parent in history.below(revision):
        _require_success(recorder.upgrade(database.url, parent))


def _of(revision: Revision, plans: Iterable[Plan]) -> list[Plan]:
    return [plan for plan in plans if plan.revision == revision.id]


def _require_success(plans: Iterable[Plan]) -> None:
    for plan in plans:
        if plan.failure is not None:
            raise MigrationFailed(
                plan.revision,
                str(plan.direction),
                str(plan.failure),
                location=str(plan.failure.location or ""),
                sqlstate=plan.failure.sqlstate,
                hint=way_on(str(plan.failure)),
            )


def _in_order(revisions: Sequence[Revision], direction: Direction) -> Sequence[Revision]:
    return revisions if direction is Direction.UPGRADE else tuple(reversed(revisions))


def _report(wanted: str, plans: Sequence[Plan], notes: Sequence[str], started: datetime, duration: float) -> Report:
    statements = [statement for plan in plans for statement in plan.statements]
    sections: list[Section] = [section for plan in plans for section in _sections(plan)]
    return Report(
        command="plan",
        subject=wanted,
        started=started,
        duration=duration,
        headline=f"{_count(len(statements), 'statement')} in {_count(len(plans), 'revision')}",
        runs=tuple(_run(plan) for plan in plans),
        sections=(*sections, Text(title="How it was obtained", lines=tuple(notes))),
        data={"plans": [_plan_data(plan) for plan in plans]},
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _run(plan: Plan) -> CheckRun:
    subject = f"{plan.revision} {plan.direction}"
    duration = plan.duration or 0.0
    if plan.failure is not None:
        finding = Finding(
            check="plan",
            severity=Severity.ERROR,
            confidence=Confidence.OBSERVED,
            message=f"{plan.direction} of {plan.revision} fails: {plan.failure}",
            location=plan.failure.location,
            subject=plan.revision,
        )
        return CheckRun(check="plan", outcome=Outcome.FAILED, findings=(finding,), duration=duration, subject=subject)
    outcome = Outcome.ERRORED if plan.unrendered else Outcome.PASSED
    return CheckRun(check="plan", outcome=outcome, reason=plan.unrendered, duration=duration, subject=subject)


def _sections(plan: Plan) -> Iterable[Section]:
    title = f"{plan.revision} {plan.direction}: {plan.doc}".rstrip(": ")
    columns = ("place", "transaction", "rows", "time", "statement")
    yield Table(title=title, columns=columns, rows=tuple(_row(statement) for statement in plan.statements))
    if plan.notes:
        yield Text(title=f"Not seen in {plan.path}", lines=plan.notes)


def _row(statement: Statement) -> tuple[str, ...]:
    sql = " ".join(statement.sql.split())
    remark = f" (× {statement.executions})" if statement.executions > 1 else ""
    if statement.failure is not None:
        remark += f" → {statement.failure.error} {statement.failure.sqlstate}".rstrip()
    return (
        str(statement.location or ""),
        "autocommit" if statement.autocommit else str(statement.transaction),
        "" if statement.rows is None else str(statement.rows),
        "" if statement.duration is None else f"{statement.duration * 1000:.1f} ms",
        (sql if len(sql) <= _LONGEST else sql[: _LONGEST - 1] + "…") + remark,
    )


def _plan_data(plan: Plan) -> dict[str, object]:
    return {
        "revision": plan.revision,
        "direction": plan.direction.value,
        "path": plan.path,
        "rendering": plan.rendering.value,
        "unrendered": plan.unrendered,
        "failure": None if plan.failure is None else str(plan.failure),
        "transaction_per_migration": plan.transaction_per_migration,
        "notes": list(plan.notes),
        "statements": [_statement_data(statement) for statement in plan.statements],
    }


def _statement_data(statement: Statement) -> dict[str, object]:
    return {
        "sql": statement.sql,
        "line": statement.location.line if statement.location else None,
        "verbs": [action.verb.value for action in statement.actions],
        "locks": [f"{lock.relation} {lock.mode}" for lock in statement.locks],
        "parameters": list(statement.parameters),
        "executions": statement.executions,
        "transaction": statement.transaction,
        "rows": statement.rows,
        "seconds": statement.duration,
        "opaque": statement.opaque_reason if statement.opaque else None,
        "failure": None if statement.failure is None else str(statement.failure),
    }
