"""The lines that put fingood's guard into an env.py of the user's own."""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = "from fingood import guard"
_SYNC = (
    _IMPORT,
    "",
    "# in run_migrations_online(), around context.configure() and context.run_migrations():",
    "with guard.connect(connectable) as connection, guard.watch(connection):",
)
_ASYNC = (
    _IMPORT,
    "",
    "# in the function that connection.run_sync() calls, around context.configure() and context.run_migrations():",
    "with guard.watch(connection):",
)


def lacks_guard(env_file: Path) -> bool:
    """Whether the env.py is there and does not call the guard."""
    return env_file.is_file() and "guard.watch(" not in _text(env_file)


def lines_for(env_file: Path) -> tuple[str, ...]:
    """The lines to add to this env.py, which runs its migrations on a plain or on an asynchronous connection."""
    return _ASYNC if re.search(r"\brun_sync\b", _text(env_file)) else _SYNC


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
