"""Every health check, one file a family; this table is the only list of them.

In: nothing. Out: HEALTH_CHECKS. A check is one value there and one file of SQL; the page and the tests follow from it.
"""

from fingood.monitoring.catalogue.indexes import INDEXES
from fingood.monitoring.catalogue.security import SECURITY
from fingood.monitoring.catalogue.server import SERVER
from fingood.monitoring.catalogue.sessions import SESSIONS
from fingood.monitoring.catalogue.sqlite import SQLITE
from fingood.monitoring.catalogue.tables import TABLES
from fingood.monitoring.catalogue.vacuum import VACUUM
from fingood.monitoring.catalogue.work import WORK
from fingood.monitoring.check import HealthCheck

FAMILIES: dict[str, tuple[HealthCheck, ...]] = {
    "Sessions and locks": SESSIONS,
    "Server and settings": SERVER,
    "Rights and connections": SECURITY,
    "Vacuum, statistics and transaction ids": VACUUM,
    "Indexes and keys": INDEXES,
    "Tables, constraints and leftovers": TABLES,
    "Replication, WAL and work": WORK,
    "SQLite": SQLITE,
}

HEALTH_CHECKS: tuple[HealthCheck, ...] = tuple(check for family in FAMILIES.values() for check in family)
