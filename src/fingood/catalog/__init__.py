"""Read-only looks at a live database: Facts, schema Snapshot, data Fingerprint, and how two of them differ.

In: a URL, or a connection handed in. Out: frozen values of `model`; the SQL lies in named files, one folder a dialect.
Nothing here writes to a database, and no driver's text leaves it.
"""

from fingood.catalog.addition import add_up
from fingood.catalog.comparison import compare_fingerprints, compare_snapshots
from fingood.catalog.connection import cannot_connect, connect, masked
from fingood.catalog.facts import known_heads, read_facts
from fingood.catalog.fingerprint import take_fingerprints
from fingood.catalog.formulas import require_known_formulas
from fingood.catalog.live import read_live
from fingood.catalog.ranges import KeyRange
from fingood.catalog.refusals import LOCK_NOT_AVAILABLE, explain, locked, sqlite_reason
from fingood.catalog.rows import DifferentColumn, DifferentRow, DifferentRows, find_different_rows
from fingood.catalog.snapshot import object_name, parts_of, qualified_names, take_snapshot
from fingood.catalog.statistics import read_column_statistics, read_statistics

__all__ = [
    "LOCK_NOT_AVAILABLE",
    "DifferentColumn",
    "DifferentRow",
    "DifferentRows",
    "KeyRange",
    "add_up",
    "cannot_connect",
    "compare_fingerprints",
    "compare_snapshots",
    "connect",
    "explain",
    "find_different_rows",
    "known_heads",
    "locked",
    "masked",
    "object_name",
    "parts_of",
    "qualified_names",
    "read_column_statistics",
    "read_facts",
    "read_live",
    "read_statistics",
    "require_known_formulas",
    "sqlite_reason",
    "take_fingerprints",
    "take_snapshot",
]
