"""The connection from which databases are made and dropped, kept open: a new one costs as much as what it is for."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from fingood.statements.compat import make_engine


@dataclass(slots=True)
class Maintenance:
    """One autocommit connection of one process to a server of its own; ``url`` is asked for when it is opened.

    Threads wait for each other; a forked child opens its own and leaves its parent's alone.
    """

    url: Callable[[], str]
    _owner: int = 0
    _connection: Connection | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @contextmanager
    def __call__(self) -> Iterator[Connection]:
        """The connection, to be used within the block. May be nested."""
        with self._lock:
            if self._owner != os.getpid() or self._connection is None or self._connection.invalidated:
                self.close()
                self._connection = make_engine(self.url(), isolation_level="AUTOCOMMIT").connect()
                self._owner = os.getpid()
            yield self._connection

    def close(self) -> None:
        """Closes the connection, where there is one of this process."""
        connection, self._connection = self._connection, None
        if connection is not None and self._owner == os.getpid():
            connection.close()
