"""Backup points: a dump of the database under a manifest that names every file with its checksum.

In: a database URL and a folder. Out: a BackupPoint that lies there whole, or nothing.
The database is only read. That a backup can be restored is not known before it was restored: no state here claims it.
"""

from fingood.backup.point import BackupFile, BackupKind, BackupPoint, BackupState
from fingood.backup.shelf import list_backup_points, verify_files
from fingood.backup.take import take_backup_point

__all__ = [
    "BackupFile",
    "BackupKind",
    "BackupPoint",
    "BackupState",
    "list_backup_points",
    "take_backup_point",
    "verify_files",
]
