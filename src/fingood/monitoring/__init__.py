"""Looks at a running database: its health, and samples of its work over a while.

In: a read-only connection. Out: CheckRuns and Samples with the observed value and the threshold beside it.
What may not be seen for want of rights is said to be unseen; it is never counted as well.
"""

from fingood.monitoring.catalogue import HEALTH_CHECKS
from fingood.monitoring.check import HealthCheck
from fingood.monitoring.health import LOCK_TIMEOUT, run_health_checks
from fingood.monitoring.sampling import Sample, Totals, read_totals, take_sample

__all__ = [
    "HEALTH_CHECKS",
    "LOCK_TIMEOUT",
    "HealthCheck",
    "Sample",
    "Totals",
    "read_totals",
    "run_health_checks",
    "take_sample",
]
