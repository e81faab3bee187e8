"""What a SQLite database holds at one moment, and how long it takes to read; two of them tell what a run changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from fingood.model.workload import Moment

FORMAT = "sqlite 1"

MOST = 200
"""How many tables a snapshot reads: the largest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableShape:
    """A table. ``pages`` are its own, without those of its indexes; ``times`` are the seconds that it took to count its
    rows, again and again, once it had been read. None is what was not read in time."""

    rows: int | None = None
    pages: int | None = None
    times: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexShape:
    """An index on ``table``; ``pages`` is None where it was not measured."""

    table: str
    pages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSnapshot:
    """The database at ``taken``. ``run`` is the guard's run and ``revisions`` its steps.

    ``triggers`` are by name with the table they stand on; ``plans`` hold for every view the lines of EXPLAIN QUERY PLAN
    for reading it whole, none for a view that cannot be read. ``unseen`` says what could not be read.
    """

    taken: datetime
    moment: Moment
    target: str
    run: str = ""
    revisions: tuple[str, ...] = ()
    wal: bool = False
    page_size: int = 0
    pages: int = 0
    free_pages: int = 0
    tables: Mapping[str, TableShape] = field(default_factory=dict)
    indexes: Mapping[str, IndexShape] = field(default_factory=dict)
    triggers: Mapping[str, str] = field(default_factory=dict)
    plans: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unseen: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The value as JSON knows it."""
        return {**asdict(self), "format": FORMAT, "taken": self.taken.isoformat(), "moment": self.moment.value}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> FileSnapshot:
        """The value again. Raises KeyError, TypeError or ValueError for anything that is none."""
        if found["format"] != FORMAT:
            raise ValueError(f"format {found['format']}")
        values = {key: value for key, value in found.items() if key != "format"}
        values |= {
            "taken": datetime.fromisoformat(found["taken"]),
            "moment": Moment(found["moment"]),
            "revisions": tuple(found["revisions"]),
            "unseen": tuple(found["unseen"]),
            "tables": {
                name: TableShape(rows=one["rows"], pages=one["pages"], times=tuple(one["times"]))
                for name, one in found["tables"].items()
            },
            "indexes": {name: IndexShape(**one) for name, one in found["indexes"].items()},
            "plans": {name: tuple(lines) for name, lines in found["plans"].items()},
        }
        return cls(**values)
