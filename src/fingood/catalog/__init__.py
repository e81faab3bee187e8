"""Read-only looks at a live database: Facts, schema Snapshot, data Fingerprint, and how two of them differ.

In: a URL, or a connection handed in. Out: frozen values of `model`; the SQL lies in named files, one folder a dialect.
Nothing here writes to a database, and no driver's text leaves it.
"""

from fingood.catalog.connection import connect, masked
from fingood.catalog.facts import read_facts

__all__ = ["connect", "masked", "read_facts"]
