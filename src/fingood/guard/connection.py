"""``guard.connect(engine)``: env.py's connection, or one line that says why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from fingood.catalog import cannot_connect
from fingood.errors import ConfigError
from fingood.guard.environment import Environment
from fingood.guard.voice import Voice


@contextmanager
def connect(engine: Engine) -> Iterator[Connection]:
    """``engine.connect()`` for env.py, with any command of Alembic's.

    Where the database cannot be reached, Alembic's command line ends in a line on stderr that says why, without the
    driver's own words and without the password, and exit code 3; a program gets the CannotConnect. In a sandbox of
    ours nothing is changed about it.
    """
    environment = Environment.running()
    if environment is None:
        raise ConfigError("guard.connect() is called outside of Alembic's env.py", hint="see docs: the guard")
    if environment.in_sandbox:
        connection = engine.connect()
    else:
        connection = _connected(engine, Voice(terminal=environment.has_terminal))
    with connection:
        yield connection


def _connected(engine: Engine, voice: Voice) -> Connection:
    try:
        return engine.connect()
    except DBAPIError as error:
        told = cannot_connect(engine.url, error)
        if not voice.terminal:
            raise told from error
        raise voice.refuse(told) from None
