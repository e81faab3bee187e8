"""Looks at a live database: sessions, locks, rights, replication, room. Each look fails by itself."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.catalog.free_space import read_free_space
from fingood.catalog.queries import run_named
from fingood.model.action import LockMode
from fingood.model.live import (
    FreeSpace,
    HeldLock,
    LiveFacts,
    LiveSession,
    LiveTable,
    Look,
    Replica,
    SequenceSeen,
    ServerState,
    Slot,
    Unseen,
)
from fingood.model.names import RelationName
from fingood.statements.compat import sqlstate_of

Row = dict[str, Any]

LONGEST_QUERY = 200
_MODES = {"".join(word.title() for word in mode.value.split()) + "Lock": mode for mode in LockMode}
_CANCELLED = "57014"


@dataclass(slots=True)
class _Looker:
    """One connection and what could not be seen through it."""

    connection: Connection
    unseen: dict[Look, Unseen] = field(default_factory=dict)

    def rows(self, look: Look, name: str) -> list[Row]:
        """The rows of a named query; none, with the reason in ``unseen``, where it fails."""
        try:
            with self.connection.begin_nested():
                return run_named(self.connection, f"live/{name}")
        except DBAPIError as error:
            self.unseen[look] = Unseen(f"{look} cannot be read: {_why(error)}", failed=True)
            return []

    def hide(self, look: Look, reason: str) -> None:
        self.unseen.setdefault(look, Unseen(reason))


def _why(error: DBAPIError) -> str:
    """The SQLSTATE alone: the driver's text may carry values."""
    state = sqlstate_of(error)
    if state == _CANCELLED:
        return "the query ran into its statement_timeout"
    return f"SQLSTATE {state}" if state else type(error.orig).__name__


def read_live(connection: Connection, *, mask: Callable[[str], str]) -> LiveFacts:
    """Everything the live checks look at in the database. Writes nothing.

    ``mask`` takes the literals out of a statement: what other sessions run is other people's data. The connection must
    be new and not read-only by its settings, which would hide whether the server is; its transaction is.
    """
    if connection.dialect.name == "sqlite":
        return _read_sqlite(connection)
    connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    looker = _Looker(connection)
    server, schema, sees_all = _server(looker)
    if not sees_all:
        grant = f"GRANT pg_monitor TO {server.user}" if server.user else "GRANT pg_monitor TO the user"
        for look in (Look.SESSIONS, Look.REPLICAS):
            looker.hide(look, f"other users' sessions are hidden ({grant})")
    return LiveFacts(
        schema=schema,
        server=server,
        sessions=tuple(_session(row, mask) for row in looker.rows(Look.SESSIONS, "sessions")),
        locks=tuple(_lock(row) for row in looker.rows(Look.LOCKS, "locks") if row["mode"] in _MODES),
        tables={table.name: table for table in map(_table, looker.rows(Look.TABLES, "tables"))},
        invalid_indexes=tuple(
            (RelationName(row["schema"], row["table"]), RelationName(row["schema"], row["name"]))
            for row in looker.rows(Look.INDEXES, "invalid_indexes")
        ),
        unvalidated=tuple(
            (RelationName(row["schema"], row["table"]), str(row["name"]))
            for row in looker.rows(Look.CONSTRAINTS, "unvalidated_constraints")
        ),
        sequences=_sequences(looker),
        replicas=tuple(Replica(**row) for row in looker.rows(Look.REPLICAS, "replicas")),
        slots=tuple(Slot(**row) for row in looker.rows(Look.SLOTS, "slots")),
        published=_published(looker),
        oldest_transaction=max(
            (int(row["age"]) for row in looker.rows(Look.TRANSACTION_IDS, "transaction_ids")), default=0
        ),
        version_writers=tuple(
            (RelationName(row["schema"], row["name"]), str(row["grantee"]))
            for row in looker.rows(Look.VERSION_TABLE, "version_table")
        ),
        free_space=_free_space(looker),
        unseen=looker.unseen,
    )


def _server(looker: _Looker) -> tuple[ServerState, str, bool]:
    rows = looker.rows(Look.SERVER, "server")
    slots = looker.rows(Look.SERVER, "connections")
    if not rows or not slots:
        return ServerState(), "public", False
    row = rows[0]
    state = ServerState(
        user=row["user"],
        superuser=row["superuser"],
        in_recovery=row["in_recovery"],
        read_only=row["read_only"],
        used=int(slots[0]["used"]),
        most=int(slots[0]["most"]),
        freeze_max_age=row["freeze_max_age"],
    )
    return state, str(row["schema"]), bool(row["sees_all"])


def _session(row: Row, mask: Callable[[str], str]) -> LiveSession:
    """An autovacuum's text is the server's own and stays as it is."""
    text = row["query"] if row["kind"] == "autovacuum worker" else mask(row["query"])
    return LiveSession(**{**row, "query": text[:LONGEST_QUERY]})


def _lock(row: Row) -> HeldLock:
    return HeldLock(
        relation=RelationName(row["schema"], row["name"]),
        mode=_MODES[row["mode"]],
        pid=int(row["pid"]),
        granted=bool(row["granted"]),
    )


def _table(row: Row) -> LiveTable:
    return LiveTable(
        name=RelationName(row["schema"], row["name"]),
        owner=row["owner"],
        owned=row["owned"],
        age=int(row["age"]),
        parent=RelationName(row["parent_schema"], row["parent"]) if row["parent"] else None,
        bound=row["bound"],
    )


def _sequences(looker: _Looker) -> tuple[SequenceSeen, ...]:
    rows = looker.rows(Look.SEQUENCES, "sequences")
    if hidden := sum(not row["readable"] for row in rows):
        looker.hide(Look.SEQUENCES, f"{hidden} sequences cannot be read (GRANT SELECT ON ALL SEQUENCES IN SCHEMA ...)")
    return tuple(
        SequenceSeen(
            name=RelationName(row["sequence_schema"], row["sequence"]),
            table=RelationName(row["schema"], row["table"]),
            column=row["column"],
            last=row["last"],
            sequence_end=row["sequence_end"],
            type_end=row["type_end"],
            identity=row["identity"],
            cycles=row["cycles"],
        )
        for row in rows
        if row["last"] is not None
    )


def _published(looker: _Looker) -> dict[RelationName, tuple[str, ...]]:
    found: defaultdict[RelationName, list[str]] = defaultdict(list)
    for row in looker.rows(Look.PUBLICATIONS, "publications"):
        found[RelationName(row["schema"], row["name"])].append(str(row["publication"]))
    return {table: tuple(names) for table, names in found.items()}


def _free_space(looker: _Looker) -> FreeSpace:
    try:
        with looker.connection.begin_nested():
            found = read_free_space(looker.connection)
    except DBAPIError as error:
        looker.unseen[Look.FREE_SPACE] = Unseen(f"free space cannot be read: {_why(error)}", failed=True)
        return FreeSpace(None, reason=_why(error))
    if found.bytes is None:
        looker.hide(Look.FREE_SPACE, f"free space is not known: {found.reason}")
    return found


def _read_sqlite(connection: Connection) -> LiveFacts:
    """What a SQLite file has of it: whether it can be written, and the room beside it."""
    name = (connection.engine.url.database or "").removeprefix("file:").partition("?")[0]
    path = Path(name)
    space = read_free_space(connection)
    unseen = {} if space.bytes is not None else {Look.FREE_SPACE: Unseen(f"free space is not known: {space.reason}")}
    writable = not name or not path.exists() or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
    return LiveFacts(
        dialect="sqlite",
        schema="main",
        server=ServerState(read_only=not writable),
        free_space=space,
        unseen=unseen,
    )
