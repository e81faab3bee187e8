"""Which transaction a statement ran in, asked of the driver itself.

SQLAlchemy's own events cannot tell: pysqlite runs DDL outside of transactions, and ``op.execute("COMMIT")`` ends one
without SQLAlchemy knowing.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

_IDLE = 0  # PQTRANS_IDLE of libpq, the same number in psycopg and psycopg2


class Transactions:
    """Numbers a run's transactions from 1 in the order of their first recorded statement."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._open: dict[int, int] = {}

    def before(self, driver: Any) -> bool:
        """Whether a transaction is open on the driver's connection; to be handed to :meth:`after`."""
        if not in_transaction(driver):
            self._open.pop(id(driver), None)
            return False
        return True

    def after(self, driver: Any, was_open: bool) -> int | None:
        """The number of the transaction that the statement ran in, None for autocommit."""
        is_open = in_transaction(driver)
        if not was_open and not is_open:
            return None
        number = self._open.get(id(driver)) or next(self._numbers)
        if is_open:
            self._open[id(driver)] = number
        else:
            self._open.pop(id(driver), None)
        return number


def in_transaction(driver: Any) -> bool:
    """Whether the driver's connection is inside a transaction; a driver that cannot say counts as inside."""
    for ask in (_psycopg, _asyncpg, _sqlite):
        answer = ask(driver)
        if answer is not None:
            return answer
    return True


def _psycopg(driver: Any) -> bool | None:
    status = getattr(getattr(driver, "info", None), "transaction_status", None)
    return None if status is None else int(status) != _IDLE


def _asyncpg(driver: Any) -> bool | None:
    ask: Callable[[], bool] | None = getattr(driver, "is_in_transaction", None)
    return None if ask is None else ask()


def _sqlite(driver: Any) -> bool | None:
    return getattr(driver, "in_transaction", None)
