"""`monitor-performance`, `monitor-queries`, `analyze-performance`: what the database does, as far as it can be seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from sqlalchemy.engine import Connection

from fingood.audit import AuditLog
from fingood.catalog import connect
from fingood.errors import CouldNotLook, NotAvailable
from fingood.model.event import EventKind
from fingood.model.finding import Direction
from fingood.model.names import RelationName
from fingood.model.report import Report, Section, Table, Text
from fingood.monitoring import Sample, Totals, read_totals, take_sample
from fingood.monitoring.activity import Seen, counted_statements, running_statements
from fingood.revisions import History
from fingood.settings import Settings, dialect_of, require_database_url
from fingood.statements import Recorder

_INTERVAL = 1.0
_SHOWN = 50


def monitor_performance(settings: Settings, duration: float, tick: Callable[[str], None]) -> Report:
    """Samples the database once a second for ``duration`` seconds. ``tick`` hears of every sample.

    Raises NotAvailable for SQLite, which counts nothing that could be sampled.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    url = _postgresql(settings, "sampling")
    samples = []
    with connect(url, application_name="fingood monitor") as connection:
        before = read_totals(connection)
        while True:
            # A transaction sees the statistics as they were when it first looked (manual, 27.2.2).
            connection.rollback()
            samples.append(take_sample(connection))
            tick(f"{samples[-1].active} active, {samples[-1].waiting} waiting")
            left = duration - (time.monotonic() - clock)
            if left <= 0:
                break
            time.sleep(min(_INTERVAL, left))
        connection.rollback()
        grown = read_totals(connection).since(before)
    seconds = time.monotonic() - clock
    return Report(
        command="monitor-performance",
        subject=f"{seconds:.0f} s, {len(samples)} samples",
        target=settings.target,
        started=started,
        duration=seconds,
        headline=f"{grown.commits / seconds:.1f} commits a second, {grown.rollbacks} rollbacks, "
        f"{max(sample.waiting for sample in samples)} sessions at most waiting for a lock",
        sections=(_sessions(samples), _work(grown, seconds)),
        data={"samples": len(samples), "seconds": round(seconds, 3), "commits": grown.commits},
    )


def _postgresql(settings: Settings, what: str) -> str:
    url = require_database_url(settings)
    if dialect_of(url) != "postgresql":
        raise NotAvailable(f"{what} needs PostgreSQL: SQLite keeps no statistics of its work")
    return url


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


def _work(grown: Totals, seconds: float) -> Table:
    blocks = grown.hits + grown.reads
    rows = [
        (name.replace("_", " "), str(number), f"{number / seconds:.1f}")
        for name in ("commits", "rollbacks", "inserted", "updated", "deleted", "temp_bytes", "deadlocks")
        if (number := getattr(grown, name)) is not None
    ]
    rows.append(("blocks from cache", f"{grown.hits / blocks:.1%}" if blocks else "no blocks read", ""))
    return Table(title="Work of the whole database", columns=("", "in all", "a second"), rows=tuple(rows))


def monitor_queries(settings: Settings, text: str) -> Report:
    """The statements that touch the tables of a migration: running now, and counted by pg_stat_statements.

    Raises NotAvailable for SQLite, UnknownRevision where ``text`` names no revision.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    url = _postgresql(settings, "looking at other sessions' statements")
    revisions = History.load(settings.project).resolve(text)
    with Recorder(settings.project) as recorder:
        plans = [recorder.render(revision.id, Direction.UPGRADE, "postgresql") for revision in revisions]
    tables = frozenset(
        action.relation
        for plan in plans
        for statement in plan.statements
        for action in statement.actions
        if action.relation is not None and action.relation.name != "alembic_version"
    )
    with connect(url, application_name="fingood monitor-queries") as connection:
        running = running_statements(connection, tables)
        counted, unseen = _counted(connection, tables)
    unseen += [f"{plan.revision}: {plan.unrendered}" for plan in plans if plan.unrendered]
    seen = (*running, *counted[:_SHOWN])
    return Report(
        command="monitor-queries",
        subject=", ".join(revision.id for revision in revisions),
        target=settings.target,
        started=started,
        duration=time.monotonic() - clock,
        headline=_query_headline(tables, len(running) + len(counted)),
        sections=tuple(_query_sections(seen, unseen)),
        data={"tables": sorted(str(table) for table in tables), "statements": len(running) + len(counted)},
    )


def _counted(connection: Connection, tables: frozenset[RelationName]) -> tuple[tuple[Seen, ...], list[str]]:
    try:
        return counted_statements(connection, tables), []
    except CouldNotLook as error:
        return (), [f"{error.message}: only what runs right now was seen. {error.hint}"]


def _query_headline(tables: frozenset[RelationName], number: int) -> str:
    if not tables:
        return "no table is known to be touched by the migration"
    return f"{number} statements touch {', '.join(sorted(str(table) for table in tables))}"


def _query_sections(seen: tuple[Seen, ...], unseen: list[str]) -> Iterable[Section]:
    if seen:
        rows = tuple((one.source, one.calls, one.milliseconds, one.text) for one in seen)
        yield Table(title="Statements", columns=("seen in", "calls", "mean ms", "statement"), rows=rows)
    if unseen:
        yield Text(title="Not looked at", lines=tuple(unseen))


def analyze_performance(settings: Settings) -> Report:
    """What the audit log knows about the duration of past migrations."""
    started, clock = datetime.now(UTC), time.monotonic()
    kinds = (EventKind.MIGRATION_COMPLETE, EventKind.MIGRATION_ROLLBACK)
    events = [event for event in AuditLog(settings.audit_log).events() if event.kind in kinds]
    rows = tuple(
        (f"{event.at:%Y-%m-%d %H:%M:%S} UTC", event.kind.value, event.subject, _milliseconds(event.payload))
        for event in events
    )
    return Report(
        command="analyze-performance",
        subject="durations of migrations in the audit log",
        target=settings.target,
        started=started,
        duration=time.monotonic() - clock,
        headline=f"{len(rows)} migrations are in the audit log" if rows else "no migration is in the audit log",
        sections=(Table(title="Migrations", columns=("at", "what", "revision", "ms"), rows=rows),) if rows else (),
        data={"migrations": len(rows)},
    )


def _milliseconds(payload: object) -> str:
    value = payload.get("execution_ms") if isinstance(payload, dict) else None
    return "" if value is None else str(value)
