"""`monitor-performance`: samples of a database's work over a while, kept in a file, at a cost that is measured."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.engine import Connection

from fingood.audit import mask_literals
from fingood.catalog import connect
from fingood.catalog.workload import read_workload
from fingood.catalog.workload_files import store_workload
from fingood.commands.monitor_file import monitor_file
from fingood.commands.sampling import Tick, Watch, begin_watch, cannot_write, sample_for, thinned_out
from fingood.model.report import Report, Section, Table, Text
from fingood.model.workload import Moment
from fingood.monitoring import Sample, Totals, read_totals, take_sample
from fingood.monitoring.waits import Session, lines_of, read_waits, tree_of
from fingood.settings import Settings, dialect_of, require_database_url

_SNAPSHOTS = 10
_BETWEEN_SNAPSHOTS = 15.0
_TIMEOUT = 10.0


def monitor_performance(settings: Settings, duration: float, tick: Tick) -> Report:
    """Samples the database for ``duration`` seconds, once a second or as seldom as keeps our own cost below 1 %.

    Every sample goes to a file of its own in .fingood/performance at once; from time to time the database's counters
    are stored there too, for `analyze-performance` (PostgreSQL; SQLite has none). ``tick`` hears of every sample.
    Raises CouldNotLook where the file cannot be written, and for a SQLite database in memory.
    """
    url = require_database_url(settings)
    if dialect_of(url) != "postgresql":
        return monitor_file(settings, url, duration, tick)
    watch: Watch[Sample] = begin_watch(settings)
    with connect(url, application_name="fingood monitor", statement_timeout=_TIMEOUT) as connection:
        snapshots = _Snapshots(connection, settings, duration)
        before = read_totals(connection)
        connection.rollback()
        sample_for(watch, lambda: _look(connection), duration, tick, snapshots.take_now_and_then)
        grown = read_totals(connection).since(before)
    return _report(settings, watch, grown, snapshots.taken)


def _look(connection: Connection) -> tuple[Sample, tuple[Session, ...]]:
    found = take_sample(connection), read_waits(connection)
    # A transaction sees the statistics as they were when it first looked (manual, Statistics Collection), and one that
    # idles until the next look is what it is there to show: an idle_in_transaction_session_timeout ends it.
    connection.rollback()
    return found


class _Snapshots:
    """Stores the database's counters at the beginning, at the end, and a few times between."""

    def __init__(self, connection: Connection, settings: Settings, duration: float) -> None:
        self.taken = 0
        self._connection = connection
        self._settings = settings
        self._pause = max(duration / _SNAPSHOTS, _BETWEEN_SNAPSHOTS)
        self._next = 0.0

    def take_now_and_then(self, at: float, *, last: bool) -> None:
        if not last and at < self._next:
            return
        settings = self._settings
        workload = read_workload(self._connection, Moment.SAMPLE, target=settings.target, mask=mask_literals)
        self._connection.rollback()
        try:
            store_workload(settings.performance_dir, workload)
        except OSError as error:
            raise cannot_write(settings.performance_dir, error) from None
        self.taken += 1
        self._next = at + self._pause


def _report(settings: Settings, watch: Watch[Sample], grown: Totals, snapshots: int) -> Report:
    seconds = watch.seconds
    waiting = max(sample.waiting for sample in watch.samples)
    sections: list[Section] = [_sessions(watch.samples), _curve(watch), _work(grown, seconds)]
    if watch.worst:
        lines = tuple(lines_of(tree_of(watch.worst)))
        sections.append(Text(title="Who waited for whom when most did", lines=lines))
    lines = watch.own_part(f", {snapshots} snapshots for fingood analyze-performance")
    sections.append(Text(title="Our own part", lines=lines))
    return Report(
        command="monitor-performance",
        subject=f"{seconds:.0f} s, {len(watch.samples)} samples",
        target=settings.target,
        started=watch.started,
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
            "snapshots": snapshots,
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


def _curve(watch: Watch[Sample]) -> Table:
    """The samples over time."""
    rows = [
        (f"{at:.0f}", str(sample.active), str(sample.waiting), str(sample.idle_in_transaction))
        for at, sample in zip(watch.at, watch.samples, strict=True)
    ]
    columns = ("second", "active", "waiting", "idle in transaction")
    return Table(title="Over time", columns=columns, rows=thinned_out(rows))


def _work(grown: Totals, seconds: float) -> Table:
    blocks = grown.hits + grown.reads
    rows = [
        (name.replace("_", " "), str(number), f"{number / seconds:.1f}")
        for name in ("commits", "rollbacks", "inserted", "updated", "deleted", "temp_bytes", "deadlocks")
        if (number := getattr(grown, name)) is not None
    ]
    rows.append(("blocks from cache", f"{grown.hits / blocks:.1%}" if blocks else "no blocks read", ""))
    return Table(title="Work of the whole database", columns=("", "in all", "a second"), rows=tuple(rows))
