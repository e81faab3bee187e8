"""An exception → a Fault: its class, SQLSTATE and names, never a row's value.

PostgreSQL's DETAIL and CONTEXT are never read. The primary message can repeat a value in data exceptions (class 22,
manual appendix A) and in what a function raises itself (class P0), so quoted text and long numbers are masked there.
"""

from __future__ import annotations

import os
import re
import traceback
from typing import Any

from sqlalchemy import exc

from fingood.statements.compat import sqlstate_of
from fingood.statements.wire import Fault

_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')
_NUMBER = re.compile(r"\d{4,}")
_NAMES_ARE_SAFE = (NotImplementedError, ImportError, NameError, AttributeError, SyntaxError, TypeError)
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_LONGEST = 400


class CannotRecord(Exception):
    """The run was stopped on purpose: it would have left the sandbox or cannot be recorded."""


class Refused(BaseException):
    """A statement was not run because it would leave the sandbox. No ``except Exception`` of a revision hides it."""


class TookTooLong(BaseException):
    """The job's time is over."""


def describe(error: BaseException, *, file: str = "", shown: str = "", kind: str = "revision") -> Fault:
    """The Fault for an exception. ``file`` is the user's file to look for in the traceback, ``shown`` its name."""
    line = line_in(error, file) if file else None
    place: dict[str, Any] = {"path": shown if line is not None else "", "line": line}
    cause = _root(error)
    if isinstance(error, exc.DBAPIError) and error.orig is not None:
        return Fault(kind=kind, **_driver_facts(error.orig), **place)
    if sqlstate_of(cause):
        return Fault(kind=kind, **_driver_facts(cause), **place)
    return Fault(kind=kind, error=type(error).__name__, message=_own_message(error), **place)


def line_in(error: BaseException, file: str) -> int | None:
    """The line of ``file`` nearest to where the exception was raised."""
    line: int | None = None
    seen: BaseException | None = error
    while seen is not None and line is None:
        for frame, number in traceback.walk_tb(seen.__traceback__):
            if os.path.realpath(frame.f_code.co_filename) == file:
                line = number
        seen = seen.__cause__ or seen.__context__
    if line is None and isinstance(error, SyntaxError) and error.filename and os.path.realpath(error.filename) == file:
        line = error.lineno
    return line


def _root(error: BaseException) -> BaseException:
    return error.__cause__ if error.__cause__ is not None and sqlstate_of(error.__cause__) else error


def _driver_facts(error: BaseException) -> dict[str, Any]:
    """What psycopg, psycopg2, asyncpg and sqlite3 tell about an error besides its text."""
    below = error.__cause__ if getattr(error, "diag", None) is None and error.__cause__ is not None else error
    diag = getattr(error, "diag", None)
    state = sqlstate_of(error) or sqlstate_of(below)
    message = getattr(diag, "message_primary", None) or getattr(below, "message", None) or _first_line(below)
    return {
        "error": getattr(below, "sqlite_errorname", None) or type(below).__name__,
        "sqlstate": state,
        "message": _masked(str(message), state),
        "table": _named(diag, below, "table"),
        "column": _named(diag, below, "column"),
        "constraint": _named(diag, below, "constraint"),
    }


def _named(diag: Any, error: BaseException, what: str) -> str:
    return str(getattr(diag, f"{what}_name", None) or getattr(error, f"{what}_name", None) or "")


def _masked(message: str, sqlstate: str) -> str:
    if sqlstate[:2] in ("22", "P0"):
        message = _mask(message)
    return message[:_LONGEST]


def _mask(message: str) -> str:
    return _NUMBER.sub("…", _QUOTED.sub("'…'", message))


def _own_message(error: BaseException) -> str:
    """The message of an exception that no driver raised. Names may stay; a ValueError's text holds the value."""
    if isinstance(error, ValueError) and hasattr(error, "errors") and hasattr(error, "title"):
        return _refused_fields(error)[:_LONGEST]
    if isinstance(error, exc.StatementError):
        return _mask(_first_line(error))[:_LONGEST]
    from alembic.util import CommandError

    safe = (*_NAMES_ARE_SAFE, CommandError, CannotRecord, Refused, TookTooLong, exc.SQLAlchemyError)
    text = _ADDRESS.sub("", _first_line(error))
    return (text if isinstance(error, safe) else _mask(text))[:_LONGEST]


def _refused_fields(error: Any) -> str:
    """The fields that a pydantic model refused and why, by name: the texts of its errors repeat the values."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    told = [f"{'.'.join(map(str, one['loc'])) or 'the model'} ({one['type']})" for one in found]
    return f"{error.title} does not take {', '.join(told)}"


def _first_line(error: BaseException) -> str:
    text = str(error.args[0]) if error.args else ""
    return text.strip().splitlines()[0] if text.strip() else ""
