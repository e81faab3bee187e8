"""What a database has counted of its work up to one moment; two of them say what was done between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

FORMAT = 1

MOST = 200
"""How many tables, indexes and statements a snapshot holds: those with most work. Of one that is not in a full snapshot
nobody knows what it had counted by then."""


class Moment(Enum):
    """When a snapshot was taken: right before or after the steps of an upgrade, or at a quiet time."""

    BEFORE = "before"
    AFTER = "after"
    SAMPLE = "sample"

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementCount:
    """One statement of pg_stat_statements. ``seconds`` is all of its executions' time, ``squares`` the sum of the
    squared times, from which the spread between two moments follows; ``blocks`` are those found or read."""

    text: str
    calls: float = 0.0
    seconds: float = 0.0
    squares: float = 0.0
    rows: float = 0.0
    blocks: float = 0.0

    def since(self, before: StatementCount | None) -> StatementCount | None:
        """What was added since ``before``; None where its counts went back, as after a reset."""
        if before is None:
            return self
        if self.calls < before.calls or self.seconds < before.seconds:
            return None
        return StatementCount(
            text=self.text,
            calls=self.calls - before.calls,
            seconds=self.seconds - before.seconds,
            squares=max(self.squares - before.squares, 0.0),
            rows=self.rows - before.rows,
            blocks=self.blocks - before.blocks,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """The counters at ``taken``. ``run`` is the guard's run and ``revisions`` its steps, both empty for a sample.

    ``database`` are those of pg_stat_database, ``tables`` and ``indexes`` by name, ``statements`` by query id and
    user. ``unseen`` says what could not be read; ``reset`` is when the database's counters began, '' for unknown.
    """

    taken: datetime
    moment: Moment
    target: str
    run: str = ""
    revisions: tuple[str, ...] = ()
    server_version: int = 0
    reset: str = ""
    database: Mapping[str, float] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    indexes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    statements: Mapping[str, StatementCount] = field(default_factory=dict)
    unseen: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The value as JSON knows it."""
        statements = {
            key: [one.text, one.calls, one.seconds, one.squares, one.rows, one.blocks]
            for key, one in self.statements.items()
        }
        return {
            "format": FORMAT,
            "taken": self.taken.isoformat(),
            "moment": self.moment.value,
            "target": self.target,
            "run": self.run,
            "revisions": list(self.revisions),
            "server_version": self.server_version,
            "reset": self.reset,
            "database": dict(self.database),
            "tables": {name: dict(counts) for name, counts in self.tables.items()},
            "indexes": {name: dict(counts) for name, counts in self.indexes.items()},
            "statements": statements,
            "unseen": list(self.unseen),
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Workload:
        """The value again. Raises KeyError, TypeError or ValueError for anything that is none."""
        if found["format"] != FORMAT:
            raise ValueError(f"format {found['format']}")
        names = ("text", "calls", "seconds", "squares", "rows", "blocks")
        return cls(
            taken=datetime.fromisoformat(found["taken"]),
            moment=Moment(found["moment"]),
            target=str(found["target"]),
            run=str(found["run"]),
            revisions=tuple(found["revisions"]),
            server_version=int(found["server_version"]),
            reset=str(found["reset"]),
            database=dict(found["database"]),
            tables=dict(found["tables"]),
            indexes=dict(found["indexes"]),
            statements={
                key: StatementCount(**dict(zip(names, one, strict=True))) for key, one in found["statements"].items()
            },
            unseen=tuple(found["unseen"]),
        )
