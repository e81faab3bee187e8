"""Listens to every statement that SQLAlchemy sends while a revision's function runs, in the worker process."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from fingood.statements.compat import driver_connection
from fingood.statements.failures import Refused, describe
from fingood.statements.places import line_of
from fingood.statements.probe import Before, Probe
from fingood.statements.probe import merged as seen_together
from fingood.statements.refusals import why_refused
from fingood.statements.transactions import Transactions
from fingood.statements.wire import Message, StatementBegun, StatementEnded

DETAILED = 5000
"""How many statements of one revision are told one by one: a loop over a million rows must not fill the memory."""

_PYFORMAT = re.compile(r"%(?:\((?P<name>[^)]*)\)s|(?P<place>[sbt])|(?P<percent>%))")


@dataclass(frozen=True, slots=True)
class _Running:
    """A statement that is with the driver."""

    sql: str
    parameters: tuple[str, ...]
    executions: int
    line: int | None
    was_open: bool
    before: Before | None
    started: float


class Listener:
    """Records what runs between :meth:`begin` and :meth:`end`, and sends it on.

    The same statement from the same line again and again (a loop over rows) is one message with its count.
    ``private`` says that the sandbox's server is its own; on a server of others more is refused. ``observing`` says
    whether the server is looked at around each statement.
    ``refused`` is the first statement that was.
    """

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._send = send
        self._file = ""
        self._shown = ""
        self._listening = False
        self._running: dict[int, _Running] = {}
        self._pending: StatementEnded | None = None
        self._sent = 0
        self._summed: dict[tuple[str, int | None, int | None], StatementEnded] = {}
        self._transactions = Transactions()
        self._probe = Probe(send)
        self._begun = 0.0
        self.private = True
        self.observing = True
        self.refused: StatementEnded | None = None

    def attach(self) -> None:
        """Listens to every engine of this process, also to those that are made later."""
        event.listen(Engine, "before_cursor_execute", self._before)
        event.listen(Engine, "after_cursor_execute", self._after)
        event.listen(Engine, "handle_error", self._error)

    def reset(self) -> None:
        """Forgets the last job."""
        self._listening = False
        self._running.clear()
        self._pending = None
        self.refused = None
        self._transactions = Transactions()

    def begin(self, file: str, shown: str) -> None:
        """From now on statements belong to the revision in ``file``."""
        self._file, self._shown, self._listening = file, shown, True
        self._sent = 0
        self._probe.begin()
        self._begun = time.perf_counter()

    def end(self) -> tuple[str, ...]:
        """The revision's function is over; what follows is Alembic's or env.py's own. Returns notes on the record."""
        self._flush()
        self._listening = False
        summed, self._summed = self._summed, {}
        for message in summed.values():
            self._send(message)
        notes = self._probe.end()
        if summed:
            notes += (f"after {DETAILED} statements equal ones are summed up, in the order of their first",)
        return notes

    @contextmanager
    def watch(self, cursor: Any, driver: Any, sql: str, parameters: Any, *, many: bool = False) -> Iterator[None]:
        """A block in which a statement runs on a cursor of the driver's own."""
        if not self._listening or id(cursor) in self._running:
            yield
            return
        raw = "pyformat" if parameters is not None and not isinstance(driver, sqlite3.Connection) else "qmark"
        self._start(cursor, driver, sql, parameters, raw, many)
        try:
            yield
        except Exception as error:
            self._stop(cursor, driver, error=error)
            raise
        self._stop(cursor, driver)

    def _before(  # noqa: PLR0917 - the event's signature
        self, connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        if self._listening:
            driver = driver_connection(connection)
            self._start(cursor, driver, statement, parameters, connection.dialect.paramstyle, executemany)

    def _after(self, connection: Connection, cursor: Any, *_: object) -> None:
        if id(cursor) in self._running:
            self._stop(cursor, driver_connection(connection))

    def _error(self, context: Any) -> None:
        execution = context.execution_context
        if execution is not None and context.connection is not None and id(execution.cursor) in self._running:
            error = context.sqlalchemy_exception or context.original_exception
            self._stop(execution.cursor, driver_connection(context.connection), error=error)

    def _start(  # noqa: PLR0917
        self, cursor: Any, driver: Any, statement: str, parameters: Any, paramstyle: str, many: bool
    ) -> None:
        line = line_of(self._file)
        sql, order = as_the_server_sees(statement, paramstyle)
        pending = self._pending
        if pending is None or (pending.sql, pending.line) != (sql, line):
            self._flush()
            if self._sent < DETAILED:
                self._send(StatementBegun(sql=sql, path=self._shown, line=line))
        self._refuse(sql, line, driver)
        self._running[id(cursor)] = _Running(
            sql=sql,
            parameters=shapes(parameters[0] if many and parameters else parameters, order),
            executions=len(parameters) if many else 1,
            line=line,
            was_open=self._transactions.before(driver),
            before=self._probe.before(driver, sql, line) if self.observing else None,
            started=time.perf_counter(),
        )

    def _refuse(self, sql: str, line: int | None, driver: Any) -> None:
        """Raises Refused for a statement that would leave the sandbox; it is told like one that failed."""
        reason = "" if isinstance(driver, sqlite3.Connection) else why_refused(sql, private=self.private)
        if not reason:
            return
        refusal = Refused(f"not run in the sandbox: {reason}")
        self._flush()
        told = StatementEnded(
            sql=sql,
            path=self._shown,
            line=line,
            parameters=(),
            executions=1,
            transaction=None,
            duration=None,
            rows=None,
            fault=replace(describe(refusal), path=self._shown, line=line),
        )
        self._send(told)
        self.refused = self.refused or told
        raise refusal

    def _stop(self, cursor: Any, driver: Any, *, error: BaseException | None = None) -> None:
        running = self._running.pop(id(cursor))
        duration = time.perf_counter() - running.started
        if error is not None:
            self._probe.abandon(running.before)
        fault = None if error is None else replace(describe(error), path=self._shown, line=running.line)
        ended = StatementEnded(
            sql=running.sql,
            path=self._shown,
            line=running.line,
            parameters=running.parameters,
            executions=running.executions,
            transaction=self._transactions.after(driver, running.was_open),
            duration=duration,
            rows=None if error is not None else _rows(cursor),
            fault=fault,
            started=running.started - self._begun,
            seen=None if error is not None else self._probe.after(driver, running.before),
        )
        if self._pending is not None and _is_repetition(self._pending, ended):
            ended = _merged(self._pending, ended)
        else:
            self._flush()
        self._pending = ended

    def _flush(self) -> None:
        message, self._pending = self._pending, None
        if message is None:
            return
        if self._sent < DETAILED or message.fault is not None:
            self._sent += 1
            self._send(message)
            return
        key = (message.sql, message.line, message.transaction)
        before = self._summed.get(key)
        self._summed[key] = message if before is None else _merged(before, message)


def as_the_server_sees(statement: str, paramstyle: str) -> tuple[str, tuple[str, ...]]:
    """The statement with ``$1`` for the driver's ``%(name)s`` and ``%`` for ``%%``, and the parameters' order."""
    if paramstyle not in ("format", "pyformat"):
        return statement.strip(), ()
    order: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        if found["percent"]:
            return "%"
        name = found["name"] if found["name"] is not None else str(len(order))
        return f"${order.setdefault(name, len(order) + 1)}"

    return _PYFORMAT.sub(numbered, statement).strip(), tuple(order)


def shapes(parameters: Any, order: Sequence[str]) -> tuple[str, ...]:
    """The names of the parameters' types. Their values go nowhere."""
    if isinstance(parameters, Mapping):
        named = [parameters[name] for name in order if name in parameters] if order else list(parameters.values())
        return tuple(type(value).__name__ for value in named)
    return tuple(type(value).__name__ for value in parameters or ())


def _rows(cursor: Any) -> int | None:
    rows = getattr(cursor, "rowcount", None)
    return rows if isinstance(rows, int) and rows >= 0 else None


def _is_repetition(first: StatementEnded, second: StatementEnded) -> bool:
    """Whether it is the same statement from the same place in the same transaction."""
    same = (first.sql, first.line, first.transaction) == (second.sql, second.line, second.transaction)
    return same and first.fault is None and second.fault is None


def _merged(first: StatementEnded, second: StatementEnded) -> StatementEnded:
    """Two runs of the same statement as one."""
    return replace(
        second,
        executions=first.executions + second.executions,
        duration=(first.duration or 0.0) + (second.duration or 0.0),
        rows=None if first.rows is None and second.rows is None else (first.rows or 0) + (second.rows or 0),
        started=first.started,
        seen=seen_together(first.seen, second.seen),
    )
