"""How much room is left where the data lies, as far as that can be seen from this host."""

from __future__ import annotations

import os
import struct
from pathlib import Path

from sqlalchemy.engine import Connection

from fingood.catalog.queries import run_named
from fingood.model.live import FreeSpace

_HINT = "run the check on the server's host as a user who may read its data directory"


def read_free_space(connection: Connection) -> FreeSpace:
    """Bytes free on the file system of the SQLite file or of the server's data directory. Tablespaces and a pg_wal of
    their own are not looked at. A folder of that name on this host counts only if it is this very cluster's."""
    if connection.dialect.name == "sqlite":
        name = connection.engine.url.database or ""
        path = Path(name.removeprefix("file:").partition("?")[0])
        return _measure(path.parent) if name and path.is_file() else FreeSpace(None, reason="the database has no file")
    row = run_named(connection, "live/data_directory")[0]
    if not row["folder"]:
        return FreeSpace(None, reason="data_directory is hidden from this user (GRANT pg_monitor TO the user)")
    folder = Path(row["folder"])
    if not _is_cluster(folder, int(row["identifier"])):
        return FreeSpace(None, reason=f"the data directory is not to be seen from here; {_HINT}")
    return _measure(folder)


def _is_cluster(folder: Path, identifier: int) -> bool:
    """Whether the folder's pg_control begins with the cluster's system identifier (source, catalog/pg_control.h)."""
    try:
        with (folder / "global" / "pg_control").open("rb") as file:
            (found,) = struct.unpack("=Q", file.read(8))
    except (OSError, struct.error):
        return False
    return bool(found == identifier % 2**64)


def _measure(folder: Path) -> FreeSpace:
    try:
        state = os.statvfs(folder)
    except OSError as error:
        return FreeSpace(None, reason=f"the free space of {folder} cannot be read: {error.strerror}")
    return FreeSpace(state.f_bavail * state.f_frsize, how=f"free on the file system of {folder}")
