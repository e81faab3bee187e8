"""The folder in which backups lie: what is there, whether its files are whole, what a killed run left behind."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from fingood.backup.point import (
    MANIFEST,
    BackupFile,
    BackupKind,
    BackupPoint,
    BackupState,
    manifest_text,
    read_manifest,
)
from fingood.errors import CouldNotLook
from fingood.model.live import BackupSeen

PARTIAL = ".partial"


def list_backup_points(folder: Path) -> tuple[BackupPoint, ...]:
    """Every backup with a readable manifest, the newest first. A missing folder holds none.

    Raises CouldNotLook when the folder cannot be read.
    """
    if not folder.exists():
        return ()
    found = []
    try:
        entries = [entry for entry in folder.iterdir() if entry.suffix != PARTIAL and (entry / MANIFEST).is_file()]
    except OSError as error:
        raise CouldNotLook(f"cannot read the backups in {folder}: {error.strerror}") from None
    for entry in entries:
        try:
            found.append(read_manifest(entry))
        except (ValueError, KeyError, TypeError, OSError):
            continue
    return tuple(sorted(found, key=lambda point: point.taken, reverse=True))


def newest_proven(folder: Path, target: str) -> BackupPoint | None:
    """The newest backup of this target (as ``describe_target`` says it) that holds its rows and was proven by a
    restore; None where there is none. Its files are not read: :func:`verify_files` does."""
    return next((point for point in holding_rows(folder, target) if point.state is BackupState.PROVEN), None)


def newest_seen(folder: Path, target: str, state: str) -> BackupSeen | None:
    """The newest backup of this target that holds its rows, of which at least as much is known as ``state`` says; where
    there is none, the newest that holds its rows at all. Files are compared by their sizes: reading terabytes is no
    look's business. Raises CouldNotLook where the folder cannot be read."""
    mine = [_seen(point) for point in holding_rows(folder, target)]
    return next((one for one in mine if one.reaches(state)), next(iter(mine), None))


def _seen(point: BackupPoint) -> BackupSeen:
    damage = []
    for file in point.files:
        path = point.folder / file.path
        if not path.is_file():
            damage.append(f"{file.path} is missing")
        elif path.stat().st_size != file.bytes:
            damage.append(f"{file.path} has another size")
    return BackupSeen(
        id=point.id, taken=point.taken, state=str(point.state), kind=str(point.kind), damage=tuple(damage)
    )


def holding_rows(folder: Path, target: str) -> tuple[BackupPoint, ...]:
    """The backups of this target that hold its rows, the newest first."""
    points = list_backup_points(folder)
    return tuple(point for point in points if point.target == target and point.kind is not BackupKind.SCHEMA)


def unreadable_backups(folder: Path) -> tuple[Path, ...]:
    """Folders that look like backups and whose manifest cannot be read."""
    if not folder.is_dir():
        return ()
    known = {point.folder for point in list_backup_points(folder)}
    return tuple(
        sorted(
            e for e in folder.iterdir() if e.is_dir() and e not in known and e.suffix != PARTIAL and any(e.iterdir())
        )
    )


def verify_files(point: BackupPoint) -> tuple[str, ...]:
    """What is wrong with a backup's files: missing, another size, another checksum. Empty when all are as they were."""
    problems = []
    for file in point.files:
        path = point.folder / file.path
        if not path.is_file():
            problems.append(f"{file.path} is missing")
        elif path.stat().st_size != file.bytes:
            problems.append(f"{file.path} has {path.stat().st_size} bytes instead of {file.bytes}")
        elif sha256_of(path) != file.sha256:
            problems.append(f"{file.path} has another checksum")
    return tuple(problems)


def describe_files(folder: Path) -> tuple[BackupFile, ...]:
    """Every file below ``folder`` with its size and checksum, read back from disk."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)
    return tuple(
        BackupFile(path=path.relative_to(folder).as_posix(), bytes=path.stat().st_size, sha256=sha256_of(path))
        for path in paths
    )


def sha256_of(path: Path) -> str:
    """The file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def store_durably(folder: Path) -> None:
    """Makes sure that every file below ``folder`` and the folders themselves are on disk."""
    for path in (*folder.rglob("*"), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_manifest(point: BackupPoint, folder: Path | None = None) -> None:
    """Stores the manifest, in the point's own folder if no other is named: the old one or the new one is there, whole,
    whenever the machine stops."""
    folder = folder or point.folder
    fresh = folder / f".{MANIFEST}.{os.getpid()}"
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.write(manifest_text(point))
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, folder / MANIFEST)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_backup(point: BackupPoint) -> None:
    """Removes a backup. What a kill leaves of it has no name of a backup any more, and goes with the next one taken."""
    doomed = point.folder.with_name(f"{point.folder.name}.{os.getpid()}{PARTIAL}")
    try:
        os.rename(point.folder, doomed)
        shutil.rmtree(doomed)
        sync_folder(doomed.parent)
    except OSError as error:
        raise CouldNotLook(f"{point.folder} cannot be removed: {error.strerror}") from None


def remove_abandoned(folder: Path) -> None:
    """Removes what runs that were killed left unfinished. The name of unfinished work ends with its process id."""
    for path in folder.glob(f"*{PARTIAL}"):
        pid = path.name.removesuffix(PARTIAL).rpartition(".")[2]
        if pid.isdecimal() and not _is_running(int(pid)):
            shutil.rmtree(path, ignore_errors=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
