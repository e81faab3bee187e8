"""Looks at the migration's backend from beside it: the locks of a statement outside of a transaction are gone when it
ends, so they are read while it runs.

To see even the quickest statement, other connections hold the named tables in a mode that makes it wait, until its
lock, granted or asked for, has been read; half a second at the longest.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from fingood.model.action import LockMode
from fingood.statements.questions import ask, is_psycopg2, query

_LONGEST = 0.5
"""Seconds that a statement may be kept waiting."""

_PAUSE = 0.001

Taken = tuple[int, str]
"""A relation's oid, and a mode as pg_locks spells it."""


@dataclass(frozen=True, slots=True)
class Named:
    """A table that the statement names: its oid, its name in quotes, and the mode to hold it in."""

    oid: int
    quoted: str
    hold: LockMode


def hold_for(claimed: LockMode, *, concurrently: bool) -> LockMode | None:
    """The weakest mode in which to hold a table so that a statement with this lock waits; None for light locks.

    ACCESS EXCLUSIVE waits for every lock. CONCURRENTLY gets its SHARE UPDATE EXCLUSIVE and waits later, with all of
    its locks held, for those who write.
    """
    if claimed is LockMode.ACCESS_EXCLUSIVE:
        return LockMode.ACCESS_SHARE
    if claimed is LockMode.SHARE_UPDATE_EXCLUSIVE and not concurrently:
        return LockMode.SHARE_UPDATE_EXCLUSIVE
    return LockMode.ROW_EXCLUSIVE if claimed in _HEAVY else None


_HEAVY = (LockMode.SHARE_UPDATE_EXCLUSIVE, LockMode.SHARE, LockMode.SHARE_ROW_EXCLUSIVE, LockMode.EXCLUSIVE)
_SHOWN_BY = {
    LockMode.ACCESS_SHARE: ("AccessExclusiveLock",),
    LockMode.ROW_EXCLUSIVE: ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"),
    LockMode.SHARE_UPDATE_EXCLUSIVE: (
        "ShareUpdateExclusiveLock", "ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock",
    ),
}  # fmt: skip
"""The modes that wait for a holder: once one of them is read, the holder is not needed any more."""


class Beside:
    """Connections beside one migration connection, opened when they are needed and kept to the end of the job."""

    def __init__(self) -> None:
        self._free: dict[int, list[Any]] = {}

    def watch(self, driver: Any, pid: int, named: Iterable[Named]) -> Watch | None:
        """Begins to look at the backend; None where no connection can be opened beside it."""
        looker = self._take(driver)
        if looker is None:
            return None
        watch = Watch(self, id(driver), looker, pid)
        for table in named:
            holder = self._take(driver)
            if holder is not None:
                watch.hold(holder, table)
        watch.start()
        return watch

    def give_back(self, key: int, connection: Any) -> None:
        """The connection may be used for the next statement."""
        self._free.setdefault(key, []).append(connection)

    def close(self) -> None:
        """Closes all connections."""
        for connections in self._free.values():
            for connection in connections:
                (connection.close if is_psycopg2(connection) else connection.pgconn.finish)()
        self._free.clear()

    def _take(self, driver: Any) -> Any:
        free = self._free.get(id(driver))
        return free.pop() if free else _open(driver)


@dataclass(slots=True)
class Watch:
    """One statement being looked at, from :meth:`start` to :meth:`stop`."""

    _owner: Beside
    _key: int
    _looker: Any
    _pid: int
    _holds: dict[int, tuple[Any, LockMode]] = field(default_factory=dict)
    _seen: set[Taken] = field(default_factory=set)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def hold(self, connection: Any, table: Named) -> None:
        """Holds a table until its lock has been read."""
        _tell(connection, "BEGIN")
        _tell(connection, f"SET LOCAL lock_timeout = '{round(_LONGEST * 1000)}'")
        _tell(connection, f"LOCK TABLE ONLY {table.quoted} IN {table.hold} MODE")
        self._holds[table.oid] = (connection, table.hold)

    def start(self) -> None:
        """Begins to look, in a thread: the migration's own thread is with the statement."""
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> frozenset[Taken]:
        """Every lock that was held or asked for."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        self._owner.give_back(self._key, self._looker)
        return frozenset(self._seen)

    def _look(self) -> None:
        begun = time.monotonic()
        sql = query("beside").replace("{pid}", str(self._pid))
        try:
            while not self._over.is_set():
                answer = ask(self._looker, sql)
                if answer is None:
                    break
                self._note(answer[0], waits=answer[1] == "true", late=time.monotonic() - begun > _LONGEST)
                time.sleep(_PAUSE)
        finally:
            for oid in tuple(self._holds):
                self._release(oid)

    def _note(self, locks: str, *, waits: bool, late: bool) -> None:
        rows = (line.split(" ") for line in locks.splitlines())
        now = {(int(oid), mode) for oid, mode in rows}
        self._seen |= now
        for oid, (_, mode) in tuple(self._holds.items()):
            shown = any((oid, asked) in now for asked in _SHOWN_BY[mode])
            if shown or late or (waits and mode is LockMode.ROW_EXCLUSIVE):
                self._release(oid)

    def _release(self, oid: int) -> None:
        connection, _ = self._holds.pop(oid)
        _tell(connection, "ROLLBACK")
        self._owner.give_back(self._key, connection)


class _Raw:
    """A libpq connection of psycopg's, without the driver around it."""

    def __init__(self, pgconn: Any) -> None:
        self.pgconn = pgconn


def _open(driver: Any) -> Any:
    """One more connection to where this one leads; None where the server does not take it."""
    if is_psycopg2(driver):
        import psycopg2.extensions

        values = {**driver.info.dsn_parameters, "password": driver.info.password, "options": ""}
        try:
            connection = psycopg2.extensions.connection(
                psycopg2.extensions.make_dsn(**{key: value for key, value in values.items() if value})
            )
        except psycopg2.Error:
            return None
        connection.autocommit = True
        return connection
    from psycopg.conninfo import make_conninfo
    from psycopg.pq import ConnStatus, PGconn

    given = {option.keyword.decode(): option.val.decode() for option in driver.pgconn.info if option.val}
    given.pop("options", None)
    pgconn = PGconn.connect(make_conninfo("", **given).encode())
    return _Raw(pgconn) if pgconn.status == ConnStatus.OK else None


def _tell(connection: Any, sql: str) -> None:
    """Runs a statement without an answer. One that the server refuses holds nothing, and is no harm."""
    if is_psycopg2(connection):
        import psycopg2

        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
        except psycopg2.Error:
            return
    else:
        connection.pgconn.exec_(sql.encode())
