"""Putting a restored database in the place of another: close, drain, rename. At every moment either of the two has the
right name, and what a kill leaves is undone by the next run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.backup.databases import Database, Marked, find_database, mark, marked_databases, state_of
from fingood.backup.queries import ask
from fingood.catalog import connect
from fingood.errors import Blocked, CouldNotLook
from fingood.model.names import quote_always
from fingood.sandbox.driver import run

_STEP = 0.05
_TERMINATING = 10.0


@contextmanager
def only_one(connection: Connection, live: str) -> Iterator[None]:
    """Holds the restore of this database against other runs, for as long as the connection lives. Raises Blocked."""
    key = "SELECT {}(pg_catalog.hashtextextended('fingood restore ' || %s, 0))"
    if not run(connection, key.format("pg_catalog.pg_try_advisory_lock"), [live])[0][0]:
        raise Blocked(f"another restore of {live} is under way; nothing was changed", hint="wait for its end")
    try:
        yield
    finally:
        if not connection.invalidated:
            run(connection, key.format("pg_catalog.pg_advisory_unlock"), [live])


def settle(connection: Connection, live: str) -> tuple[str, ...]:
    """Undoes what an interrupted run left before its swap, and says what it found. To be called under the lock.

    The swap itself is one transaction: it was made or not. Before it the database in use is the old one, at most closed
    to new sessions; after it there is nothing left to do.
    """
    told = []
    for one in marked_databases(connection, live):
        if one.state == "kept":
            continue
        if one.state == "closing":
            reopen(connection, live)
        run(connection, f"DROP DATABASE IF EXISTS {quote_always(one.name)} WITH (FORCE)")
        closed = f"{live} was closed to new sessions and is open again" if one.state == "closing" else f"{live} serves"
        told.append(
            f"an earlier restore of {one.backup} was interrupted before the swap: {closed}, unchanged; "
            f"its unfinished copy {one.name} was dropped"
        )
    return tuple(told)


def describe_interrupted(connection: Connection, live: str) -> tuple[str, ...]:
    """What an interrupted run left, for somebody who only looks."""
    return tuple(
        f"{one.name} is a copy of {one.backup} that a restore left unfinished ({one.state}); "
        + (f"{live} is closed to new sessions: the next --restore-backup opens it" if one.state == "closing" else "")
        for one in marked_databases(connection, live)
        if one.state != "kept"
    )


def swap(
    connection: Connection,
    url: str,
    live: Database | None,
    copy: Marked,
    kept: str,
    *,
    drain: float,
    watch: Callable[[str], None],
) -> float:
    """Gives the copy the live database's name and keeps the other under ``kept``; returns for how many seconds nobody
    could connect. ``url`` is of the maintenance database that ``connection`` is on.

    Raises CouldNotLook where sessions do not end or the rename is refused; the live database is open again then.
    """
    if live is None:
        began = time.monotonic()
        _rename(url, [f"ALTER DATABASE {quote_always(copy.name)} RENAME TO {quote_always(copy.live)}"])
        mark(connection, copy.live, "")
        return time.monotonic() - began
    mark(connection, copy.name, replace(copy, state="closing").text)
    began = time.monotonic()
    try:
        close(connection, live.name)
        _drain(connection, live.name, drain, watch)
        _drain(connection, copy.name, 0.0, watch)
        _require_none_prepared(connection, live.name)
        watch("rename")
        _exchange(url, live, copy, kept)
    except BaseException as error:
        reopen(connection, live.name)
        if isinstance(error, DBAPIError):
            raise CouldNotLook(
                f"{live.name} cannot be replaced (SQLSTATE {state_of(error)}); it is open again, unchanged",
                hint="the role must own it and may have to end sessions of others: GRANT pg_signal_backend",
            ) from None
        raise
    return time.monotonic() - began


def _require_none_prepared(connection: Connection, name: str) -> None:
    """No rename goes past a prepared transaction, and none can be made any more where the database is closed. Raises
    CouldNotLook."""
    found = find_database(connection, name)
    if found is not None and found.prepared:
        raise CouldNotLook(
            f"transactions were prepared in {name} during the restore and are open: {found.prepared}; it is open "
            "again, unchanged",
            hint="COMMIT PREPARED or ROLLBACK PREPARED each of pg_prepared_xacts, then restore again",
        )


def close(connection: Connection, name: str) -> None:
    """Refuses new sessions, a superuser's too."""
    run(connection, f"ALTER DATABASE {quote_always(name)} ALLOW_CONNECTIONS false")


def reopen(connection: Connection, name: str) -> None:
    """Takes new sessions again."""
    run(connection, f"ALTER DATABASE {quote_always(name)} ALLOW_CONNECTIONS true")


def _exchange(url: str, live: Database, copy: Marked, kept: str) -> None:
    """Names, comments and doors in one transaction (none of these commands refuses one)."""
    old, new, name = quote_always(kept), quote_always(copy.name), quote_always(live.name)
    _rename(
        url,
        [f"ALTER DATABASE {name} RENAME TO {old}", f"ALTER DATABASE {new} RENAME TO {name}"],
        comments={kept: replace(copy, name=kept, state="kept", was=live.comment).text, live.name: live.comment},
        opened=[kept, live.name],
    )


def _rename(
    url: str, statements: Sequence[str], comments: Mapping[str, str] | None = None, opened: Sequence[str] = ()
) -> None:
    with connect(url, read_only=False, application_name="fingood restore") as connection:
        for statement in statements:
            run(connection, statement)
        for name, text in (comments or {}).items():
            mark(connection, name, text)
        for name in opened:
            reopen(connection, name)
        connection.commit()


def _drain(connection: Connection, name: str, patience: float, watch: Callable[[str], None]) -> None:
    """Idle sessions are ended at once, those at work after ``patience`` seconds."""
    end = time.monotonic() + patience
    while sessions := ask(connection, "sessions", name):
        now = time.monotonic()
        if now > end + _TERMINATING:
            who = ", ".join(f"{one['application'] or one['role'] or one['pid']} ({one['state']})" for one in sessions)
            raise CouldNotLook(f"sessions of {name} do not end: {who}; it is open again, unchanged")
        at_work = [one for one in sessions if one["state"] != "idle"]
        for one in sessions if now >= end else [one for one in sessions if one["state"] == "idle"]:
            run(connection, "SELECT pg_catalog.pg_terminate_backend(%s)", [one["pid"]])
        if at_work:
            watch(f"sessions: {len(at_work)} at work, ended in {max(0.0, end - now):.0f} s")
        time.sleep(_STEP)
