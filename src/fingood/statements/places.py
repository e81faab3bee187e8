"""Where in the user's files something happens: a stack walked back to a revision's file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import FrameType


def line_of(file: str) -> int | None:
    """The line of ``file`` that the running code was called from, by whatever detour through other modules."""
    return next((frame.f_lineno for frame in _frames() if real(frame.f_code.co_filename) == file), None)


@lru_cache(maxsize=4096)
def real(path: str) -> str:
    """The path without symbolic links, the form in which files are compared."""
    return os.path.realpath(path)


def shown(path: str, root: Path) -> str:
    """The path as a Location has it: relative to the project where it lies inside, else absolute."""
    relative = os.path.relpath(real(path), real(str(root)))
    return real(path) if relative.startswith("..") else relative


def _frames() -> Iterator[FrameType]:
    """The frames of this greenlet, innermost first, then those of the greenlets it was started from.

    An async env.py runs SQLAlchemy in greenlets; what called them stands in the parent's stack.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back
    module = sys.modules.get("greenlet")
    parent = module.getcurrent().parent if module else None
    while parent is not None:
        frame = parent.gr_frame
        while frame is not None:
            yield frame
            frame = frame.f_back
        parent = parent.parent
