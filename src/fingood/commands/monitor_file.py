"""`monitor-performance` on SQLite: what the file, its log and its locks tell over a while."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median

from fingood.catalog import connect
from fingood.catalog.queries import run_sql
from fingood.catalog.sqlite_locks import look_for_locks, processes_with
from fingood.commands.sampling import Tick, Watch, begin_watch, sample_for, thinned_out
from fingood.errors import CouldNotLook
from fingood.model.file_work import FileSample
from fingood.model.report import Report, Section, Table, Text
from fingood.monitoring.file_sampling import FileWatch
from fingood.monitoring.waits import lines_of, tree_of
from fingood.settings import Settings

UNSEEN = (
    "SQLite keeps no statistics of its work: which statements ran, how long they took and how many rows they changed "
    "is not known",
    "a connection that waits for the write lock asks again and again and leaves no trace: only a writer that waits for "
    "readers is seen",
)

_LOCKS = {
    True: "the small reads took a read lock, which keeps nobody waiting in WAL mode",
    False: "no lock was taken: a read tells nothing of how long a reader waits for a writer",
}


def file_of(url: str) -> Path:
    """The file of a SQLite URL. Raises CannotConnect where it does not exist, CouldNotLook for a database in memory."""
    with connect(url) as connection:
        rows = run_sql(connection, "PRAGMA database_list")
    name = next((str(row["file"] or "") for row in rows if row["name"] == "main"), "")
    if not name:
        raise in_memory()
    return Path(name)


def in_memory() -> CouldNotLook:
    """Why a database in memory cannot be watched."""
    return CouldNotLook(
        "a SQLite database in memory is seen by its own process alone: there is nothing to look at from here",
        hint="give the URL of a database file: sqlite:///path/to/app.db",
    )


def monitor_file(settings: Settings, url: str, duration: float, tick: Tick) -> Report:
    """Samples the file for ``duration`` seconds. Raises CannotConnect where it cannot be read, CouldNotLook."""
    path = file_of(url)
    watch: Watch[FileSample] = begin_watch(settings)
    source = FileWatch(path=path, locks=look_for_locks(path))
    begun = time.monotonic()
    opened = processes_with(path)
    watch.busy += time.monotonic() - begun
    sample_for(watch, source.take, duration, tick)
    return _report(settings, watch, source, opened)


def _report(
    settings: Settings, watch: Watch[FileSample], source: FileWatch, opened: tuple[dict[int, str], int]
) -> Report:
    seconds = watch.seconds
    samples = watch.samples
    commits = [sample.commits for sample in samples[1:] if sample.commits is not None]
    held = [sample.writing for sample in samples if sample.writing is not None]
    reads = [sample.read_seconds for sample in samples if sample.read_seconds is not None]
    sections: list[Section] = [_work(samples, commits, seconds), _sizes(samples)]
    sections += _curves(watch)
    sections += _holders(source, opened, len(samples))
    if watch.worst:
        title = "Who waited for whom when most did" if any(one.blockers for one in watch.worst) else "Who wrote"
        sections.append(Text(title=title, lines=tuple(lines_of(tree_of(watch.worst)))))
    sections.append(Text(title="Not seen", lines=tuple(_unseen(source, samples, opened[1]))))
    sections.append(Text(title="Our own part", lines=(*watch.own_part(), _LOCKS[samples[-1].wal])))
    return Report(
        command="monitor-performance",
        subject=f"{seconds:.0f} s, {len(samples)} samples",
        target=settings.target,
        started=watch.started,
        duration=seconds,
        headline=_headline(commits, held, seconds),
        sections=tuple(sections),
        data={
            "samples": len(samples),
            "seconds": round(seconds, 3),
            "commits": sum(commits) if commits else None,
            "write_lock_samples": sum(held) if held else None,
            "locks_seen": bool(held),
            "read_seconds": {"median": median(reads), "most": max(reads)} if reads else None,
            "file_bytes": [samples[0].file_bytes, samples[-1].file_bytes],
            "wal_bytes": [samples[0].wal_bytes, samples[-1].wal_bytes],
            "overhead": round(watch.busy / seconds, 5),
            "file": str(watch.path),
        },
    )


def _headline(commits: list[int], held: list[bool], seconds: float) -> str:
    written = f"{sum(commits) / seconds:.1f} commits a second" if commits else "commits could not be counted"
    if not held:
        return f"{written}, locks could not be seen"
    return f"{written}, the write lock held in {sum(held)} of {len(held)} samples"


def _work(samples: list[FileSample], commits: list[int], seconds: float) -> Table:
    rows = [
        ("commits", f"{sum(commits):,}", f"{sum(commits) / seconds:.1f}") if commits else ("commits", "not seen", "")
    ]
    reads = [sample.read_seconds * 1000 for sample in samples if sample.read_seconds is not None]
    if reads:
        rows.append(("a small read, median", f"{median(reads):.2f} ms", ""))
        rows.append(("a small read, longest", f"{max(reads):.2f} ms", ""))
    rows.append(("small reads that were taken", f"{len(reads)} of {len(samples)}", ""))
    return Table(title="Work", columns=("", "in all", "a second"), rows=tuple(rows))


def _sizes(samples: list[FileSample]) -> Table:
    kinds: tuple[tuple[str, Callable[[FileSample], int | None]], ...] = (
        ("file, bytes", lambda sample: sample.file_bytes),
        ("write-ahead log, bytes", lambda sample: sample.wal_bytes if sample.wal else None),
        ("pages of the log not yet in the file", lambda sample: sample.frames),
        ("rollback journal, bytes", lambda sample: None if sample.wal else sample.journal_bytes),
        ("pages", lambda sample: sample.pages),
        ("free pages", lambda sample: sample.free_pages),
        ("schema version", lambda sample: sample.schema_version),
        ("processes that read", lambda sample: sample.readers),
        ("processes connected", lambda sample: sample.connected),
    )
    rows = []
    for name, of in kinds:
        seen = [value for value in map(of, samples) if value is not None]
        if seen:
            rows.append((name, f"{seen[0]:,}", f"{seen[-1]:,}", f"{min(seen):,}", f"{max(seen):,}"))
    mode = "WAL" if samples[-1].wal else "rollback journal"
    return Table(title=f"The file ({mode})", columns=("", "first", "last", "least", "most"), rows=tuple(rows))


def _curves(watch: Watch[FileSample]) -> Iterator[Table]:
    """The samples over time; a moment of which a number is not known is left out, not drawn as zero."""
    points = list(zip(watch.at, watch.samples, strict=True))
    rates = [
        (f"{at:.0f}", f"{sample.commits / max(at - before, 0.001):.1f}")
        for (before, _), (at, sample) in pairwise(points)
        if sample.commits is not None
    ]
    yield Table(title="Commits over time", columns=("second", "commits a second"), rows=thinned_out(rates))
    locks = [(f"{at:.0f}", str(one.readers), str(int(one.writing))) for at, one in points if one.writing is not None]
    if locks:
        columns = ("second", "processes that read", "write lock held")
        yield Table(title="Locks over time", columns=columns, rows=thinned_out(locks))
    beside = "write-ahead log" if watch.samples[-1].wal else "journal"
    sizes = [
        (f"{at:.0f}", f"{one.file_bytes / 1024:.0f}", f"{(one.wal_bytes if one.wal else one.journal_bytes) / 1024:.0f}")
        for at, one in points
    ]
    yield Table(title="Size over time, KB", columns=("second", "file", beside), rows=thinned_out(sizes))
    reads = [(f"{at:.0f}", f"{one.read_seconds * 1000:.2f}") for at, one in points if one.read_seconds is not None]
    if reads:
        yield Table(title="A small read over time, ms", columns=("second", "ms"), rows=thinned_out(reads))


def _holders(source: FileWatch, opened: tuple[dict[int, str], int], samples: int) -> Iterator[Table]:
    rows = [
        (f"{process or 'name not seen'} (pid {pid})", str(kind), f"{count} of {samples}", f"{longest:.0f}")
        for (pid, process, kind), (count, longest) in sorted(source.held.items(), key=lambda one: -one[1][0])
    ]
    known = {pid for pid, _, _ in source.held}
    rows += [
        (f"{name} (pid {pid})", "had it open at the beginning", "", "")
        for pid, name in opened[0].items()
        if pid not in known
    ]
    if rows:
        columns = ("process", "what it does", "samples", "s on end, at most")
        yield Table(title="Who has the file", columns=columns, rows=tuple(rows))


def _unseen(source: FileWatch, samples: list[FileSample], hidden: int) -> Iterator[str]:
    yield from UNSEEN
    if source.locks.reason:
        yield source.locks.reason
    else:
        yield "locks of other hosts and of other containers are not seen from here"
    if hidden:
        yield not_asked(hidden)
    missed = sum(sample.commits is None for sample in samples)
    if missed:
        yield f"in {missed} samples commits could not be counted: nobody had the database open any more"
    if source.restarts:
        yield f"the counter of commits began anew {source.restarts} times: some commits are not counted"
    for reason, count in Counter(one.read_unseen for one in samples if one.read_unseen).items():
        yield f"{count} of {len(samples)} small reads were left out: {reason}"


def not_asked(hidden: int) -> str:
    """That some processes do not let us see which files they have open."""
    who = "1 process of another user" if hidden == 1 else f"{hidden} processes of other users"
    return f"{who} could not be asked whether the file is open there"
