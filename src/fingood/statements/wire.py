"""What the worker process tells the recorder: one JSON object a line, never a parameter's value."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why something raised. ``path`` and ``line`` are the place in the user's files, ``kind`` who is at fault."""

    kind: str = "revision"
    error: str = ""
    sqlstate: str = ""
    message: str = ""
    table: str = ""
    column: str = ""
    constraint: str = ""
    path: str = ""
    line: int | None = None


Name = tuple[str, str]
"""Schema and name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the probe saw of one statement; only of relations that existed before the revision.

    ``held`` are the locks after the statement, ``taken`` those of them that were not
    held before: schema, name and mode as pg_locks spells it; None where the statement left
    no transaction open. ``refiled`` tables have another file than before. ``sampled`` says that the locks were read
    from beside while the statement ran. ``changes`` are schema, table, column or constraint, its
    name, how it was and how it is.
    """

    held: tuple[tuple[str, str, str], ...] | None
    taken: tuple[tuple[str, str, str], ...] | None
    refiled: tuple[Name, ...]
    scanned: tuple[tuple[str, str, int], ...]
    rows_changed: int
    wal_bytes: int
    sampled: bool = False
    changes: tuple[tuple[str, str, str, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepBegun:
    """A revision's function is about to run."""

    name: ClassVar[str] = "step-begun"
    revision: str
    path: str
    direction: str
    dialect: str
    server_version: int
    down_revisions: tuple[str, ...]
    doc: str
    transaction_per_migration: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationsKnown:
    """What exists before a revision's first statement: kind (pg_class.relkind), schema and name of each relation.
    ``path`` is the search path."""

    name: ClassVar[str] = "relations-known"
    path: tuple[str, ...]
    relations: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementBegun:
    """A statement goes to the driver; should the worker die in it, this is what it died of."""

    name: ClassVar[str] = "statement-begun"
    sql: str
    path: str
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementEnded:
    """A statement is back from the driver, ``executions`` times in a row."""

    name: ClassVar[str] = "statement-ended"
    sql: str
    path: str
    line: int | None
    parameters: tuple[str, ...]
    executions: int
    transaction: int | None
    duration: float | None
    rows: int | None
    fault: Fault | None
    started: float | None = None
    seen: Seen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEnded:
    """A revision's function returned."""

    name: ClassVar[str] = "step-ended"
    duration: float
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsCompared:
    """What separates env.py's models from the database, one line a difference. ``known`` is False where env.py has no
    target_metadata."""

    name: ClassVar[str] = "models-compared"
    known: bool
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEnded:
    """The job is over. ``retire`` asks for a new worker because a connection could not be closed."""

    name: ClassVar[str] = "job-ended"
    fault: Fault | None
    retire: bool = False


Message = StepBegun | RelationsKnown | StatementBegun | StatementEnded | StepEnded | ModelsCompared | JobEnded

_TYPES: dict[str, type[Message]] = {
    kind.name: kind
    for kind in (StepBegun, RelationsKnown, StatementBegun, StatementEnded, StepEnded, ModelsCompared, JobEnded)
}


def encode(message: Message) -> bytes:
    """The message as one line."""
    return json.dumps({"is": message.name, **_values(message)}, default=_values).encode() + b"\n"


def _values(value: Any) -> dict[str, Any]:
    """A dataclass as JSON has it; what it holds is encoded in its turn."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def decode(line: bytes) -> Message:
    """The message of one line."""
    values: dict[str, Any] = json.loads(line)
    kind = _TYPES[values.pop("is")]
    for field in fields(kind):
        values[field.name] = _tuples(values[field.name])
    if isinstance(values.get("fault"), dict):
        values["fault"] = Fault(**values["fault"])
    if isinstance(values.get("seen"), dict):
        values["seen"] = Seen(**{name: _tuples(value) for name, value in values["seen"].items()})
    return kind(**values)


def _tuples(value: Any) -> Any:
    """JSON's lists as tuples, at every depth."""
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
