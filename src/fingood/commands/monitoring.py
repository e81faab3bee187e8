"""`monitor-queries` and `analyze-performance`: statements on a migration's tables, and how long migrations took."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy.engine import Connection

from fingood.audit import AuditLog
from fingood.catalog import connect
from fingood.commands.monitor_queries_file import monitor_file_queries
from fingood.errors import CouldNotLook
from fingood.model.event import EventKind
from fingood.model.finding import Direction
from fingood.model.names import RelationName
from fingood.model.report import Report, Section, Table, Text
from fingood.monitoring.activity import Seen, counted_statements, running_statements
from fingood.monitoring.waits import Session, lines_of, read_waits, tree_of
from fingood.revisions import History
from fingood.settings import Settings, dialect_of, require_database_url
from fingood.statements import Recorder

_SHOWN = 50


def monitor_queries(settings: Settings, text: str) -> Report:
    """The statements that touch the tables of a migration: running now, and counted by pg_stat_statements; on SQLite
    those of the schema.

    Raises UnknownRevision where ``text`` names no revision, CannotConnect, and CouldNotLook on SQLite (locked, in
    memory, no database).
    """
    started, clock = datetime.now(UTC), time.monotonic()
    url = require_database_url(settings)
    revisions = History.load(settings.project).resolve(text)
    if dialect_of(url) != "postgresql":
        return monitor_file_queries(settings, url, revisions)
    with Recorder(settings.project) as recorder:
        plans = [recorder.render(revision.id, Direction.UPGRADE, "postgresql") for revision in revisions]
    tables = frozenset(
        action.relation
        for plan in plans
        for statement in plan.statements
        for action in statement.actions
        if action.relation is not None and action.relation.name != "alembic_version"
    )
    with connect(url, application_name="fingood monitor-queries", statement_timeout=10.0) as connection:
        running = running_statements(connection, tables)
        waits = read_waits(connection)
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
        sections=tuple(_query_sections(seen, unseen, waits)),
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


def _query_sections(seen: tuple[Seen, ...], unseen: list[str], waits: tuple[Session, ...]) -> Iterable[Section]:
    if seen:
        rows = tuple((one.source, one.calls, one.milliseconds, one.text) for one in seen)
        yield Table(title="Statements", columns=("seen in", "calls", "mean ms", "statement"), rows=rows)
    if waits:
        yield Text(title="Who waits for whom", lines=tuple(lines_of(tree_of(waits))))
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
