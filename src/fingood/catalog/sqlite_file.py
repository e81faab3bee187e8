"""What the bytes of a SQLite database say while others work on it: no lock is taken, so nobody waits for us.

Offsets are those of sqlite.org/fileformat2.html (1.3, the database header) and sqlite.org/walformat.html (2.1).
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path

from fingood.errors import CannotConnect
from fingood.model.file_work import FileState

_MAGIC = b"SQLite format 3\0"
_HEADER, _INDEX = 100, 136
_INDEX_VERSION = 3_007_000
_INDEX_BLOCK = 32768
_TRIES = 3

# By device and inode. Closing any descriptor of a file takes away all locks that this process has on it, those of
# SQLite's own connections as well (sqlite.org/howtocorrupt.html, 2.2): what was opened here stays open.
_descriptors: dict[tuple[int, int], int] = {}


@dataclass(frozen=True, slots=True)
class _Index:
    """The header of the log's index: commits counted, valid frames, pages of the database, frames written back."""

    inode: int
    changes: int
    frames: int
    pages: int
    written_back: int


def read_file_state(path: Path) -> FileState:
    """The state of the database in ``path``. Raises CannotConnect where it is gone, unreadable or no database."""
    try:
        head, found = _read(path, _HEADER), path.stat()
    except OSError as error:
        raise CannotConnect(
            f"sqlite:///{path}", os.strerror(error.errno or 0), hint="check the path and its rights"
        ) from None
    beside = {end: _size(Path(f"{path}{end}")) for end in ("-wal", "-journal")}
    if not head:
        return FileState(
            wal=False, file_bytes=0, wal_bytes=0, journal_bytes=beside["-journal"], page_size=0, changes=0, pages=0,
            free_pages=0, schema_version=0, frames=None, touched=found.st_mtime_ns,
        )  # fmt: skip
    if len(head) < _HEADER or not head.startswith(_MAGIC):
        raise CannotConnect(f"sqlite:///{path}", "it is no SQLite database, or an encrypted one")
    wal = head[18] == 2
    index = _read_index(Path(f"{path}-shm")) if wal else None
    page_size = int.from_bytes(head[16:18], "big")
    page_size = 65536 if page_size == 1 else page_size
    changes, pages, free, schema, valid_for = (_number(head, at) for at in (24, 28, 36, 40, 92))
    # Writers before 3.7.0 leave the page count as it was, and say so by not touching "version-valid-for".
    pages = pages if changes == valid_for else found.st_size // page_size
    # What the log holds is newer than the file's header.
    stale = wal and beside["-wal"] > 0
    return FileState(
        wal=wal,
        file_bytes=found.st_size,
        wal_bytes=beside["-wal"],
        journal_bytes=beside["-journal"],
        page_size=page_size,
        changes=(index.changes if index else None) if wal else changes,
        pages=index.pages if index and index.pages else None if stale else pages,
        free_pages=None if stale else free,
        schema_version=None if stale else schema,
        frames=index.frames - index.written_back if index else 0 if wal and not stale else None,
        index=index.inode if index else None,
        touched=found.st_mtime_ns,
    )


def descriptor_of(path: Path) -> int:
    """A descriptor that stays open as long as this process. Raises OSError."""
    found = path.stat()
    key = found.st_dev, found.st_ino
    if key not in _descriptors:
        _close_deleted_indexes()
        _descriptors[key] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    return _descriptors[key]


def _close_deleted_indexes() -> None:
    """Only the last connection of all deletes a log's index: nobody has a lock on it any more. It is kept until there
    is another one, so that the next one cannot get its number."""
    for key, descriptor in tuple(_descriptors.items()):
        found = os.fstat(descriptor)
        if not found.st_nlink and found.st_size % _INDEX_BLOCK == 0 and os.pread(descriptor, 16, 0) != _MAGIC:
            os.close(_descriptors.pop(key))


def _read(path: Path, length: int) -> bytes:
    return os.pread(descriptor_of(path), length, 0)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _number(head: bytes, at: int) -> int:
    return int.from_bytes(head[at : at + 4], "big")


def _read_index(path: Path) -> _Index | None:
    """The header stands there twice; a reader takes it when both are the same. None where there is none to read."""
    for _ in range(_TRIES):
        try:
            inode, bytes_ = path.stat().st_ino, _read(path, _INDEX)
        except OSError:
            return None
        if len(bytes_) < _INDEX:
            return None
        if bytes_[:48] == bytes_[48:96]:
            version, _, changes, initialised, _, _, frames, pages = struct.unpack_from("=3I2BH2I", bytes_)
            if version != _INDEX_VERSION or not initialised:
                return None
            return _Index(inode, changes, frames, pages, struct.unpack_from("=I", bytes_, 96)[0])
    return None
