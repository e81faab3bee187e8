"""The lines that put fingood's guard into an env.py of the user's own."""

from __future__ import annotations

from pathlib import Path

ENV_LINES = (
    "from fingood import guard",
    "with connectable.connect() as connection, guard.watch(connection):",
)


def lacks_guard(env_file: Path) -> bool:
    """Whether the env.py is there and does not mention the guard."""
    return env_file.is_file() and "fingood" not in env_file.read_text(encoding="utf-8", errors="replace")
