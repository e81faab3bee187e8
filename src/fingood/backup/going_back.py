"""Going back to a backup: restored beside the database in use, proven, and only then put in its place."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DBAPIError

from fingood.audit import AuditLog
from fingood.backup.content import Content, differences_between, load_content, read_content, shortened
from fingood.backup.databases import (
    DISK_FULL,
    Database,
    Marked,
    carry_over,
    dated,
    find_database,
    from_beside,
    mark,
    marked_databases,
    name_in,
    options_of,
    state_of,
    with_database,
)
from fingood.backup.journal import note_ended, note_restore, note_undone, unended_restore
from fingood.backup.obstacles import require_way
from fingood.backup.point import BackupPoint
from fingood.backup.restoring import describe_complaint, fill_postgres
from fingood.backup.swap import only_one, settle, swap
from fingood.backup.take import JOBS
from fingood.catalog import connect
from fingood.errors import CouldNotLook, FingoodError
from fingood.model.names import quote_always
from fingood.sandbox.driver import run
from fingood.settings import describe_target

_ROOM = "a restore needs room for a second copy of the database"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """``drain``: seconds that sessions at work are given to end. ``jobs``: connections of pg_restore."""

    drain: float = 10.0
    jobs: int = JOBS
    watch: Callable[[str], None] = lambda label: None


@dataclass(frozen=True, slots=True, kw_only=True)
class WentBack:
    """``kept`` is the name (or file) under which what was replaced lies, empty where there was nothing; ``url`` and
    ``kept_url`` lead to the two. ``unreachable`` is for how many seconds nobody could connect."""

    url: str
    kept: str
    kept_url: str | URL
    seconds: float
    unreachable: float


def settle_interrupted(url: str, audit: AuditLog) -> tuple[str, ...]:
    """Undoes what an interrupted restore of this database left, or notes its end, and says what it found.

    Raises CannotConnect, and Blocked where another restore is under way.
    """
    live = name_in(url)
    unended = unended_restore(audit, live)
    with from_beside(url) as connection, only_one(connection, live):
        told = settle(connection, live)
        kept = [one.name for one in marked_databases(connection, live) if one.state == "kept"]
    if unended and not told:
        return note_ended(audit, unended, kept, live)
    for line in told:
        note_undone(audit, live, describe_target(url), line)
    return told


def check_way(url: str, point: BackupPoint) -> tuple[Content, tuple[str, ...]]:
    """What the backup holds, and what else is to be known before the database is replaced. Raises Blocked where a
    right, a role or an extension is missing."""
    content = load_content(point.folder, point.fingerprints)
    with from_beside(url) as connection:
        live = find_database(connection, name_in(url))
        require_way(connection, live, name_in(url), content)
    return content, _warnings(live)


def go_back(
    url: str,
    point: BackupPoint,
    content: Content,
    audit: AuditLog,
    *,
    pace: Pace,
) -> WentBack:
    """Puts the backup in the place of the database of ``url``, which is kept under a dated name.

    Nothing is changed before the restored copy was found equal to the backup's manifest. Raises Blocked, CouldNotLook;
    the database in use is open and unchanged then.
    """
    began, now, name = time.monotonic(), datetime.now(UTC), name_in(url)
    target = describe_target(url)
    note_restore(audit, point, name, outcome="started", target=target)
    try:
        with from_beside(url) as connection, only_one(connection, name):
            live = find_database(connection, name)
            require_way(connection, live, name, content)
            # Two restores may be done within a second, and names of two databases be cut to one.
            while any(find_database(connection, dated(name, word, now)) for word in ("restoring", "replaced")):
                now += timedelta(seconds=1)
            copy = Marked(name=dated(name, "restoring", now), live=name, backup=point.id, state="filling")
            kept = dated(name, "replaced", now) if live else ""
            _create(connection, live, content, copy)
            try:
                _fill(url, point, content, copy, pace)
                copy = _finish(connection, live, copy)
                note_restore(audit, point, name, outcome="proven", target=target, reason=f"in {copy.name}")
                beside = str(connection.engine.url.render_as_string(hide_password=False))
                unreachable = swap(connection, beside, live, copy, kept, drain=pace.drain, watch=pace.watch)
            except BaseException:
                run(connection, f"DROP DATABASE IF EXISTS {quote_always(copy.name)} WITH (FORCE)")
                raise
    except FingoodError as error:
        note_restore(audit, point, name, outcome="failed", target=target, reason=error.message)
        raise
    except DBAPIError as error:
        reason = f"the server broke off (SQLSTATE {state_of(error)})"
        note_restore(audit, point, name, outcome="failed", target=target, reason=reason)
        raise CouldNotLook(reason, hint="the next --restore-backup finds what is left and undoes it") from None
    seconds = time.monotonic() - began
    reason = f"what was replaced is kept as {kept}" if kept else "there was no such database before"
    note_restore(audit, point, name, outcome="complete", target=target, reason=reason, ms=round(seconds * 1000))
    return WentBack(
        url=url,
        kept=kept,
        kept_url=with_database(url, kept) if kept else "",
        seconds=seconds,
        unreachable=unreachable,
    )


def _create(connection: Connection, live: Database | None, content: Content, copy: Marked) -> None:
    source = content.source
    options = live.options if live else options_of(source) if source else ""
    try:
        run(connection, f"CREATE DATABASE {quote_always(copy.name)} TEMPLATE template0 {options}")
    except DBAPIError as error:
        full = state_of(error) == DISK_FULL
        why = "the server's disk is full" if full else f"SQLSTATE {state_of(error)}"
        raise CouldNotLook(
            f"no database can be made beside it ({why}); nothing was changed",
            hint=_ROOM if full else "",
        ) from None
    mark(connection, copy.name, copy.text)


def _fill(url: str, point: BackupPoint, content: Content, copy: Marked, pace: Pace) -> None:
    """Restores into the copy. Raises CouldNotLook where it is not equal to the backup then."""
    into = with_database(url, copy.name)
    complaints = fill_postgres(point, content, into, jobs=pace.jobs, isolated=False, watch=pace.watch)
    if any(one.is_for_want_of_room for one in complaints):
        raise CouldNotLook("the server's disk is full; nothing was changed", hint=_ROOM)
    pace.watch("comparison with the backup's manifest")
    with connect(into, application_name="fingood restore") as looking:
        got = read_content(looking, rows=True, like=content.fingerprints)
    differences = differences_between(content, got, rows=True)
    if differences:
        told = tuple(map(describe_complaint, complaints))
        raise CouldNotLook(
            f"the restored copy is not equal to {point.id}: {shortened((*differences, *told))}; nothing was changed",
            hint="another backup may do: fingood backups list",
        )


def _finish(connection: Connection, live: Database | None, copy: Marked) -> Marked:
    """The copy with what belongs to the database that it will replace, and with the note that it was found equal."""
    try:
        if live is not None:
            carry_over(connection, live, copy.name)
    except DBAPIError as error:
        raise CouldNotLook(
            f"settings or privileges of the database cannot be carried over (SQLSTATE {state_of(error)}); "
            "nothing was changed",
            hint="connect as a superuser",
        ) from None
    proven = replace(copy, state="proven")
    mark(connection, copy.name, proven.text)
    return proven


def _warnings(live: Database | None) -> tuple[str, ...]:
    if live is None:
        return (
            "there is no such database now: it is made anew, for the role of the URL; privileges and settings of the "
            "database itself are not in the backup",
        )
    told = []
    if live.slots:
        told.append(f"{live.slots} logical replication slots stay with the replaced database")
    if live.subscriptions:
        told.append(f"{live.subscriptions} subscriptions come back disabled, and go on in the replaced database")
    return tuple(told)
