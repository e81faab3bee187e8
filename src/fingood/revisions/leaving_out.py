"""Lets Alembic load a history without some of its files."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def leaving_out(files: Collection[Path]) -> Iterator[None]:
    """A block in which Alembic does not see these revision files (resolved paths)."""
    from alembic.script import Script

    if not files:
        yield
        return
    before = Script.__dict__["_list_py_dir"]

    def listed(cls: type[Script], directory: Any, folder: Any) -> list[Any]:
        found = before.__func__(cls, directory, folder)
        return [path for path in found if (Path(folder) / path).resolve() not in files]

    Script._list_py_dir = classmethod(listed)  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        Script._list_py_dir = before  # type: ignore[method-assign]
