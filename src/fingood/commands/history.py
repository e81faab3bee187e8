"""`validate-migrations`: judges the history itself, and against the record of what was applied."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime

from fingood.audit import AuditLog
from fingood.checks import choose
from fingood.checks.history_check import HISTORY_IDS, choose_history_checks, run_history_check
from fingood.checks.pages import describe_history_rules
from fingood.checks.past import DocstringPolicy, Drift, Past, Record, read_record
from fingood.checks.run import without_accepted
from fingood.checks.suppressions import Suppression, read_suppressions
from fingood.commands.drift import look_for_drift
from fingood.commands.target import Target, look_at_target
from fingood.errors import CouldNotLook, HistoryError, UnknownRevision
from fingood.model.event import EventKind
from fingood.model.report import CheckRun, Report, Table
from fingood.revisions import History, find_problems
from fingood.settings import Settings

_APPLIED = (EventKind.MIGRATION_START, EventKind.MIGRATION_COMPLETE, EventKind.MIGRATION_ROLLBACK)


def validate_migrations(
    settings: Settings,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    offline: bool = False,
    watch: Callable[[str], None] = lambda label: None,
) -> Report:
    """Judges the history: that it loads and has one head, that nothing applied was edited or slipped in beneath, ways
    back, imports, defaults, names, docstrings, and whether models and database have parted.

    What a database or the audit log would have to say is skipped, with the reason, where they cannot be asked;
    ``offline`` asks no database. Reports every fault at once where Alembic stops at the first. Raises ConfigError.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    select, ignore = tuple(select) or settings.select, tuple(ignore) or settings.ignore
    choose(select, ignore, HISTORY_IDS)
    chosen = choose_history_checks(select, ignore)
    past = _look_back(settings, offline=offline, drift=any(c.id == "history-drift" for c in chosen), watch=watch)
    runs = _without_accepted([run_history_check(check, past) for check in chosen], past, started.date())
    return Report(
        command="validate-migrations",
        subject=str(settings.project.script_location),
        started=started,
        duration=time.monotonic() - clock,
        runs=tuple(runs),
        headline=_headline(past.history, runs),
        sections=_sections(past.history),
        data={
            "revisions": len(past.history.ordered()) if past.history else None,
            "heads": list(past.history.heads) if past.history else [],
            "applied": [run.revision for run in past.applied] if past.history else [],
        },
        fail_on=settings.fail_on,
        rules=describe_history_rules(run.check for run in runs),
    )


def _look_back(settings: Settings, *, offline: bool, drift: bool, watch: Callable[[str], None]) -> Past:
    """Everything that the checks may know."""
    problems = find_problems(settings.project)
    policy = DocstringPolicy(fields=settings.policy.docstring, ticket_pattern=settings.policy.ticket_pattern)
    if problems:
        return Past(history=None, problems=problems, policy=policy)
    try:
        history = History.load(settings.project)
    except HistoryError as error:
        return Past(history=None, failure=error.message, failure_hint=error.hint, policy=policy)
    target, why = _target(settings, offline=offline)
    return Past(
        history=history,
        sources=_sources(settings, history),
        record=_record(settings, history, target, why),
        policy=policy,
        drift=look_for_drift(settings, history, target, why, watch) if drift else Drift(),
    )


def _target(settings: Settings, *, offline: bool) -> tuple[Target | None, str]:
    """The database, or why it was not asked."""
    if offline:
        return None, "no database was asked (--offline)"
    if not settings.database_url:
        return None, "no database is configured"
    try:
        return look_at_target(settings), ""
    except CouldNotLook as error:
        return None, error.message


def _sources(settings: Settings, history: History) -> dict[str, str]:
    return {
        revision.id: (settings.project.root / revision.path).read_bytes().decode("utf-8", "replace")
        for revision in history.ordered()
    }


def _record(settings: Settings, history: History, target: Target | None, why: str) -> Record:
    record = read_record(AuditLog(settings.audit_log).events(_APPLIED))
    heads = target.facts.heads if target is not None and target.facts is not None else None
    if heads is None:
        return _said(record, no_database=why)
    try:
        known = tuple(history.get(head).id for head in heads)
    except UnknownRevision as error:
        return _said(
            record, no_database=f"the database is at a revision that the history does not have: {error.wanted}"
        )
    return Record(runs=record.runs, stamped=record.stamped, target=settings.target, heads=known)


def _said(record: Record, *, no_database: str) -> Record:
    return Record(runs=record.runs, stamped=record.stamped, no_database=no_database)


def _without_accepted(runs: list[CheckRun], past: Past, today: date) -> list[CheckRun]:
    """The runs without what comments in the revisions accept."""
    history = past.history
    if history is None:
        return runs
    paths = {revision.id: revision.path for revision in history.ordered()}
    allowed = {paths[id_]: read_suppressions(text) for id_, text in past.sources.items() if "fingood:" in text}
    return [_spoken(run, allowed, today) for run in runs]


def _spoken(run: CheckRun, allowed: dict[str, tuple[Suppression, ...]], today: date) -> CheckRun:
    for path in dict.fromkeys(finding.location.path for finding in run.findings if finding.location):
        own = tuple(finding for finding in run.findings if finding.location and finding.location.path == path)
        if allowed.get(path):
            run = without_accepted(run, allowed[path], set(), path=path, today=today, among=own)
    return run


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
