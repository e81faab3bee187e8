"""lock_timeout and statement_timeout on the migration's own session, set right before the statement they hold for."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy.engine import Connection

from fingood.audit import mask_literals
from fingood.settings import GuardSettings
from fingood.statements.compat import dbapi_connection

# Their waits for old snapshots count against lock_timeout, and CREATE INDEX CONCURRENTLY that gives up leaves an
# invalid index (manual, CREATE INDEX, "Building Indexes Concurrently").
_PATIENT = re.compile(r"\b(?:CONCURRENTLY|VALIDATE\s+CONSTRAINT)\b", re.IGNORECASE)
_OWN = re.compile(r"\s*SET\s+(?:SESSION\s+|LOCAL\s+)?\"?(lock_timeout|statement_timeout)\b", re.IGNORECASE)
# In a transaction that has failed nothing but its end or a way back to a savepoint may run.
_CONTROL = re.compile(r"\s*(?:ROLLBACK|SAVEPOINT|RELEASE|COMMIT|ABORT|END|BEGIN|START)\b", re.IGNORECASE)
_NAMES = re.compile(r'"(?:[^"]|"")*"')

Wanted = dict[str, int]


class Timeouts:
    """Keeps the session's timeouts as the settings want them; what a revision sets itself stays until it ends.

    Inside a transaction by SET LOCAL, which ends with it; outside (autocommit_block) for the session, taken back at
    the end. Set through the driver's own cursor: no transaction of SQLAlchemy begins by it.
    """

    def __init__(self, settings: GuardSettings) -> None:
        self._settings = settings
        self._known: Wanted = {}
        self._own: set[str] = set()
        self._session_touched = False

    @property
    def own(self) -> bool:
        """Whether the running step set a timeout itself."""
        return bool(self._own)

    def begin_step(self) -> None:
        self._own.clear()
        self._known.clear()

    def forget(self) -> None:
        """A transaction began or ended: what was set in it is gone."""
        self._known.clear()

    def apply(self, connection: Connection, statement: str) -> None:
        """Makes the timeouts right for this statement."""
        if _CONTROL.match(statement):
            return
        own = _OWN.match(statement)
        if own is not None:
            self._own.add(own[1].lower())
            return
        wanted = {name: value for name, value in self._wanted(statement).items() if name not in self._own}
        changed = {name: value for name, value in wanted.items() if self._known.get(name) != value}
        if not changed:
            return
        driver = dbapi_connection(connection)
        autocommit = bool(getattr(driver, "autocommit", False))
        scope = "SESSION" if autocommit else "LOCAL"
        _run(driver, "; ".join(f"SET {scope} {name} = {value}" for name, value in changed.items()))
        self._known.update(changed)
        self._session_touched |= autocommit

    def take_back(self, connection: Connection) -> None:
        """Takes back what was set for the whole session, for a connection that lives on."""
        if not self._session_touched or connection.closed or connection.invalidated:
            return
        driver = dbapi_connection(connection)
        _run(driver, "RESET lock_timeout; RESET statement_timeout")
        if not getattr(driver, "autocommit", False):
            driver.commit()

    def _wanted(self, statement: str) -> Wanted:
        chosen = self._settings
        patient = is_patient(statement)
        return {
            "lock_timeout": _milliseconds(chosen.concurrent_lock_timeout if patient else chosen.lock_timeout),
            "statement_timeout": _milliseconds(chosen.statement_timeout),
        }


def is_patient(statement: str) -> bool:
    """Whether the statement waits for old snapshots: CONCURRENTLY or VALIDATE CONSTRAINT."""
    return bool(_PATIENT.search(statement)) and bool(_PATIENT.search(_NAMES.sub('""', mask_literals(statement))))


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _run(driver: Any, sql: str) -> None:
    cursor = driver.cursor()
    try:
        for statement in sql.split("; "):
            cursor.execute(statement)
    finally:
        cursor.close()
