"""A revision's plan: the statements it ran, in order, and where in its file each comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from fingood.model.action import Action, Lock
from fingood.model.finding import Direction, Location
from fingood.model.names import RelationName

NO_SUCH_RELATION = ("3F000", "42P01")
"""SQLSTATEs of a schema and of a table that does not exist (PostgreSQL manual, appendix A)."""


class Rendering(Enum):
    """How a plan was obtained: by running the revision in a sandbox, or from Alembic's offline mode."""

    RECORDED = "recorded"
    STATIC = "static"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a statement or a revision raised: SQLSTATE and names, never the driver's own text with row values."""

    error: str
    sqlstate: str = ""
    message: str = ""
    table: str = ""
    column: str = ""
    constraint: str = ""
    location: Location | None = None

    def __str__(self) -> str:
        named = [
            f"{k} {v}"
            for k, v in (("table", self.table), ("column", self.column), ("constraint", self.constraint))
            if v
        ]
        state = f" [SQLSTATE {self.sqlstate}]" if self.sqlstate else ""
        return f"{self.error}: {self.message}{state}{' (' + ', '.join(named) + ')' if named else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redefinition:
    """A column or constraint of a table that a statement made, changed or removed: ``kind`` says which, ``before`` and
    ``after`` how it was and is defined, '' for absent."""

    table: RelationName
    kind: str
    name: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        """``column code: integer → bigint``"""
        if not self.before:
            return f"{self.kind} {self.name} added: {self.after}"
        if not self.after:
            return f"{self.kind} {self.name} dropped"
        return f"{self.kind} {self.name}: {self.before} → {self.after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What a statement was seen to do to relations that existed before its revision, on the sandbox's server.

    ``locks`` are those held when it ended that were not held before it, the strongest for each relation; ``sampled``
    says that they were read while it ran, because it left no transaction open, and that a short one may be missing;
    None where nobody could look. ``refuted`` are locks that the table of lock modes claims and the server did
    not hold. ``rewritten`` tables got a new file, TRUNCATE apart; ``scanned`` tables were read whole, with the number
    of rows read; ``rows_changed`` were inserted, updated or deleted in them; ``wal_bytes`` is what the whole server
    wrote to its log meanwhile; ``redefined`` are columns and constraints of these tables. Of a statement that ran in a
    loop only the first runs were looked at.
    """

    locks: tuple[Lock, ...] | None = ()
    refuted: tuple[Lock, ...] = ()
    rewritten: tuple[RelationName, ...] = ()
    scanned: tuple[tuple[RelationName, int], ...] = ()
    rows_changed: int = 0
    wal_bytes: int = 0
    sampled: bool = False
    redefined: tuple[Redefinition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement as it reached the driver.

    ``parameters`` are the shapes of its parameters (type names, never values); ``transaction`` numbers the transaction
    it ran in, None for autocommit; ``started`` is seconds from the revision's beginning, ``duration`` is seconds,
    ``rows`` what the driver reported (None if it did not); ``opaque`` says that the text could not be read, or does
    things that its text does not show (DO, CALL). ``observed`` is None where nobody could look; ``locks`` are then
    those of the table of lock modes alone.
    """

    index: int
    sql: str
    actions: tuple[Action, ...] = ()
    locks: tuple[Lock, ...] = ()
    parameters: tuple[str, ...] = ()
    executions: int = 1
    location: Location | None = None
    transaction: int | None = None
    started: float | None = None
    duration: float | None = None
    rows: int | None = None
    observed: Observation | None = None
    opaque: bool = False
    opaque_reason: str = ""
    failure: Failure | None = None

    @property
    def autocommit(self) -> bool:
        return self.transaction is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one direction of one revision does. ``path`` is the revision's file relative to the project's root.

    ``unrendered`` gives, for the static rendering, why (part of) the revision could not be rendered; a plan with it is
    incomplete and nobody may call it clean. ``failure`` is set when the recorded run raised. ``server_version`` is that
    of the server it ran on, as the server counts it, 0 where none did.
    """

    revision: str
    path: str
    direction: Direction
    rendering: Rendering
    dialect: str
    server_version: int = 0
    statements: tuple[Statement, ...] = ()
    down_revisions: tuple[str, ...] = ()
    doc: str = ""
    transaction_per_migration: bool = False
    duration: float | None = None
    unrendered: str = ""
    failure: Failure | None = None
    notes: tuple[str, ...] = field(default_factory=tuple)
