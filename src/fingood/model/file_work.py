"""A SQLite file at one moment: how large it is, what was committed to it, and who holds a lock on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class FileLockKind(Enum):
    """What a lock on a SQLite file is for, the weakest first (sqlite.org/lockingv3.html; walformat.html, 2.3.1)."""

    CONNECTED = "has it open"
    READ = "reads"
    RECOVERY = "recovers the WAL"
    CHECKPOINT = "writes the WAL back"
    RESERVED = "writes"
    PENDING = "waits to commit until the readers are gone"
    EXCLUSIVE = "writes, and nobody may read"

    def __str__(self) -> str:
        return str(self.value)

    @property
    def writes(self) -> bool:
        """Whether its holder has the right to write, which one at a time has."""
        return self in (FileLockKind.RESERVED, FileLockKind.PENDING, FileLockKind.EXCLUSIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLock:
    """A lock of one process. ``process`` is its name, '' where it cannot be seen."""

    pid: int
    process: str
    kind: FileLockKind


@dataclass(frozen=True, slots=True, kw_only=True)
class FileState:
    """What the bytes of the file, its write-ahead log and the log's index say, read without any lock.

    ``changes`` counts commits: in the file's header (offset 24), in WAL mode in the index (iChange); it begins anew
    with a new index. ``frames`` are pages of the log that are not yet in the file. ``index`` is the inode of the log's
    index: there is one while somebody has the database open in WAL mode. ``touched`` is when the file was last written,
    in nanoseconds. None is what could not be read.
    """

    wal: bool
    file_bytes: int
    wal_bytes: int
    journal_bytes: int
    page_size: int
    changes: int | None
    pages: int | None
    free_pages: int | None
    schema_version: int | None
    frames: int | None
    index: int | None = None
    touched: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSample:
    """A SQLite database at one moment. ``commits`` are those since the sample before, at least so many where the
    counter began anew; ``readers`` and ``connected`` count processes. ``read_seconds`` is how long it took to open
    the file and to read its schema's first page, ``read_unseen`` why that was left out. None is what was not seen."""

    wal: bool
    file_bytes: int
    wal_bytes: int
    journal_bytes: int
    commits: int | None = None
    pages: int | None = None
    free_pages: int | None = None
    schema_version: int | None = None
    frames: int | None = None
    readers: int | None = None
    connected: int | None = None
    writing: bool | None = None
    read_seconds: float | None = None
    read_unseen: str = ""

    @property
    def headline(self) -> str:
        """The moment in one line, for a view that changes."""
        locks = "locks not seen"
        if self.writing is not None:
            locks = f"{self.readers} reading · {'write lock held' if self.writing else 'nobody writes'}"
        commits = "commits not seen" if self.commits is None else f"{self.commits} commits"
        beside = f"WAL {self.wal_bytes:,} B" if self.wal else f"journal {self.journal_bytes:,} B"
        return f"{commits} · {locks} · file {self.file_bytes:,} B · {beside}"
