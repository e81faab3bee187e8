"""`monitor-queries` on SQLite: the migration's tables, what in the schema touches them, and who has the file open."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from datetime import UTC, datetime

from fingood.audit import mask_literals
from fingood.catalog import connect
from fingood.catalog.file_snapshot import read_file_snapshot, shown, tables_behind
from fingood.catalog.sqlite_locks import look_for_locks, processes_with
from fingood.catalog.sqlite_statements import read_schema_statements
from fingood.commands.ground import recorder_for
from fingood.commands.monitor_file import file_of, not_asked
from fingood.errors import FingoodError
from fingood.model.file_snapshot import FileSnapshot
from fingood.model.file_work import FileLock
from fingood.model.finding import Direction
from fingood.model.plan import Plan
from fingood.model.report import Report, Section, Table, Text
from fingood.model.schema_statement import SchemaStatement
from fingood.model.workload import Moment
from fingood.revisions import Revision
from fingood.sandbox import open_sandbox
from fingood.settings import Settings

_SHOWN = 50
_SECONDS = 5.0
_PATIENCE = 2000
_OWN = "alembic_version"
_COPY = "_alembic_tmp_"
_NO_STATISTICS = (
    "SQLite keeps no statistics of statements and shows nobody what another process runs: the application's own "
    "statements on these tables are not known"
)


def monitor_file_queries(settings: Settings, url: str, revisions: tuple[Revision, ...]) -> Report:
    """What of a SQLite database the migration touches, and which statements of the schema do so too.

    Raises CannotConnect, and CouldNotLook for a database in memory, and for a file that is locked or is none.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    path = file_of(url)
    plans, unseen = _plans(settings, revisions)
    locks = look_for_locks(path)
    relations, others = _names_in(plans)
    with connect(url) as connection:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {_PATIENCE}")
        there = tables_behind(connection, relations | others)
        state = read_file_snapshot(
            connection, Moment.SAMPLE, target=settings.target, tables=there, rounds=1, seconds=_SECONDS
        )
        statements = read_schema_statements(connection)
    known = {name.lower() for name in there}
    tables = there | {name for name in relations if name.lower() not in known}
    touching = tuple(one for one in statements if {one.on.lower(), *map(str.lower, one.touches)} & known)
    held = locks.read(wal=state.wal)
    opened, hidden = processes_with(path)
    unseen = [_NO_STATISTICS, *unseen, *state.unseen, *([locks.reason] if locks.reason else [])]
    if hidden:
        unseen.append(not_asked(hidden))
    return Report(
        command="monitor-queries",
        subject=", ".join(revision.id for revision in revisions),
        target=settings.target,
        started=started,
        duration=time.monotonic() - clock,
        headline=_headline(tables, touching),
        sections=tuple(_sections(tables, state, touching, _holders(held or (), opened), unseen)),
        data={
            "tables": sorted(tables),
            "statements": len(touching),
            "touching": [
                {"kind": one.kind, "name": one.name, "on": one.on, "event": one.event, "plan": list(one.plan)}
                for one in touching
            ],
        },
    )


def _plans(settings: Settings, revisions: tuple[Revision, ...]) -> tuple[list[Plan], list[str]]:
    """What the revisions run: by Alembic's offline mode, and where that does not get through (batch mode reads the
    table), by running the history up to them in a sandbox."""
    unseen: list[str] = []
    with recorder_for(settings) as recorder:
        plans = [recorder.render(revision.id, Direction.UPGRADE, "sqlite") for revision in revisions]
        incomplete = {plan.revision: plan.unrendered for plan in plans if plan.unrendered}
        if not incomplete:
            return plans, unseen
        try:
            with open_sandbox("sqlite", settings=settings.sandbox) as sandbox:
                database = sandbox.empty()
                recorder.prepare(database.url)
                recorded = {
                    plan.revision: plan
                    for revision in revisions
                    for plan in recorder.upgrade(database.url, revision.id, observe=False)
                }
        except FingoodError as error:
            reasons = [f"{revision}: {reason}" for revision, reason in incomplete.items()]
            return plans, [*reasons, f"nor could the history be run in a sandbox: {error.message}"]
    for at, plan in enumerate(plans):
        run = recorded.get(plan.revision)
        if run is not None and run.failure is None:
            plans[at] = run
        elif plan.unrendered:
            unseen.append(f"{plan.revision}: {plan.unrendered}; {_failure(run)}")
    return plans, unseen


def _failure(run: Plan | None) -> str:
    return "the history below it does not run in an empty sandbox" if run is None else f"in a sandbox: {run.failure}"


def _names_in(plans: list[Plan]) -> tuple[frozenset[str], frozenset[str]]:
    """The tables and views that the statements name, and the other things of a schema."""
    actions = [action for plan in plans for statement in plan.statements for action in statement.actions]
    relations = {
        action.relation.name.removeprefix(_COPY)
        for action in actions
        if action.relation is not None and action.relation.name != _OWN
    }
    return frozenset(relations), frozenset(action.object.name for action in actions if action.object is not None)


def _headline(tables: Collection[str], touching: tuple[SchemaStatement, ...]) -> str:
    if not tables:
        return "no table is known to be touched by the migration"
    names = ", ".join(sorted(map(shown, tables)))
    touch = (
        "1 statement of the schema touches" if len(touching) == 1 else f"{len(touching)} statements of the schema touch"
    )
    return f"{touch} {names}; the application's own are not to be seen on SQLite"


def _holders(locks: tuple[FileLock, ...], opened: dict[int, str]) -> tuple[str, ...]:
    locked = {one.pid for one in locks}
    lines = [f"{one.process or 'name not seen'} (pid {one.pid}) {one.kind}" for one in locks]
    return (*lines, *(f"{name} (pid {pid}) has it open" for pid, name in opened.items() if pid not in locked))


def _sections(
    tables: Collection[str],
    state: FileSnapshot,
    touching: tuple[SchemaStatement, ...],
    holders: tuple[str, ...],
    unseen: list[str],
) -> Iterator[Section]:
    if tables:
        rows = tuple(_table_row(name, state) for name in sorted(tables))
        columns = ("table", "rows", "pages", "bytes", "indexes", "triggers")
        yield Table(title="Tables of the migration", columns=columns, rows=rows)
    if touching:
        rows = tuple(_statement_row(one) for one in touching[:_SHOWN])
        columns = ("kind", "name", "on", "when", "statement", "plan")
        yield Table(title="Statements of the schema that touch them", columns=columns, rows=rows)
    if len(touching) > _SHOWN:
        unseen = [*unseen, f"{len(touching) - _SHOWN} further statements; --format json has them all"]
    if holders:
        yield Text(title="Who has the file now", lines=holders)
    yield Text(title="Not looked at", lines=tuple(unseen))


def _table_row(name: str, state: FileSnapshot) -> tuple[str, ...]:
    indexes = [index for index, one in state.indexes.items() if one.table == name]
    triggers = sum(on == name for on in state.triggers.values())
    table = state.tables.get(name)
    if table is None:
        view = name in state.plans
        return (shown(name), "a view" if view else "does not exist yet", "", "", "", str(triggers) if view else "")
    rows = "not read" if table.rows is None else f"{table.rows:,}"
    if table.pages is None:
        pages = size = "not read"
    else:
        pages, size = f"{table.pages:,}", f"{table.pages * state.page_size:,}"
    return (shown(name), rows, pages, size, ", ".join(map(shown, sorted(indexes))) or "none", str(triggers))


def _statement_row(one: SchemaStatement) -> tuple[str, ...]:
    text = " ".join(mask_literals(one.text).split())[:200]
    plan = one.unseen or "; ".join(line.strip() for line in one.plan) or "reads no table"
    on = shown(one.on) if one.on else ""
    return (one.kind, shown(one.name), on, one.event, text, plan)
