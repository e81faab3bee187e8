"""What a revision's source does that no event of SQLAlchemy shows: told as notes, so that nobody takes silence for no.

Only the revision's own file is read, not what it imports.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path

_METHODS = {
    "cursor": "statements through the driver's own cursor are not recorded",
    "raw_connection": "statements on a raw connection are not recorded",
    "driver_connection": "statements on the driver's own connection are not recorded",
}
_MODULES = {
    "subprocess": "what another process does is not recorded",
}


@lru_cache(maxsize=1024)
def blind_spots(file: str, *, cursors_are_watched: bool) -> tuple[str, ...]:
    """One note for each place, as ``line 12: what is not seen``."""
    tree = ast.parse(Path(file).read_text(encoding="utf-8"), filename=file)
    found = {
        (node.lineno, note)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and (note := _note(node, cursors_are_watched))
    }
    return tuple(f"line {line}: {note}" for line, note in sorted(found))


def _note(node: ast.Attribute, cursors_are_watched: bool) -> str:
    if isinstance(node.value, ast.Name) and node.value.id in _MODULES:
        return _MODULES[node.value.id]
    return "" if cursors_are_watched else _METHODS.get(node.attr, "")
