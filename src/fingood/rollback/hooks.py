"""A revision's own rows to lose: ``def fingood_seed(connection)`` at its top level.

A plain function, so that the file runs under bare Alembic, which never calls it.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.errors import HistoryError
from fingood.model.project import Project
from fingood.statements.compat import sqlstate_of

NAME = "fingood_seed"

Seed = Callable[[Connection], None]
"""Writes rows into the state below a revision; the proof commits."""


@contextmanager
def importing_as(project: Project) -> Iterator[None]:
    """A block in which the project's own modules can be imported, as they can while Alembic loads its revisions."""
    before = list(sys.path)
    sys.path[:0] = project.prepend_sys_path
    try:
        yield
    finally:
        sys.path[:] = before


def revision_seed(file: Path) -> Seed | None:
    """The function, None where the revision has none. Raises HistoryError where the file cannot be loaded."""
    body = ast.parse(file.read_bytes()).body
    if not any(isinstance(node, ast.FunctionDef) and node.name == NAME for node in body):
        return None
    spec = importlib.util.spec_from_file_location(f"fingood_seed_of_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise HistoryError(f"{file.name}: {NAME}() cannot be loaded", hint="is it a Python file?")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise HistoryError(f"{file.name}: {NAME}() cannot be loaded: {type(error).__name__}") from error
    seed: Seed = getattr(module, NAME)
    return seed


def run_seed(connection: Connection, seed: Seed, where: str) -> None:
    """Runs it and commits. Raises HistoryError, without the server's detail, which repeats values."""
    try:
        seed(connection)
        connection.commit()
    except Exception as error:
        connection.rollback()
        raise HistoryError(f"{where}: {NAME}() fails: {_named(error)}", hint=_HINT) from error


_HINT = "it runs on the state below the revision, before its upgrade()"


def _named(error: Exception) -> str:
    if not isinstance(error, DBAPIError):
        return f"{type(error).__name__} in line {_line(error)}" if _line(error) else type(error).__name__
    original = error.orig
    state = sqlstate_of(original)
    line = f" in line {_line(error)}" if _line(error) else ""
    return f"{type(original).__name__}{f' [SQLSTATE {state}]' if state else ''}{line}"


def _line(error: Exception) -> int:
    """The line of the function itself that raised."""
    trace, found = error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_name == NAME:
            found = trace.tb_lineno
        trace = trace.tb_next
    return found
