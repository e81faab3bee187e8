"""Looks at the migration's own backend before and after each statement: locks, files, scans, rows, WAL.

The looks go past the driver: they are not recorded, start no transaction and read catalogs alone. Where that cannot
be done (asyncpg, a pipeline, a COPY that is still open, a failed transaction) the statement is not observed.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from fingood.model.action import Lock
from fingood.model.names import RelationName, quote_always
from fingood.statements.beside import Beside, Named, Watch, hold_for
from fingood.statements.definitions import MAY_REDEFINE, Definitions, changes, read_definitions
from fingood.statements.locks import locks_of
from fingood.statements.questions import (
    ACTIVE,
    IDLE,
    IN_TRANSACTION,
    PIPELINE,
    ask,
    can_be_asked,
    commits_at_once,
    query,
    status_of,
)
from fingood.statements.reader import parse
from fingood.statements.wire import Name, RelationsKnown, Seen

_LOOKS_PER_PLACE = 2
"""The runs of one statement from one line that are looked at: a loop over rows must not cost a look a row."""

_BUDGET = 20.0
"""Seconds that the looks of one revision may take in all."""

_NOT_LOOKED_AT = re.compile(
    r"\s*(?:SET|RESET|SHOW|BEGIN|START|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|PREPARE|DISCARD)\b", re.IGNORECASE
)
"""A look takes a snapshot, after which SET TRANSACTION is refused; and these lock no table."""

_TABLES = ("r", "p", "m", "f")
_WEAK = ("AccessShareLock", "RowShareLock", "RowExclusiveLock")


@dataclass(frozen=True, slots=True)
class _Known:
    """The relations that existed before the revision: oid → kind, schema, name."""

    path: tuple[str, ...]
    relations: dict[int, tuple[str, str, str]]
    encoding: str = "UTF8"

    def find(self, relation: RelationName) -> int | None:
        """The oid of the relation that a statement means; None where it did not exist before the revision."""
        oids = {names[1:]: oid for oid, names in self.relations.items()}
        schemas = self.path if relation.schema is None else (relation.schema,)
        return next((oids[schema, relation.name] for schema in schemas if (schema, relation.name) in oids), None)


@dataclass(frozen=True, slots=True)
class Look:
    """One look. ``tables`` are lines of oid, file, scans, rows read, rows changed; only those that differ are read."""

    wal: int
    locks: frozenset[tuple[int, str]]
    tables: frozenset[str]


@dataclass(frozen=True, slots=True)
class Before:
    """The state before a statement, and who looks at the backend while it runs outside of a transaction."""

    look: Look
    definitions: Definitions | None = None
    watch: Watch | None = None


class Probe:
    """Observes one revision's statements between :meth:`begin` and :meth:`end`."""

    def __init__(self, tell: Callable[[RelationsKnown], None]) -> None:
        self._tell = tell
        self._known: dict[int, _Known | None] = {}
        self._last: dict[int, Look] = {}
        self._looks: Counter[tuple[str, int | None]] = Counter()
        self._spent = 0.0
        self._unseen: set[str] = set()
        self._beside = Beside()
        self._watches: dict[int, Watch] = {}

    def begin(self) -> None:
        """A revision's function is about to run: what exists now, existed before it."""
        self._known.clear()
        self._last.clear()
        self._looks.clear()
        self._unseen.clear()
        self._spent = 0.0

    def end(self) -> tuple[str, ...]:
        """Notes on what could not be observed. No connection beside the migration's is left."""
        for watch in tuple(self._watches.values()):
            self._stop(watch)
        self._beside.close()
        return tuple(sorted(self._unseen))

    def before(self, driver: Any, sql: str, line: int | None) -> Before | None:
        """The state before a statement, to be handed to :meth:`after`; None where it will not be observed."""
        last = self._last.pop(id(driver), None)
        if _NOT_LOOKED_AT.match(sql) or self._looks[sql, line] >= _LOOKS_PER_PLACE:
            return None
        status = status_of(driver)
        if status not in (IDLE, IN_TRANSACTION) or self._spent > _BUDGET:
            self._miss(driver, status)
            return None
        self._looks[sql, line] += 1
        look = last if last is not None and status == IN_TRANSACTION else self._look(driver)
        if look is None:
            return None
        return Before(
            look=look,
            definitions=read_definitions(driver) if MAY_REDEFINE.match(sql) else None,
            watch=self._watch(driver, sql) if status == IDLE and commits_at_once(driver) else None,
        )

    def abandon(self, before: Before | None) -> None:
        """The statement failed: nobody looks at it any more."""
        if before is not None and before.watch is not None:
            self._stop(before.watch)

    def after(self, driver: Any, before: Before | None) -> Seen | None:
        """What the statement did. None where nobody could look."""
        beside = self._stop(before.watch) if before is not None and before.watch is not None else None
        known = self._known.get(id(driver))
        if before is None or known is None:
            return None
        status = status_of(driver)
        if status not in (IDLE, IN_TRANSACTION):
            return None
        now = self._look(driver)
        if now is None:
            return None
        if status == IN_TRANSACTION:
            self._last[id(driver)] = now
        if status == IN_TRANSACTION:
            seen = _difference(known, before.look, now, held=now.locks, taken=now.locks - before.look.locks)
        else:
            seen = replace(_difference(known, before.look, now, held=beside, taken=beside), sampled=beside is not None)
        return replace(seen, changes=self._changes(driver, before.definitions, known))

    def _changes(
        self, driver: Any, before: Definitions | None, known: _Known
    ) -> tuple[tuple[str, str, str, str, str, str], ...]:
        now = None if before is None else read_definitions(driver)
        if before is None or now is None:
            return ()
        found = changes(driver, before, now, known.relations.keys(), lambda hexed: _text(known.encoding, hexed))
        return tuple((*_name(known, oid), *rest) for oid, *rest in found)  # type: ignore[misc]

    def _watch(self, driver: Any, sql: str) -> Watch | None:
        """Somebody beside who looks at the statement while it runs, where it may lock more than DML does."""
        known = self._known.get(id(driver))
        parsed = parse(sql, "postgresql")
        if known is None or not can_be_asked(driver):
            return None
        concurrently = any(action.concurrently for action in parsed.actions)
        named = {table.oid: table for table in _holds(driver, known, locks_of(parsed.actions), concurrently)}
        if not named and not parsed.opaque:
            return None
        watch = self._beside.watch(driver, int(driver.info.backend_pid), named.values())
        if watch is not None:
            self._watches[id(watch)] = watch
        return watch

    def _stop(self, watch: Watch) -> frozenset[tuple[int, str]]:
        self._watches.pop(id(watch), None)
        return watch.stop()

    def _look(self, driver: Any) -> Look | None:
        started = time.perf_counter()
        try:
            if id(driver) not in self._known:
                answer = ask(driver, query("known_relations"))
                self._know(driver, answer)
            if self._known[id(driver)] is None:
                return None
            answer = ask(driver, query("probe"))
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
        elif status in (PIPELINE, ACTIVE):
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
        changes=(*first.changes, *second.changes),
    )


def _both(first: tuple[Any, ...] | None, second: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
    return None if first is None or second is None else tuple(dict.fromkeys((*first, *second)))


def _holds(driver: Any, known: _Known, claimed: Iterable[Lock], concurrently: bool) -> Iterator[Named]:
    """The tables that a statement names, or whose index it names, with the mode to hold each in."""
    for lock in claimed:
        oid, mode = known.find(lock.relation), hold_for(lock.mode, concurrently=concurrently)
        if oid is None or mode is None:
            continue
        if known.relations[oid][0] in ("i", "I"):
            answer = ask(driver, f"SELECT indrelid::text, '', '' FROM pg_catalog.pg_index WHERE indexrelid = {oid}")
            oid = int(answer[0]) if answer is not None else oid
        if known.relations.get(oid, ("",))[0] in ("r", "p"):
            yield Named(oid, ".".join(map(quote_always, _name(known, oid))), mode)


Locks = frozenset[tuple[int, str]] | None


def _difference(known: _Known, before: Look, now: Look, *, held: Locks, taken: Locks) -> Seen:
    olds, news = _read_tables(before.tables - now.tables), _read_tables(now.tables - before.tables)
    existing = [(oid, old, news[oid]) for oid, old in olds.items() if oid in known.relations and oid in news]
    existing.sort()
    return Seen(
        held=None if held is None else _named(known, held),
        taken=None if taken is None else _named(known, taken),
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
        return _text(encoding, hexed)

    rows = (line.split(" ") for line in relations.splitlines())
    return _Known(
        path=tuple(text(schema) for schema in path.split()),
        relations={int(oid): (kind, text(schema), text(name)) for oid, kind, schema, name in rows},
        encoding=encoding,
    )


def _text(encoding: str, hexed: str) -> str:
    try:
        return bytes.fromhex(hexed).decode(_ENCODINGS.get(encoding, encoding), errors="replace")
    except LookupError:
        return bytes.fromhex(hexed).decode("latin-1")


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
