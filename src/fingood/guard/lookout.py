"""Watches from the second session whom the migration waits for, while it waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from fingood.audit import mask_literals
from fingood.guard.second import SecondSession

_FIRST_LOOK, _PAUSE, _TELL_AFTER = 0.1, 0.25, 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """A session that keeps the migration waiting. ``seconds`` is the age of its transaction, None where hidden."""

    pid: int
    user: str
    application: str
    state: str
    query: str
    seconds: float | None

    def __str__(self) -> str:
        if self.pid == 0:
            return "a prepared transaction (see pg_prepared_xacts)"
        age = f" for {self.seconds:.0f} s" if self.seconds is not None else ""
        who = ", ".join(part for part in (self.user, self.application) if part) or "another user's session"
        return f"pid {self.pid} ({who}, {self.state or 'state hidden'}{age}){': ' + self.query if self.query else ''}"


class Lookout:
    """A thread that looks only while a statement runs; what it saw last is what a lock timeout is reported with."""

    def __init__(self, second: SecondSession, notice: Callable[[str], None]) -> None:
        self._second = second
        self._notice = notice
        self._pid = 0
        self._running_since = 0.0
        self._told = False
        self._wake = threading.Event()
        self._over = False
        self._thread = threading.Thread(target=self._watch, name="fingood-lookout", daemon=True)
        self.blockers: tuple[Blocker, ...] = ()

    def __enter__(self) -> Lookout:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over = True
        self._wake.set()
        self._thread.join()

    def watch_over(self, pid: int) -> None:
        """The migration's session has this pid."""
        self._pid = pid

    def statement_begins(self) -> None:
        if self._pid:
            self.blockers, self._told = (), False
            self._running_since = time.monotonic()
            self._wake.set()

    def statement_ends(self) -> None:
        self._wake.clear()

    def _watch(self) -> None:
        while self._wake.wait() and not self._over:
            ran = time.monotonic() - self._running_since
            if ran < _FIRST_LOOK:
                time.sleep(_FIRST_LOOK - ran)
                continue
            if not self._look(ran):
                return
            time.sleep(_PAUSE)

    def _look(self, ran: float) -> bool:
        try:
            rows = self._second.named("blockers", pid=self._pid)
        except SQLAlchemyError as error:
            self._notice(f"cannot see who holds locks any more ({type(error).__name__})")
            return False
        if rows:
            self.blockers = tuple(_blocker(row) for row in rows)
            if ran > _TELL_AFTER and not self._told:
                self._told = True
                self._notice(f"waiting for a lock held by {self.blockers[0]}")
        return True


def _blocker(row: dict[str, Any]) -> Blocker:
    hidden = (row["query"] or "").startswith("<insufficient privilege>")
    return Blocker(
        pid=row["pid"],
        user=row["database_user"] or "",
        application=row["application_name"] or "",
        state=row["state"] or (row["backend_type"] or ""),
        query="" if hidden else mask_literals(row["query"] or "")[:200],
        seconds=row["transaction_seconds"],
    )
