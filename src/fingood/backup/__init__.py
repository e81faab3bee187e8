"""Backup points: a dump of the database under a manifest that names every file with its checksum, and the way back.

In: a database URL and a folder. Out: a BackupPoint that lies there whole, or nothing; restored and compared with its
source, a proven one. Only `go_back` writes to a database, and it keeps what it replaces.
"""

from fingood.backup.point import BackupFile, BackupKind, BackupPoint, BackupState
from fingood.backup.prove import prove_backup
from fingood.backup.shelf import list_backup_points, newest_proven, newest_seen, verify_files
from fingood.backup.take import take_backup_point

__all__ = [
    "BackupFile",
    "BackupKind",
    "BackupPoint",
    "BackupState",
    "list_backup_points",
    "newest_proven",
    "newest_seen",
    "prove_backup",
    "take_backup_point",
    "verify_files",
]
