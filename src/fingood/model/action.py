"""What a SQL statement does, in words that no dialect owns: the parsed form that checks read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from fingood.model.names import RelationName


class Verb(Enum):
    """One thing a statement does. An ALTER TABLE with three sub-commands is three actions."""

    # Members are singletons; Enum's own hash is that of the name, which costs a call in Python each time.
    __hash__ = object.__hash__

    CREATE_TABLE = "create table"
    CREATE_TABLE_AS = "create table as"
    DROP_TABLE = "drop table"
    RENAME_TABLE = "rename table"
    SET_SCHEMA = "set schema"
    ADD_COLUMN = "add column"
    DROP_COLUMN = "drop column"
    RENAME_COLUMN = "rename column"
    ALTER_TYPE = "alter column type"
    SET_NOT_NULL = "set not null"
    DROP_NOT_NULL = "drop not null"
    SET_DEFAULT = "set default"
    DROP_DEFAULT = "drop default"
    ADD_CONSTRAINT = "add constraint"
    VALIDATE_CONSTRAINT = "validate constraint"
    DROP_CONSTRAINT = "drop constraint"
    RENAME_CONSTRAINT = "rename constraint"
    CREATE_INDEX = "create index"
    DROP_INDEX = "drop index"
    RENAME_INDEX = "rename index"
    REINDEX = "reindex"
    CREATE_VIEW = "create view"
    DROP_VIEW = "drop view"
    REFRESH_MATVIEW = "refresh materialized view"
    CREATE_SEQUENCE = "create sequence"
    ALTER_SEQUENCE = "alter sequence"
    DROP_SEQUENCE = "drop sequence"
    CREATE_TYPE = "create type"
    ALTER_ENUM_ADD = "alter type add value"
    ALTER_ENUM_RENAME = "alter type rename value"
    DROP_TYPE = "drop type"
    CREATE_DOMAIN = "create domain"
    ALTER_DOMAIN = "alter domain"
    CREATE_FUNCTION = "create function"
    DROP_FUNCTION = "drop function"
    CREATE_TRIGGER = "create trigger"
    DROP_TRIGGER = "drop trigger"
    ENABLE_TRIGGER = "enable trigger"
    DISABLE_TRIGGER = "disable trigger"
    CREATE_RULE = "create rule"
    CREATE_POLICY = "create policy"
    DROP_POLICY = "drop policy"
    ROW_SECURITY = "row security"
    CREATE_SCHEMA = "create schema"
    DROP_SCHEMA = "drop schema"
    RENAME_SCHEMA = "rename schema"
    CREATE_EXTENSION = "create extension"
    ALTER_EXTENSION = "alter extension"
    DROP_EXTENSION = "drop extension"
    ATTACH_PARTITION = "attach partition"
    DETACH_PARTITION = "detach partition"
    SET_LOGGED = "set logged"
    SET_UNLOGGED = "set unlogged"
    SET_STORAGE = "set storage"
    SET_TABLESPACE = "set tablespace"
    SET_ACCESS_METHOD = "set access method"
    REPLICA_IDENTITY = "replica identity"
    CLUSTER = "cluster"
    VACUUM_FULL = "vacuum full"
    VACUUM = "vacuum"
    ANALYZE = "analyze"
    TRUNCATE = "truncate"
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    MERGE = "merge"
    COPY = "copy"
    SELECT = "select"
    LOCK = "lock table"
    GRANT = "grant"
    REVOKE = "revoke"
    COMMENT = "comment"
    SET = "set"
    ALTER_SYSTEM = "alter system"
    ALTER_ROLE = "alter role"
    OWNER = "owner"
    TRANSACTION = "transaction control"
    DO = "do block"
    CALL = "call"
    OTHER_TABLE = "other alter table"
    OTHER = "other"
    OPAQUE = "opaque"


class ConstraintKind(Enum):
    """The kinds of table constraint."""

    PRIMARY_KEY = "primary key"
    UNIQUE = "unique"
    FOREIGN_KEY = "foreign key"
    CHECK = "check"
    NOT_NULL = "not null"
    EXCLUSION = "exclusion"

    @property
    def builds_index(self) -> bool:
        """Whether the server keeps a unique index for the constraint."""
        return self in (ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeSpec:
    """A column type: ``name`` as PostgreSQL's catalog spells it (``int8``, ``numeric``, ``varchar``), its modifiers
    (``(19, 4)``), the schema of a user's type and the number of array dimensions."""

    name: str
    modifiers: tuple[int, ...] = ()
    schema: str | None = None
    dimensions: int = 0

    def __str__(self) -> str:
        modifiers = f"({', '.join(map(str, self.modifiers))})" if self.modifiers else ""
        return f"{self.schema + '.' if self.schema else ''}{self.name}{modifiers}{'[]' * self.dimensions}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstraintSpec:
    """A constraint as written. ``references``/``referenced_columns`` only for foreign keys; ``using_index`` for
    ADD ... USING INDEX; ``valid`` is False for NOT VALID; ``on_delete`` is the referential action in words."""

    kind: ConstraintKind
    name: str | None = None
    columns: tuple[str, ...] = ()
    references: RelationName | None = None
    referenced_columns: tuple[str, ...] = ()
    on_delete: str = "no action"
    on_update: str = "no action"
    expression: str | None = None
    using_index: str | None = None
    valid: bool = True
    deferrable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSpec:
    """A column as written. ``default`` is the default's SQL; ``volatile_default`` says that it is computed per row;
    ``using`` the USING expression of ALTER TYPE; ``generated`` is 'stored' or 'virtual'."""

    name: str
    type: TypeSpec | None = None
    nullable: bool = True
    default: str | None = None
    volatile_default: bool = False
    identity: bool = False
    generated: str | None = None
    using: str | None = None
    collation: str | None = None
    constraints: tuple[ConstraintSpec, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSpec:
    """An index as written. Expression keys appear in ``columns`` as their SQL; ``options`` holds for each key its
    collation, operator class and order where they are not the default."""

    name: str | None
    columns: tuple[str, ...] = ()
    unique: bool = False
    method: str = "btree"
    include: tuple[str, ...] = ()
    predicate: str | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing a statement does to one object.

    ``relation`` is the table (for an index: its table where the SQL names it), ``object`` the object's own name where
    it is not a table (index, constraint, type, trigger, new name for renames: ``new_name``), ``columns`` the columns of
    a CREATE TABLE, ``where`` whether a DML statement is bounded, ``others`` further relations touched (TRUNCATE a, b;
    an UPDATE's FROM; the referenced table of a foreign key is in the constraint). ``sets`` are the columns that an
    UPDATE writes, ``where_null`` those that its WHERE wants to be NULL.
    """

    verb: Verb
    relation: RelationName | None = None
    object: RelationName | None = None
    new_name: str | None = None
    column: ColumnSpec | None = None
    columns: tuple[ColumnSpec, ...] = ()
    constraint: ConstraintSpec | None = None
    constraints: tuple[ConstraintSpec, ...] = ()
    index: IndexSpec | None = None
    others: tuple[RelationName, ...] = ()
    concurrently: bool = False
    cascade: bool = False
    if_exists: bool = False
    if_not_exists: bool = False
    where: bool | None = None
    sets: tuple[str, ...] = ()
    where_null: tuple[str, ...] = ()
    persistence: str = "permanent"
    detail: str = ""


class LockMode(Enum):
    """PostgreSQL's table lock modes, weakest first (manual, 13.3.1)."""

    ACCESS_SHARE = "ACCESS SHARE"
    ROW_SHARE = "ROW SHARE"
    ROW_EXCLUSIVE = "ROW EXCLUSIVE"
    SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
    SHARE = "SHARE"
    SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
    EXCLUSIVE = "EXCLUSIVE"
    ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"

    @property
    def blocks_reads(self) -> bool:
        return self is LockMode.ACCESS_EXCLUSIVE

    @property
    def blocks_writes(self) -> bool:
        return self in _BLOCKS_WRITES

    def conflicts_with(self, other: LockMode) -> bool:
        """Whether one transaction waits that wants this mode on a table on which another holds the other mode."""
        return other in _CONFLICTS[self]

    def __str__(self) -> str:
        return str(self.value)


_BLOCKS_WRITES = {LockMode.SHARE, LockMode.SHARE_ROW_EXCLUSIVE, LockMode.EXCLUSIVE, LockMode.ACCESS_EXCLUSIVE}

# Manual, table 13.2: a mode conflicts with all modes from a certain strength on; SHARE alone not with itself.
_WEAKEST_CONFLICT = {
    LockMode.ACCESS_SHARE: LockMode.ACCESS_EXCLUSIVE,
    LockMode.ROW_SHARE: LockMode.EXCLUSIVE,
    LockMode.ROW_EXCLUSIVE: LockMode.SHARE,
    LockMode.SHARE_UPDATE_EXCLUSIVE: LockMode.SHARE_UPDATE_EXCLUSIVE,
    LockMode.SHARE: LockMode.ROW_EXCLUSIVE,
    LockMode.SHARE_ROW_EXCLUSIVE: LockMode.ROW_EXCLUSIVE,
    LockMode.EXCLUSIVE: LockMode.ROW_SHARE,
    LockMode.ACCESS_EXCLUSIVE: LockMode.ACCESS_SHARE,
}
_STRENGTHS = list(LockMode)
_CONFLICTS = {
    mode: frozenset(_STRENGTHS[_STRENGTHS.index(weakest) :]) - ({mode} if mode is LockMode.SHARE else set())
    for mode, weakest in _WEAKEST_CONFLICT.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock that a statement takes on a table and holds to the end of its transaction."""

    relation: RelationName
    mode: LockMode
    observed: bool = False
