"""Facts: what a check may know about a database, read from it and never written to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fingood.model.names import RelationName


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFacts:
    """A column as the catalog knows it. ``type`` is the server's own spelling, e.g. ``numeric(18,4)``; ``views`` are
    the views and materialized views that read the column."""

    name: str
    type: str
    nullable: bool = True
    default: str | None = None
    identity: bool = False
    generated: bool = False
    views: tuple[RelationName, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstraintFacts:
    """A constraint as the catalog knows it. ``kind`` in the words of :class:`ConstraintKind`."""

    name: str
    kind: str
    columns: tuple[str, ...] = ()
    definition: str = ""
    validated: bool = True
    references: RelationName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFacts:
    """An index as the catalog knows it. ``bytes`` is its size on disk, ``scans`` how often it was used since the
    server's statistics were last reset."""

    name: str
    columns: tuple[str, ...] = ()
    unique: bool = False
    valid: bool = True
    definition: str = ""
    bytes: int | None = None
    scans: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainFacts:
    """A domain. ``type`` is what it is made of, in the server's spelling; ``constrained`` whether it has a CHECK or
    NOT NULL; ``spelling`` how the types of columns name it, with its schema only where the search path lacks that."""

    name: RelationName
    type: str
    constrained: bool = False
    spelling: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFacts:
    """A table. ``rows`` is the planner's estimate (exact for SQLite), None where never analysed or unreadable;
    ``bytes`` the heap, ``total_bytes`` heap, TOAST and indexes. ``kind``: table, partitioned, view,
    matview, foreign. ``definition`` is a view's query."""

    name: RelationName
    kind: str = "table"
    rows: int | None = None
    bytes: int | None = None
    total_bytes: int | None = None
    columns: Mapping[str, ColumnFacts] = field(default_factory=dict)
    constraints: tuple[ConstraintFacts, ...] = ()
    indexes: tuple[IndexFacts, ...] = ()
    definition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A database at one moment. ``server_version`` as PostgreSQL counts it (170004), 0 for SQLite.

    ``target`` says whether the sizes are those of the database the migration is meant for; False means that only the
    shape is known (a sandbox) and that nobody may conclude from a small size that a table is small.
    ``heads_unread`` names the version table where the user may not read it; ``heads`` then say nothing.
    """

    dialect: str
    server_version: int = 0
    database: str = ""
    default_schema: str = "public"
    timezone: str = ""
    heads: tuple[str, ...] = ()
    heads_unread: str = ""
    target: bool = False
    tables: Mapping[RelationName, TableFacts] = field(default_factory=dict)
    domains: Mapping[RelationName, DomainFacts] = field(default_factory=dict)

    def table(self, name: RelationName | None) -> TableFacts | None:
        """The table of that name, with the default schema where the name has none."""
        return None if name is None else self.tables.get(name.within(self.default_schema))
