# fingood-migrations 0.1.0 sha256:f890bc34412de606 (a stub: put your own code into files of your own)
"""Proof that a migration can be undone, for your own code: MigrationRollbackTester(database_url)."""

from fingood.api import MigrationRollbackTester

__all__ = ["MigrationRollbackTester"]
