"""A revision becomes a Plan: every statement it runs, with the file and line it comes from.

In: a Project, a database's URL (a sandbox) and a target; or SQL text. Out: Plans, parsed actions, locks.
User code runs in the worker process and nowhere else; nothing here writes to a database that was not handed in.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingood.statements.locks import locks_of
    from fingood.statements.reader import Parsed, parse
    from fingood.statements.recorder import Recorder, render_static

__all__ = ["Parsed", "Recorder", "locks_of", "parse", "render_static"]

_HOMES = {
    "Parsed": "reader",
    "Recorder": "recorder",
    "locks_of": "locks",
    "parse": "reader",
    "render_static": "recorder",
}


def __getattr__(name: str) -> object:
    """Imports a name when it is asked for: the worker, and who needs `compat` alone, shall not load the grammar."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
