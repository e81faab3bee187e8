"""`analyze-performance --before-after` on SQLite: the snapshots that the guard took around an upgrade, compared."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from fingood.catalog.file_snapshot import shown
from fingood.catalog.workload_files import read_file_snapshots
from fingood.commands.file_findings import milliseconds, runs_of, sureness_of
from fingood.commands.monitor_file import in_memory
from fingood.errors import CouldNotLook
from fingood.model.file_snapshot import FileSnapshot
from fingood.model.report import CheckRun, Outcome, Report, Section, Table, Text
from fingood.model.workload import Moment
from fingood.monitoring.comparison import LEAST_CALLS, Change
from fingood.monitoring.file_comparison import FileComparison, TableChange, changed_plans, reads_of, tables_of
from fingood.settings import Settings
from fingood.statements.compat import read_url

_SHOWN = 30


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
    runs = tuple(runs_of(found))
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
        milliseconds(change.seconds[0]),
        milliseconds(change.seconds[1]),
        f"{change.ratio:.2f}",
        f"{change.low:.2f} to {change.high:.2f}",
        f"{change.calls[0]:.0f} → {change.calls[1]:.0f}",
        f"{verdict}, {sureness_of(change)}" if verdict != "no change" else verdict,
    )


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
