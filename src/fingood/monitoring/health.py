"""Runs the health checks that fit a database, each with a look of its own that may fail by itself."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.catalog import sqlite_reason
from fingood.catalog.queries import literal, run_sql
from fingood.errors import FingoodError
from fingood.model.report import CheckRun, Outcome
from fingood.monitoring.catalogue import HEALTH_CHECKS
from fingood.monitoring.check import HealthCheck, Needs, Row, with_thresholds
from fingood.monitoring.looks import statement_sql
from fingood.statements.compat import driver_connection, sqlstate_of

LOCK_TIMEOUT = 2.0
"""Seconds that a look waits for a lock."""
_TIMED_OUT, _LOCKED, _NOT_LOADED, _NO_RIGHT = "57014", "55P03", "55000", "42501"
_TOO_OLD = ("42703", "42P01", "42883")
_STEPS = 10_000
_LOST = "the connection to the database was lost"


@dataclass(frozen=True, slots=True)
class Server:
    """What decides which looks can be taken. ``version`` is 0 for SQLite."""

    version: int = 0
    in_recovery: bool = False


def run_health_checks(
    connection: Connection, *, comprehensive: bool, thresholds: tuple[str, ...] = (), timeout: float = 10.0
) -> Iterator[CheckRun]:
    """Every check for the connection's dialect, in turn; each look has ``timeout`` seconds.

    A look that fails makes its own check errored, no other; one that cannot be taken is skipped with the reason.
    Raises ConfigError for ``thresholds`` that fit no check.
    """
    checks = with_thresholds(HEALTH_CHECKS, thresholds)
    server = _server(connection, timeout)
    for check in checks:
        if check.dialect == connection.dialect.name and (comprehensive or not check.comprehensive):
            yield _run(connection, check, server, timeout)


def _server(connection: Connection, timeout: float) -> Server:
    if connection.dialect.name != "postgresql":
        return Server()
    run_sql(
        connection,
        f"SELECT set_config('statement_timeout', '{round(timeout * 1000)}', true), "
        f"set_config('lock_timeout', '{round(min(LOCK_TIMEOUT, timeout) * 1000)}', true)",
    )
    sql = "SELECT current_setting('server_version_num')::int AS version, pg_catalog.pg_is_in_recovery() AS standby"
    row = run_sql(connection, sql)[0]
    return Server(int(row["version"]), bool(row["standby"]))


def _run(connection: Connection, check: HealthCheck, server: Server, timeout: float) -> CheckRun:
    clock = time.monotonic()

    def ended(outcome: Outcome, reason: str = "") -> CheckRun:
        return CheckRun(check=check.id, outcome=outcome, reason=reason, duration=time.monotonic() - clock)

    if connection.invalidated:
        return ended(Outcome.ERRORED, _LOST)
    try:
        lacking = _lacking(connection, check.needs, server)
        if lacking and not check.needs.partial:
            return ended(Outcome.SKIPPED, lacking)
        with _own_time(connection, timeout):
            rows = _look(connection, check, server)
    except DBAPIError as error:
        return ended(*_failure(error, timeout, check.needs.extension))
    except FingoodError as error:
        return ended(Outcome.SKIPPED, error.message)
    findings = tuple(check.judge(rows))
    if findings:
        duration = time.monotonic() - clock
        return CheckRun(check=check.id, outcome=Outcome.FAILED, findings=findings, duration=duration)
    unseen = next((str(row["unseen"]) for row in rows if row.get("unseen")), lacking)
    return ended(Outcome.SKIPPED, unseen) if unseen else ended(Outcome.PASSED)


def _look(connection: Connection, check: HealthCheck, server: Server) -> list[Row]:
    with connection.begin_nested():
        if check.look is not None:
            return check.look(connection)
        if check.needs.extension == "pg_stat_statements":
            return run_sql(connection, statement_sql(connection, check.id))
        return run_sql(connection, check.sql(server.version))


@contextmanager
def _own_time(connection: Connection, timeout: float) -> Iterator[None]:
    """On SQLite, which has no statement_timeout, interrupts the look when its time is over."""
    driver = driver_connection(connection)
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    end = time.monotonic() + timeout
    driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)


def _lacking(connection: Connection, needs: Needs, server: Server) -> str:
    """Why the look cannot be taken, or not as a whole; '' where it can."""
    if server.version < needs.since:
        return f"PostgreSQL {server.version // 10000} does not have it yet (from {needs.since // 10000} on)"
    if needs.primary and server.in_recovery:
        return "this is a standby"
    if needs.standby and not server.in_recovery:
        return "this is no standby"
    asked: tuple[tuple[str, Callable[[str], str], str], ...] = (
        (needs.extension, _extension_sql, f"the extension {needs.extension} is not installed in this database"),
        (
            needs.role,
            _role_sql,
            f"other users' sessions and statistics cannot be seen (GRANT {needs.role} TO the user)",
        ),
        (needs.table, _table_sql, f"no right to read {needs.table.removeprefix('pg_catalog.')} (superusers have it)"),
        (needs.function, _function_sql, f"no right to call {needs.function} (GRANT pg_monitor TO the user)"),
    )
    for name, sql, reason in asked:
        if name and not run_sql(connection, sql(name))[0]["there"]:
            return reason
    return ""


def _extension_sql(name: str) -> str:
    return f"SELECT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = {literal(name)}) AS there"


def _role_sql(name: str) -> str:
    return f"SELECT pg_catalog.pg_has_role(current_user, {literal(name)}, 'USAGE') AS there"


def _table_sql(name: str) -> str:
    """pg_hba_file_rules and its like also ask for the right to call the function behind them."""
    function = {
        "pg_catalog.pg_hba_file_rules": "pg_hba_file_rules",
        "pg_catalog.pg_file_settings": "pg_show_all_file_settings",
    }
    called = (
        f" AND pg_catalog.has_function_privilege('pg_catalog.{function[name]}()', 'EXECUTE')"
        if name in function
        else ""
    )
    return f"SELECT pg_catalog.has_table_privilege({literal(name)}, 'SELECT'){called} AS there"


def _function_sql(name: str) -> str:
    return f"SELECT pg_catalog.has_function_privilege({literal(name)}, 'EXECUTE') AS there"


def _failure(error: DBAPIError, timeout: float, extension: str) -> tuple[Outcome, str]:
    """What a failed look means. The SQLSTATE alone: the driver's text may carry values."""
    state = sqlstate_of(error)
    if error.connection_invalidated:
        return Outcome.ERRORED, _LOST
    if state == _TIMED_OUT or (not state and "interrupted" in str(error.orig)):
        return Outcome.ERRORED, f"no answer within {timeout:g} s (health.statement_timeout)"
    if state == _LOCKED:
        return Outcome.ERRORED, f"a table it looks at stayed locked for {min(LOCK_TIMEOUT, timeout):g} s"
    if state == _NO_RIGHT:
        return Outcome.SKIPPED, "this user has no right to look (GRANT pg_monitor TO the user)"
    if extension and state in _TOO_OLD:
        return Outcome.SKIPPED, f"the extension {extension} is too old (ALTER EXTENSION {extension} UPDATE)"
    if state == _NOT_LOADED:
        return Outcome.SKIPPED, "pg_stat_statements is not loaded (shared_preload_libraries)"
    if reason := sqlite_reason(error):
        return Outcome.ERRORED, f"the file cannot be read: {reason}"
    return Outcome.ERRORED, (
        f"the query failed with SQLSTATE {state}" if state else f"the query failed: {type(error.orig).__name__}"
    )
