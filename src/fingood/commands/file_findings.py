"""What the snapshots around an upgrade of a SQLite file show, as findings."""

from __future__ import annotations

from collections.abc import Iterator

from fingood.catalog.file_snapshot import shown
from fingood.model.file_snapshot import FileSnapshot
from fingood.model.finding import Finding
from fingood.model.names import quote_always
from fingood.model.report import CheckRun, Outcome
from fingood.model.severity import Confidence, Severity
from fingood.monitoring.comparison import LEAST_CALLS, Change, Sureness
from fingood.monitoring.file_comparison import (
    LEAST_DIFFERENCE,
    FileComparison,
    TableChange,
    broken_views,
    lost_indexes,
    lost_triggers,
    slower_reads,
    worse_plans,
)

_FREE = 0.25
_FREE_PAGES = 1000


def runs_of(found: FileComparison) -> Iterator[CheckRun]:
    """One run a check; skipped with its reason where there is nothing to compare."""
    before, after = found.before, found.after
    few = "" if found.reads else f"no table could be counted {LEAST_CALLS} times before and after"
    yield _run("slower-reads", [_slower(change) for change in slower_reads(found.reads, before, after)], few)
    fewer = [_fewer(one) for one in found.tables if one.lost_rows]
    yield _run("lost-rows", fewer, _uncounted(found))
    nothing = "" if before.tables else "there was no table before"
    gone = [_lost("index", name, before.indexes[name].table) for name in lost_indexes(before, after)]
    yield _run("lost-indexes", gone, nothing)
    lost = [_lost("trigger", name, before.triggers[name]) for name in lost_triggers(before, after)]
    yield _run("lost-triggers", lost, "" if before.triggers else "there was no trigger before")
    both = any(lines and view in after.plans for view, lines in before.plans.items())
    no_view = "" if both else "no view could be read before that is still there"
    yield _run("broken-views", [_broken(view) for view in broken_views(before, after)], no_view)
    yield _run("plans-of-views", [_plan(view, scans) for view, scans in worse_plans(before, after)], no_view)
    yield _run("free-pages", list(_free(before, after)), "" if after.pages else "the file has no pages")


def _uncounted(found: FileComparison) -> str:
    """Why it is not known whether a table has lost rows; '' where every one was counted before and after."""
    there = [(one.name, one.before.rows, one.after.rows) for one in found.tables if one.before and one.after]
    unknown = [name for name, *rows in there if None in rows]
    if unknown:
        return f"{len(unknown)} of {len(there)} tables could not be counted in time, {shown(unknown[0])} first"
    return "" if there else "no table is there before and after"


def _run(check: str, findings: list[Finding], unseen: str) -> CheckRun:
    if findings:
        return CheckRun(check=check, outcome=Outcome.FAILED, findings=tuple(findings))
    return CheckRun(check=check, outcome=Outcome.SKIPPED if unseen else Outcome.PASSED, reason=unseen)


def _finding(check: str, severity: Severity, subject: str, message: str, remedy: str, **evidence: str) -> Finding:
    return Finding(
        check=check,
        severity=severity,
        confidence=Confidence.OBSERVED,
        subject=subject,
        message=message,
        remedy=remedy,
        evidence=evidence,
    )


def _slower(change: Change) -> Finding:
    return _finding(
        "slower-reads",
        Severity.WARNING,
        shown(change.text),
        f"counting the rows of {shown(change.text)} takes {change.ratio:.1f} times as long as before: "
        f"{milliseconds(change.seconds[0])} → {milliseconds(change.seconds[1])} ms",
        "is an index gone that the count was read from, or are the rows longer? VACUUM puts them in order again",
        observed=f"{change.ratio:.2f} ({change.low:.2f} to {change.high:.2f})",
        threshold=f"surely above 1.2, {sureness_of(change)}, and by {LEAST_DIFFERENCE * 1000:g} ms",
    )


def _fewer(one: TableChange) -> Finding:
    assert one.before is not None
    return _finding(
        "lost-rows",
        Severity.WARNING,
        shown(one.name),
        f"{shown(one.name)} has {one.lost_rows:,} rows fewer than before the upgrade",
        "if the migration was not to delete them: the backup that was taken before it has them",
        observed=f"{one.lost_rows:,} of {one.before.rows:,}",
        threshold="none",
    )


def _lost(kind: str, name: str, table: str) -> Finding:
    return _finding(
        "lost-indexes" if kind == "index" else "lost-triggers",
        Severity.WARNING,
        shown(name),
        f"the {kind} {shown(name)} on {shown(table)} is gone",
        f"if the migration was not to drop it: make it again; Alembic's batch mode builds a table anew without "
        f"{'triggers' if kind == 'trigger' else 'indexes on expressions'}",
        observed="gone",
        threshold="still there",
    )


def _broken(view: str) -> Finding:
    return _finding(
        "broken-views",
        Severity.ERROR,
        shown(view),
        f"the view {shown(view)} can no longer be read: what it names is gone",
        f"SELECT * FROM {quote_always(view)} LIMIT 1;  -- SQLite says what it misses; make the view again without it",
        observed="it cannot be compiled",
        threshold="it could be, before",
    )


def _plan(view: str, scans: tuple[str, ...]) -> Finding:
    return _finding(
        "plans-of-views",
        Severity.WARNING,
        shown(view),
        f"the view {shown(view)} now reads from end to end what it looked up before: {'; '.join(scans)}",
        f"EXPLAIN QUERY PLAN SELECT * FROM {quote_always(view)};  -- which index does it need?",
        observed="; ".join(scans),
        threshold="no more SCAN than before",
    )


def _free(before: FileSnapshot, after: FileSnapshot) -> Iterator[Finding]:
    share = after.free_pages / after.pages if after.pages else 0.0
    if share >= _FREE and after.free_pages - before.free_pages >= _FREE_PAGES:
        size = after.free_pages * after.page_size
        yield _finding(
            "free-pages",
            Severity.INFO,
            "the file",
            f"{share:.0%} of the file is free since the upgrade: {size:,} bytes",
            "VACUUM;  -- at a quiet time: it writes the whole file anew",
            observed=f"{share:.0%}",
            threshold=f"{_FREE:.0%} and {_FREE_PAGES} pages more than before",
        )


def sureness_of(change: Change) -> str:
    """How sure a change is that is no chance."""
    return "beyond the noise" if change.sureness is Sureness.CALIBRATED else "by its own spread"


def milliseconds(seconds: float) -> str:
    """The number, with as many figures as it is worth."""
    return f"{seconds * 1000:.3f}" if seconds < 0.01 else f"{seconds * 1000:,.1f}"
