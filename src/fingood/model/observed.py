"""What one named query saw in a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """The rows of a named query and its text; ``reason`` says why it could not be read, '' where it could."""

    name: str
    sql: str
    rows: tuple[Mapping[str, object], ...] = ()
    reason: str = ""
