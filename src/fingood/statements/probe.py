"""Looks at the migration's own backend before and after each statement: locks, files, scans, rows, WAL.

The looks go past the driver: they are not recorded, start no transaction and read catalogs alone. Where that cannot
be done (asyncpg, a pipeline, a COPY that is still open, a failed transaction) the statement is not observed.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from fingood.statements.wire import Name, RelationsKnown, Seen

_LOOKS_PER_PLACE = 2
"""The runs of one statement from one line that are looked at: a loop over rows must not cost a look a row."""

_BUDGET = 20.0
"""Seconds that the looks of one revision may take in all."""

_NOT_LOOKED_AT = re.compile(
    r"\s*(?:SET|RESET|SHOW|BEGIN|START|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|PREPARE|DISCARD)\b", re.IGNORECASE
)
"""A look takes a snapshot, after which SET TRANSACTION is refused; and these lock no table."""

_IDLE, _ACTIVE, _IN_TRANSACTION = 0, 1, 2  # PQTRANS_* of libpq, the same in psycopg and psycopg2
_PIPELINE = -1
_TABLES = ("r", "p", "m", "f")
_WEAK = ("AccessShareLock", "RowShareLock", "RowExclusiveLock")


@dataclass(frozen=True, slots=True)
class _Known:
    """The relations that existed before the revision: oid → kind, schema, name."""

    path: tuple[str, ...]
    relations: dict[int, tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Look:
    """One look. ``tables`` are lines of oid, file, scans, rows read, rows changed; only those that differ are read."""

    wal: int
    locks: frozenset[tuple[int, str]]
    tables: frozenset[str]


class Probe:
    """Observes one revision's statements between :meth:`begin` and :meth:`end`."""

    def __init__(self, tell: Callable[[RelationsKnown], None]) -> None:
        self._tell = tell
        self._known: dict[int, _Known | None] = {}
        self._last: dict[int, Look] = {}
        self._looks: Counter[tuple[str, int | None]] = Counter()
        self._spent = 0.0
        self._unseen: set[str] = set()

    def begin(self) -> None:
        """A revision's function is about to run: what exists now, existed before it."""
        self._known.clear()
        self._last.clear()
        self._looks.clear()
        self._unseen.clear()
        self._spent = 0.0

    def end(self) -> tuple[str, ...]:
        """Notes on what could not be observed."""
        return tuple(sorted(self._unseen))

    def before(self, driver: Any, sql: str, line: int | None) -> Look | None:
        """The state before a statement, to be handed to :meth:`after`; None where it will not be observed."""
        last = self._last.pop(id(driver), None)
        if _NOT_LOOKED_AT.match(sql) or self._looks[sql, line] >= _LOOKS_PER_PLACE:
            return None
        status = _status(driver)
        if status not in (_IDLE, _IN_TRANSACTION) or self._spent > _BUDGET:
            self._miss(driver, status)
            return None
        self._looks[sql, line] += 1
        if last is not None and status == _IN_TRANSACTION:
            return last
        return self._look(driver)

    def after(self, driver: Any, before: Look | None) -> Seen | None:
        """What the statement did. None where nobody could look."""
        known = self._known.get(id(driver))
        if before is None or known is None:
            return None
        status = _status(driver)
        if status not in (_IDLE, _IN_TRANSACTION):
            return None
        now = self._look(driver)
        if now is None:
            return None
        if status == _IN_TRANSACTION:
            self._last[id(driver)] = now
        return _difference(known, before, now, in_transaction=status == _IN_TRANSACTION)

    def _look(self, driver: Any) -> Look | None:
        started = time.perf_counter()
        try:
            if id(driver) not in self._known:
                answer = _ask(driver, _query("known_relations"))
                self._know(driver, answer)
            if self._known[id(driver)] is None:
                return None
            answer = _ask(driver, _query("probe"))
        finally:
            self._spent += time.perf_counter() - started
        if answer is None:
            self._unseen.add("a look at the server failed: its locks, rewrites and scans are not observed")
            self._known[id(driver)] = None
            return None
        return _read_look(*answer)

    def _know(self, driver: Any, answer: tuple[str, str, str] | None) -> None:
        known = None if answer is None else _read_known(*answer)
        self._known[id(driver)] = known
        if known is not None:
            self._tell(RelationsKnown(path=known.path, relations=tuple(known.relations.values())))

    def _miss(self, driver: Any, status: int | None) -> None:
        module = type(driver).__module__.partition(".")[0]
        if module == "asyncpg":
            self._unseen.add("locks, rewrites and scans are not observed through asyncpg; psycopg shows them")
        elif self._spent > _BUDGET:
            self._unseen.add(f"observing took {_BUDGET:g} s; what follows is not observed")
        elif status in (_PIPELINE, _ACTIVE):
            self._unseen.add("statements in a pipeline, or beside an open COPY, are not observed")


def merged(first: Seen | None, second: Seen | None) -> Seen | None:
    """Two runs of the same statement as one."""
    if first is None or second is None:
        return first or second
    return replace(
        second,
        taken=_both(first.taken, second.taken),
        refiled=tuple(dict.fromkeys((*first.refiled, *second.refiled))),
        scanned=tuple(dict.fromkeys((*first.scanned, *second.scanned))),
        rows_changed=first.rows_changed + second.rows_changed,
        wal_bytes=first.wal_bytes + second.wal_bytes,
    )


def _both(first: tuple[Any, ...] | None, second: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
    return None if first is None or second is None else tuple(dict.fromkeys((*first, *second)))


def _difference(known: _Known, before: Look, now: Look, *, in_transaction: bool) -> Seen:
    olds, news = _read_tables(before.tables - now.tables), _read_tables(now.tables - before.tables)
    existing = [(oid, old, news[oid]) for oid, old in olds.items() if oid in known.relations and oid in news]
    existing.sort()
    return Seen(
        held=_named(known, now.locks) if in_transaction else None,
        taken=_named(known, now.locks - before.locks) if in_transaction else None,
        refiled=tuple(_name(known, oid) for oid, old, new in existing if new[0] != old[0]),
        scanned=tuple((*_name(known, oid), new[2] - old[2]) for oid, old, new in existing if new[1] > old[1]),
        rows_changed=sum(max(0, new[3] - old[3]) for _, old, new in existing),
        wal_bytes=max(0, now.wal - before.wal),
    )


def _name(known: _Known, oid: int) -> Name:
    _, schema, name = known.relations[oid]
    return schema, name


def _named(known: _Known, locks: frozenset[tuple[int, str]]) -> tuple[tuple[str, str, str], ...]:
    """The locks with names. Indexes, views and sequences are used with every statement: only what is rare is told."""
    found = ((known.relations[oid], mode) for oid, mode in sorted(locks) if oid in known.relations)
    return tuple((*relation[1:], mode) for relation, mode in found if relation[0] in _TABLES or mode not in _WEAK)


def _read_known(encoding: str, path: str, relations: str) -> _Known:
    @cache
    def text(hexed: str) -> str:
        try:
            return bytes.fromhex(hexed).decode(_ENCODINGS.get(encoding, encoding), errors="replace")
        except LookupError:
            return bytes.fromhex(hexed).decode("latin-1")

    rows = (line.split(" ") for line in relations.splitlines())
    return _Known(
        path=tuple(text(schema) for schema in path.split()),
        relations={int(oid): (kind, text(schema), text(name)) for oid, kind, schema, name in rows},
    )


_ENCODINGS = {"UTF8": "utf-8", "SQL_ASCII": "utf-8"}
"""Python's names of PostgreSQL's encodings where they are not the same."""


def _read_look(wal: str, locks: str, tables: str) -> Look:
    held = (line.split(" ") for line in locks.splitlines())
    return Look(
        wal=int(wal),
        locks=frozenset((int(oid), mode) for oid, mode in held),
        tables=frozenset(tables.splitlines()),
    )


def _read_tables(lines: frozenset[str]) -> dict[int, tuple[int, int, int, int]]:
    """oid → file, scans, rows read, rows changed."""
    rows = (tuple(map(int, line.split(" "))) for line in lines)
    return {oid: (file, scans, read, changed) for oid, file, scans, read, changed in rows}


_QUERIES: dict[str, str] = {}


def _query(name: str) -> str:
    if name not in _QUERIES:
        folder = resources.files(__package__) / "sql" / "postgresql"
        _QUERIES[name] = (folder / f"{name}.sql").read_text(encoding="utf-8")
    return _QUERIES[name]


def _status(driver: Any) -> int | None:
    """libpq's transaction status; None for a driver that cannot be asked or a connection in a pipeline."""
    pgconn = getattr(driver, "pgconn", None)
    if pgconn is not None and int(getattr(pgconn, "pipeline_status", 0)):
        return _PIPELINE
    status = getattr(getattr(driver, "info", None), "transaction_status", None)
    return None if status is None else int(status)


def limit_statements(driver: Any, seconds: float) -> None:
    """Sets the session's statement_timeout, so that a statement ends on the server too when its client is gone."""
    if _status(driver) == _IDLE:
        milliseconds = max(1, round(seconds * 1000))
        _ask(driver, f"SELECT pg_catalog.set_config('statement_timeout', '{milliseconds}', false), '', ''")


def _ask(driver: Any, sql: str) -> tuple[str, str, str] | None:
    """The row of a query, '' for NULL, without a transaction of its own; None where the server refuses."""
    if type(driver).__module__.partition(".")[0] == "psycopg2":
        return _ask_psycopg2(driver, sql)
    result = driver.pgconn.exec_(sql.encode())
    if result.ntuples != 1:
        return None
    first, second, third = (bytes(result.get_value(0, column) or b"").decode("ascii") for column in range(3))
    return first, second, third


def _ask_psycopg2(driver: Any, sql: str) -> tuple[str, str, str] | None:
    import psycopg2.extensions

    # After a COMMIT written by hand the driver still believes in its transaction: it would send no BEGIN, and refuses
    # to change its mode.
    ready = driver.status == psycopg2.extensions.STATUS_READY
    switched = ready and not driver.autocommit
    try:
        if switched:
            driver.autocommit = True
        with psycopg2.extensions.cursor(driver) as cursor:
            cursor.execute(sql)
            row = cursor.fetchone()
    except psycopg2.Error:
        return None
    finally:
        if switched and not driver.closed:
            driver.autocommit = False
    return None if row is None else (row[0] or "", row[1] or "", row[2] or "")
