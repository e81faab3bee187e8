"""`monitor-performance`: samples of a database's work over a while, kept in a file, at a cost that is measured."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import Connection

from fingood.audit import mask_literals
from fingood.catalog import connect
from fingood.catalog.workload import read_workload
from fingood.catalog.workload_files import store_workload
from fingood.errors import CouldNotLook, NotAvailable
from fingood.model.report import Report, Section, Table, Text
from fingood.model.workload import Moment
from fingood.monitoring import Sample, Totals, read_totals, take_sample
from fingood.monitoring.waits import Session, lines_of, read_waits, tree_of
from fingood.settings import Settings, dialect_of, require_database_url

_INTERVAL = 1.0
_LONGEST = 60.0
_OVERHEAD = 0.01
_SNAPSHOTS = 10
_BETWEEN_SNAPSHOTS = 15.0
_DRAWN = 300
_TIMEOUT = 10.0

Tick = Callable[[Sample, tuple[Session, ...]], None]


@dataclass(slots=True, kw_only=True)
class Watch:
    """What was seen so far. ``clock`` is when it began, ``busy`` the seconds that looking took, ``worst`` the moment
    with most sessions waiting, ``at`` when each sample was taken, in seconds from the beginning."""

    path: Path
    clock: float
    samples: list[Sample] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    busy: float = 0.0
    worst: tuple[Session, ...] = ()
    snapshots: int = 0


def monitor_performance(settings: Settings, duration: float, tick: Tick) -> Report:
    """Samples the database for ``duration`` seconds, once a second or as seldom as keeps our own cost below 1 %.

    Every sample goes to a file of its own in .fingood/performance at once; from time to time the database's counters
    are stored there too, for `analyze-performance`. ``tick`` hears of every sample. Raises NotAvailable for SQLite,
    CouldNotLook where the file cannot be written.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    url = require_database_url(settings)
    if dialect_of(url) != "postgresql":
        raise NotAvailable("sampling needs PostgreSQL: SQLite keeps no statistics of its work")
    watch = Watch(path=settings.performance_dir / f"samples-{started:%Y%m%dT%H%M%S}.jsonl", clock=clock)
    with connect(url, application_name="fingood monitor", statement_timeout=_TIMEOUT) as connection:
        before = read_totals(connection)
        _sample_for(connection, watch, settings, duration, tick)
        connection.rollback()
        grown = read_totals(connection).since(before)
    seconds = time.monotonic() - clock
    return _report(settings, watch, grown, started, seconds)


def _sample_for(connection: Connection, watch: Watch, settings: Settings, duration: float, tick: Tick) -> None:
    next_snapshot = 0.0
    while True:
        # A transaction sees the statistics as they were when it first looked (manual, Statistics Collection).
        connection.rollback()
        begun = time.monotonic()
        sample, waits = take_sample(connection), read_waits(connection)
        took = time.monotonic() - begun
        last = begun - watch.clock + took >= duration
        if last or begun - watch.clock >= next_snapshot:
            _snapshot(connection, watch, settings)
            next_snapshot = begun - watch.clock + max(duration / _SNAPSHOTS, _BETWEEN_SNAPSHOTS)
        watch.busy += time.monotonic() - begun
        _note(watch, sample, waits, begun - watch.clock)
        tick(sample, waits)
        left = duration - (time.monotonic() - watch.clock)
        if left <= 0:
            return
        time.sleep(min(_pause(took), left))


def _pause(took: float) -> float:
    """How long to wait after a sample that took that long: at least a second, and long enough to stay below 1 %."""
    return min(max(_INTERVAL, took / _OVERHEAD), _LONGEST)


def _snapshot(connection: Connection, watch: Watch, settings: Settings) -> None:
    workload = read_workload(connection, Moment.SAMPLE, target=settings.target, mask=mask_literals)
    try:
        store_workload(settings.performance_dir, workload)
    except OSError as error:
        raise CouldNotLook(f"cannot write {settings.performance_dir}: {error.strerror}") from None
    watch.snapshots += 1


def _note(watch: Watch, sample: Sample, waits: tuple[Session, ...], at: float) -> None:
    watch.samples.append(sample)
    watch.at.append(at)
    if len(waits) > len(watch.worst):
        watch.worst = waits
    line = {"at": datetime.now(UTC).isoformat(), **asdict(sample), "waits": [asdict(one) for one in waits]}
    try:
        with watch.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    except OSError as error:
        raise CouldNotLook(f"cannot write {watch.path}: {error.strerror}") from None


def _report(settings: Settings, watch: Watch, grown: Totals, started: datetime, seconds: float) -> Report:
    waiting = max(sample.waiting for sample in watch.samples)
    sections: list[Section] = [_sessions(watch.samples), _curve(watch), _work(grown, seconds)]
    if watch.worst:
        lines = tuple(lines_of(tree_of(watch.worst)))
        sections.append(Text(title="Who waited for whom when most did", lines=lines))
    sections.append(
        Text(
            title="Our own part",
            lines=(
                f"looking took {watch.busy:.2f} s of {seconds:.0f} s: {watch.busy / seconds:.2%} of one connection",
                f"samples in {watch.path.name}, {watch.snapshots} snapshots for fingood analyze-performance",
            ),
        )
    )
    return Report(
        command="monitor-performance",
        subject=f"{seconds:.0f} s, {len(watch.samples)} samples",
        target=settings.target,
        started=started,
        duration=seconds,
        headline=f"{grown.commits / seconds:.1f} commits a second, {grown.rollbacks} rollbacks, "
        f"{waiting} sessions at most waiting for a lock",
        sections=tuple(sections),
        data={
            "samples": len(watch.samples),
            "seconds": round(seconds, 3),
            "commits": grown.commits,
            "overhead": round(watch.busy / seconds, 5),
            "file": str(watch.path),
            "snapshots": watch.snapshots,
        },
    )


def _sessions(samples: list[Sample]) -> Table:
    def row(title: str, values: Iterable[float]) -> tuple[str, str, str, str]:
        found = list(values)
        return (title, f"{min(found):.0f}", f"{sum(found) / len(found):.1f}", f"{max(found):.0f}")

    rows = (
        row("active", (sample.active for sample in samples)),
        row("waiting for a lock", (sample.waiting for sample in samples)),
        row("idle in transaction", (sample.idle_in_transaction for sample in samples)),
        row("oldest transaction, s", (sample.oldest for sample in samples)),
    )
    return Table(title="Sessions", columns=("", "least", "mean", "most"), rows=rows)


def _curve(watch: Watch) -> Table:
    """The samples over time, thinned out to what a page can show."""
    step = max(1, len(watch.samples) // _DRAWN)
    rows = tuple(
        (f"{at:.0f}", str(sample.active), str(sample.waiting), str(sample.idle_in_transaction))
        for at, sample in list(zip(watch.at, watch.samples, strict=True))[::step]
    )
    return Table(title="Over time", columns=("second", "active", "waiting", "idle in transaction"), rows=rows)


def _work(grown: Totals, seconds: float) -> Table:
    blocks = grown.hits + grown.reads
    rows = [
        (name.replace("_", " "), str(number), f"{number / seconds:.1f}")
        for name in ("commits", "rollbacks", "inserted", "updated", "deleted", "temp_bytes", "deadlocks")
        if (number := getattr(grown, name)) is not None
    ]
    rows.append(("blocks from cache", f"{grown.hits / blocks:.1%}" if blocks else "no blocks read", ""))
    return Table(title="Work of the whole database", columns=("", "in all", "a second"), rows=tuple(rows))
