"""What a look at the live database saw, at one moment: sessions, locks, rights, replication, room on the disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from fingood.model.action import LockMode
from fingood.model.names import RelationName
from fingood.model.severity import Severity

IDLE_SECONDS = (30, 300)
"""From when a session that is idle in a transaction is a warning, and from when it is serious."""

LONG_SECONDS = (300, 3600)
"""The same for a transaction that is at work."""

OLD_TRANSACTION_IDS = (500_000_000, 1_500_000_000)
"""The same for the age of the oldest unfrozen transaction. Autovacuum forces a freeze at 200 million; the server stops
taking writes about 3 million before 2^31 (manual, 24.1.5)."""

TAKEN_CONNECTIONS = (0.80, 0.95)
"""The same for the share of connection slots that are taken."""

LARGEST_BIGINT = 9_223_372_036_854_775_807
"""The last value of a bigint (manual, 8.1)."""

USED_NUMBERS = (0.70, 0.90)
"""The same for the share of a sequence's numbers that are used up."""


HIDDEN = "hidden"
"""The state of a session that was gone by the time it was looked for, or that our user may not see."""


class Look(Enum):
    """One look at the database; each may fail by itself."""

    SERVER = "server"
    SESSIONS = "sessions"
    LOCKS = "locks"
    TABLES = "tables"
    INDEXES = "invalid indexes"
    SEQUENCES = "sequences"
    CONSTRAINTS = "unvalidated constraints"
    REPLICAS = "replicas"
    SLOTS = "replication slots"
    PUBLICATIONS = "publications"
    TRANSACTION_IDS = "transaction ids"
    VERSION_TABLE = "rights on the version table"
    FREE_SPACE = "free space"
    BACKUPS = "backups"
    INTEGRITY = "data integrity"

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceSeen:
    """A serial or identity column's ascending sequence: the last number given, the last it may give, and the last that
    the column's type holds."""

    name: RelationName
    table: RelationName
    column: str
    last: int
    sequence_end: int
    type_end: int
    identity: bool = False
    cycles: bool = False

    @property
    def end(self) -> int:
        """The number after which an INSERT fails."""
        return min(self.sequence_end, self.type_end)

    @property
    def left(self) -> int:
        return max(self.end - self.last, 0)

    @property
    def share(self) -> float:
        """How much of it is used up, 0.0 to 1.0; numbers below zero do not count."""
        return min(max(self.last, 0) / self.end, 1.0) if self.end > 0 else 1.0


@dataclass(frozen=True, slots=True)
class Unseen:
    """Why a look saw nothing, or not all: ``failed`` when its query did, else for want of rights."""

    reason: str
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerState:
    """``used`` of ``most`` connection slots are taken by clients; ``user`` is whom we look as."""

    user: str = ""
    superuser: bool = False
    in_recovery: bool = False
    read_only: bool = False
    used: int = 0
    most: int = 0
    freeze_max_age: int = 200_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSession:
    """Another session of the database. ``seconds`` is the age of its transaction, ``idle`` how long it has sat idle in
    it (None where it is at work), ``query`` its last statement without literals. ``snapshot`` says that it holds one
    that CREATE INDEX CONCURRENTLY waits for. A transaction that is prepared has no pid: 0."""

    pid: int
    application: str = ""
    user: str = ""
    kind: str = "client backend"
    state: str = ""
    seconds: float = 0.0
    idle: float | None = None
    snapshot: bool = False
    query: str = ""

    @property
    def autovacuum(self) -> bool:
        return self.kind == "autovacuum worker"

    @property
    def prevents_wraparound(self) -> bool:
        """Whether it is an autovacuum that does not give way to whoever wants its lock (manual, 24.1.6)."""
        return self.autovacuum and "to prevent wraparound" in self.query

    def __str__(self) -> str:
        if not self.pid:
            return "a prepared transaction"
        name = self.application or ("autovacuum" if self.autovacuum else "no application name")
        return f"pid {self.pid} ({name})"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLock:
    """A table lock that a session holds, or waits for where ``granted`` is False."""

    relation: RelationName
    mode: LockMode
    pid: int
    granted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveTable:
    """``owned`` says whether our user may act as its owner, ``age`` how many transactions ago its oldest unfrozen row
    may have been written, ``bound`` the partition's bounds as the server writes them."""

    name: RelationName
    owner: str = ""
    owned: bool = True
    age: int = 0
    parent: RelationName | None = None
    bound: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """A standby or subscriber that is connected. ``seconds`` and ``bytes`` are how far behind it is, None if unseen."""

    name: str
    state: str = ""
    seconds: float | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A replication slot: ``behind`` is the WAL kept for it in bytes, ``safe`` what may still be written before it is
    lost (None without max_slot_wal_keep_size)."""

    name: str
    kind: str = ""
    active: bool = False
    status: str = ""
    behind: int | None = None
    safe: int | None = None


@dataclass(frozen=True, slots=True)
class FreeSpace:
    """Bytes free where the data lies, None where that cannot be seen; ``how`` or ``reason`` say why."""

    bytes: int | None
    how: str = ""
    reason: str = ""


BACKUP_STATES = ("taken", "checksummed", "restored", "proven")
"""How much may be known of a backup, least first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSeen:
    """The newest backup of the database. ``state`` says how much is known about it; ``damage`` what is wrong with its
    files."""

    id: str
    taken: datetime
    state: str
    kind: str
    damage: tuple[str, ...] = ()

    def reaches(self, wanted: str) -> bool:
        """Whether at least as much is known of it as in that state."""
        return BACKUP_STATES.index(self.state) >= BACKUP_STATES.index(wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """The data's invariants in sum: how many held, what was found of which severity, and the worst in words."""

    held: int = 0
    found: Mapping[Severity, int] = field(default_factory=dict)
    worst: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFacts:
    """The live database at one moment. What a look did not see stands in ``unseen``, and nobody may call it well."""

    dialect: str = "postgresql"
    schema: str = "public"
    server: ServerState = ServerState()
    sessions: tuple[LiveSession, ...] = ()
    locks: tuple[HeldLock, ...] = ()
    tables: Mapping[RelationName, LiveTable] = field(default_factory=dict)
    invalid_indexes: tuple[tuple[RelationName, RelationName], ...] = ()
    unvalidated: tuple[tuple[RelationName, str], ...] = ()
    sequences: tuple[SequenceSeen, ...] = ()
    replicas: tuple[Replica, ...] = ()
    slots: tuple[Slot, ...] = ()
    published: Mapping[RelationName, tuple[str, ...]] = field(default_factory=dict)
    oldest_transaction: int = 0
    version_writers: tuple[tuple[RelationName, str], ...] = ()
    free_space: FreeSpace = FreeSpace(None)
    backup: BackupSeen | None = None
    integrity: Integrity | None = None
    unseen: Mapping[Look, Unseen] = field(default_factory=dict)

    def table(self, name: RelationName) -> LiveTable | None:
        return self.tables.get(name.within(self.schema))

    def session(self, pid: int) -> LiveSession:
        """The session of that pid; one without particulars where it was gone or hidden."""
        return next((session for session in self.sessions if session.pid == pid), LiveSession(pid=pid, state=HIDDEN))
