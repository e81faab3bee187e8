"""Read-only looks at a live database: Facts, schema Snapshot, data Fingerprint, and how two of them differ.

In: a URL, or a connection handed in. Out: frozen values of `model`; the SQL lies in named files, one folder a dialect.
Nothing here writes to a database, and no driver's text leaves it.
"""

from fingood.catalog.comparison import compare_fingerprints, compare_snapshots
from fingood.catalog.connection import connect, masked
from fingood.catalog.facts import read_facts
from fingood.catalog.fingerprint import take_fingerprints
from fingood.catalog.snapshot import object_name, qualified_names, take_snapshot

__all__ = [
    "compare_fingerprints",
    "compare_snapshots",
    "connect",
    "masked",
    "object_name",
    "qualified_names",
    "read_facts",
    "take_fingerprints",
    "take_snapshot",
]
