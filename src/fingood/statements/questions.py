"""Questions to the server that go past the driver: they are not recorded and start no transaction of their own."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

Row = tuple[str, str, str]

IDLE, ACTIVE, IN_TRANSACTION = 0, 1, 2  # PQTRANS_* of libpq, the same in psycopg and psycopg2
PIPELINE = -1


@cache
def query(name: str) -> str:
    """The text of a named query."""
    return (resources.files(__package__) / "sql" / "postgresql" / f"{name}.sql").read_text(encoding="utf-8")


def status_of(driver: Any) -> int | None:
    """libpq's transaction status; None for a driver that cannot be asked or a connection in a pipeline."""
    pgconn = getattr(driver, "pgconn", None)
    if pgconn is not None and int(getattr(pgconn, "pipeline_status", 0)):
        return PIPELINE
    status = getattr(getattr(driver, "info", None), "transaction_status", None)
    return None if status is None else int(status)


def is_psycopg2(driver: Any) -> bool:
    return type(driver).__module__.partition(".")[0] == "psycopg2"


def can_be_asked(driver: Any) -> bool:
    """Whether the connection is one of psycopg's or psycopg2's own, not an asynchronous one or its adapter."""
    return hasattr(driver, "pgconn") or is_psycopg2(driver)


def ask(driver: Any, sql: str) -> Row | None:
    """The row of a query of three columns, '' for NULL; None where the server refuses."""
    if is_psycopg2(driver):
        return _ask_psycopg2(driver, sql)
    result = driver.pgconn.exec_(sql.encode())
    if result.ntuples != 1:
        return None
    first, second, third = (bytes(result.get_value(0, column) or b"").decode("ascii") for column in range(3))
    return first, second, third


def limit_statements(driver: Any, seconds: float) -> None:
    """Sets the session's statement_timeout, so that a statement ends on the server too when its client is gone."""
    if can_be_asked(driver) and status_of(driver) == IDLE:
        milliseconds = max(1, round(seconds * 1000))
        ask(driver, f"SELECT pg_catalog.set_config('statement_timeout', '{milliseconds}', false), '', ''")


def commits_at_once(driver: Any) -> bool:
    """Whether the next statement of an idle connection runs in no transaction."""
    if is_psycopg2(driver):
        import psycopg2.extensions

        # After a COMMIT written by hand the driver still believes in its transaction and sends no BEGIN.
        return bool(driver.autocommit) or driver.status != psycopg2.extensions.STATUS_READY
    return bool(getattr(driver, "autocommit", False))


def _ask_psycopg2(driver: Any, sql: str) -> Row | None:
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
