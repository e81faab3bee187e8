"""`analyze-performance --before-after` on SQLite: the snapshots that the guard took around an upgrade, compared."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fingood.catalog.file_snapshot import shown
from fingood.catalog.workload_files import read_file_snapshots
from fingood.commands.monitor_file import in_memory
from fingood.errors import CouldNotLook
from fingood.model.file_snapshot import FileSnapshot
from fingood.model.finding import Finding
from fingood.model.names import quote_always
from fingood.model.report import CheckRun, Outcome, Report, Section, Table, Text
from fingood.model.severity import Confidence, Severity
from fingood.model.workload import Moment
from fingood.monitoring.comparison import LEAST_CALLS, Change, Noise, Sureness
from fingood.monitoring.file_comparison import (
    LEAST_DIFFERENCE,
    TableChange,
    changed_plans,
    lost_indexes,
    lost_triggers,
    reads_of,
    slower_reads,
    tables_of,
    worse_plans,
)
from fingood.settings import Settings
from fingood.statements.compat import read_url

_SHOWN = 30
_FREE = 0.25
_FREE_PAGES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class FileComparison:
    """The snapshots around an upgrade and what differs; ``broken`` are files that are no snapshots."""

    before: FileSnapshot
    after: FileSnapshot
    tables: tuple[TableChange, ...]
    reads: tuple[Change, ...]
    noise: Noise
    broken: tuple[str, ...]

    @property
    def unseen(self) -> tuple[str, ...]:
        """What either snapshot could not read, each once."""
        lines = (*self.before.unseen, *self.after.unseen)
        return (*dict.fromkeys(lines), *(f"{name} cannot be read as a snapshot" for name in self.broken))


def compare_files(settings: Settings, url: str, wanted: set[str]) -> Report:
    """Compares what the guard saw of the file right before the newest upgrade, or the one that applied a ``wanted``
    revision, and right after it. The database itself is not opened.

    Raises CouldNotLook where no upgrade with snapshots is known, and for a database in memory.
    """
    name = read_url(url).database or ""
    if not name or ":memory:" in name or "mode=memory" in url:
        raise in_memory()
    started, clock = datetime.now(UTC), time.monotonic()
    found = _compare(settings, wanted)
    runs = tuple(_runs(found))
    return Report(
        command="analyze-performance",
        subject=f"before and after {', '.join(found.after.revisions) or 'an upgrade'}",
        target=settings.target,
        started=started,
        duration=time.monotonic() - clock,
        headline=_headline(found, runs),
        runs=runs,
        sections=tuple(_sections(found)),
        data=_data(found),
        fail_on=settings.fail_on,
    )


def _compare(settings: Settings, wanted: set[str]) -> FileComparison:
    known, broken = read_file_snapshots(settings.performance_dir, settings.target)
    after = next(
        (one for one in reversed(known) if one.moment is Moment.AFTER and (not wanted or wanted & set(one.revisions))),
        None,
    )
    before = next((one for one in known if after and one.moment is Moment.BEFORE and one.run == after.run), None)
    if after is None or before is None:
        what = f"the upgrade of {', '.join(sorted(wanted))}" if wanted else "any upgrade of this database"
        raise CouldNotLook(
            f"no snapshots around {what} are in this project",
            hint="a guarded alembic upgrade takes them by itself; they lie beside the audit log, in performance/",
        )
    reads, noise = reads_of(before, after)
    tables = tables_of(before, after)
    return FileComparison(before=before, after=after, tables=tables, reads=reads, noise=noise, broken=broken)


def _runs(found: FileComparison) -> Iterator[CheckRun]:
    before, after = found.before, found.after
    few = "" if found.reads else f"no table could be counted {LEAST_CALLS} times before and after"
    yield _run("slower-reads", [_slower(change) for change in slower_reads(found.reads, before, after)], few)
    counted = [
        one for one in found.tables if one.before and one.after and None not in (one.before.rows, one.after.rows)
    ]
    fewer = [_fewer(one) for one in counted if one.lost_rows]
    yield _run("lost-rows", fewer, "" if counted else "no table could be counted before and after")
    nothing = "" if before.tables else "there was no table before"
    yield _run(
        "lost-indexes",
        [_lost("index", name, before.indexes[name].table) for name in lost_indexes(before, after)],
        nothing,
    )
    lost = [_lost("trigger", name, before.triggers[name]) for name in lost_triggers(before, after)]
    yield _run("lost-triggers", lost, "" if before.triggers else "there was no trigger before")
    views = [_plan(view, scans) for view, scans in worse_plans(before, after)]
    same = set(before.plans) & set(after.plans)
    yield _run("plans-of-views", views, "" if same else "no view could be read before and after")
    yield _run("free-pages", list(_free(before, after)), "" if after.pages else "the file has no pages")


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
        f"{_ms(change.seconds[0])} → {_ms(change.seconds[1])} ms",
        "is an index gone that the count was read from, or are the rows longer? VACUUM puts them in order again",
        observed=f"{change.ratio:.2f} ({change.low:.2f} to {change.high:.2f})",
        threshold=f"surely above 1.2, {_sureness(change)}, and by {LEAST_DIFFERENCE * 1000:g} ms",
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


def _headline(found: FileComparison, runs: Sequence[CheckRun]) -> str:
    unseen = sum(run.outcome is Outcome.SKIPPED for run in runs)
    rest = f", {unseen} of {len(runs)} comparisons could not be made" if unseen else ""
    failed = sum(len(run.findings) for run in runs)
    size = f"{found.before.pages:,} → {found.after.pages:,} pages"
    said = _counted(failed, "remark") if failed else "no remarks"
    return f"{_counted(len(found.tables), 'table')} compared, {size}: {said}{rest}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _sections(found: FileComparison) -> Iterator[Section]:
    before, after = found.before, found.after
    yield Text(title="What was compared", lines=tuple(_compared(found)))
    if found.reads:
        reads = tuple(_read_row(change) for change in found.reads[:_SHOWN])
        columns = ("table", "before", "after", "ratio", "95 % interval", "times", "verdict")
        yield Table(title="Counting a table's rows, ms", columns=columns, rows=reads)
    if found.tables:
        rows = tuple(_table_row(one) for one in found.tables[:_SHOWN])
        names = ("table", "rows before", "rows after", "pages before", "pages after")
        yield Table(title="Tables", columns=names, rows=rows)
    sizes = tuple(_sizes(before, after))
    yield Table(title="The file", columns=("what", "before", "after", "ratio"), rows=sizes)
    changes = tuple(_changes(found))
    if changes:
        yield Table(title="New, gone and changed", columns=("what", "name", "how"), rows=changes)
    lines = ("SQLite keeps no statistics of its work: what the application's own statements take is not known",)
    yield Text(title="Not looked at", lines=(*lines, *found.unseen))


def _compared(found: FileComparison) -> Iterator[str]:
    before, after, noise = found.before, found.after, found.noise
    yield f"before  {before.taken:%Y-%m-%d %H:%M:%S} UTC, right before the first step"
    yield f"after   {after.taken:%Y-%m-%d %H:%M:%S} UTC, right after the last one"
    if noise.comparisons:
        yield f"noise   equal things differ up to {noise.factor:.2f} times (95 of 100, {noise.comparisons} compared)"
    else:
        yield f"noise   not known: no table could be counted {LEAST_CALLS} times"
    yield f"revisions  {', '.join(after.revisions) or 'not recorded'}"


def _read_row(change: Change) -> tuple[str, ...]:
    verdict = "slower" if change.slower else "faster" if change.faster else "no change"
    return (
        shown(change.text),
        _ms(change.seconds[0]),
        _ms(change.seconds[1]),
        f"{change.ratio:.2f}",
        f"{change.low:.2f} to {change.high:.2f}",
        f"{change.calls[0]:.0f} → {change.calls[1]:.0f}",
        f"{verdict}, {_sureness(change)}" if verdict != "no change" else verdict,
    )


def _sureness(change: Change) -> str:
    return "beyond the noise" if change.sureness is Sureness.CALIBRATED else "by its own spread"


def _table_row(one: TableChange) -> tuple[str, ...]:
    before, after = one.before, one.after
    return (
        shown(one.name),
        _number(before.rows) if before else "new",
        _number(after.rows) if after else "gone",
        _number(before.pages) if before else "",
        _number(after.pages) if after else "",
    )


def _number(value: int | None) -> str:
    return "not read" if value is None else f"{value:,}"


def _sizes(before: FileSnapshot, after: FileSnapshot) -> Iterator[tuple[str, str, str, str]]:
    pairs = (
        ("bytes", before.pages * before.page_size, after.pages * after.page_size),
        ("pages", before.pages, after.pages),
        ("free pages", before.free_pages, after.free_pages),
    )
    for name, one, other in pairs:
        yield name, f"{one:,}", f"{other:,}", f"{other / one:.2f}" if one and other else ""


def _changes(found: FileComparison) -> Iterator[tuple[str, str, str]]:
    before, after = found.before, found.after
    kinds = (
        ("table", before.tables, after.tables),
        ("index", before.indexes, after.indexes),
        ("trigger", before.triggers, after.triggers),
        ("view", before.plans, after.plans),
    )
    for kind, old, new in kinds:
        for name in sorted({*old, *new}):
            if (name in old) is not (name in new):
                yield kind, shown(name), "new" if name in new else "gone"
    for view in changed_plans(before, after):
        yield "view", shown(view), f"its plan: {_lines(before.plans[view])} → {_lines(after.plans[view])}"
    if before.wal is not after.wal:
        yield "journal mode", "", "WAL now" if after.wal else "a rollback journal now"


def _lines(plan: tuple[str, ...]) -> str:
    return "; ".join(line.strip() for line in plan)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.3f}" if seconds < 0.01 else f"{seconds * 1000:,.1f}"


def _data(found: FileComparison) -> dict[str, object]:
    return {
        "revisions": list(found.after.revisions),
        "statement_statistics": False,
        "noise": {"factor": round(found.noise.factor, 4), "comparisons": found.noise.comparisons},
        "pages": [found.before.pages, found.after.pages],
        "free_pages": [found.before.free_pages, found.after.free_pages],
        "tables": [
            {
                "table": one.name,
                "rows": [part and part.rows for part in (one.before, one.after)],
                "pages": [part and part.pages for part in (one.before, one.after)],
            }
            for one in found.tables
        ],
        "reads": [
            {
                "table": change.text,
                "times": list(change.calls),
                "seconds": list(change.seconds),
                "ratio": round(change.ratio, 4),
                "interval": [round(change.low, 4), round(change.high, 4)],
                "chance": change.chance,
                "sureness": change.sureness.name.lower(),
            }
            for change in found.reads
        ],
    }
