"""The reference ledger: the history of a bank's ledger as Alembic revisions, and data to fill it with.

In: the URL of a database that was built by these revisions. Out: its rows, seeded, balanced, in any number.
The revisions run under bare Alembic; this repository's own migrations/versions holds the same files.
"""

from __future__ import annotations

from fingood.demo.folder import take_folder
from fingood.demo.generator import POSTINGS, SEED, Filled, NotEmpty, fill_ledger
from fingood.demo.ledger import PENDING, READY, REJECTED, SETTINGS, VERSIONS, lay_versions

__all__ = [
    "PENDING",
    "POSTINGS",
    "READY",
    "REJECTED",
    "SEED",
    "SETTINGS",
    "VERSIONS",
    "Filled",
    "NotEmpty",
    "fill_ledger",
    "lay_versions",
    "take_folder",
]
