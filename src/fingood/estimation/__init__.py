"""What a migration will cost on the target: seconds, locks in seconds, disk and WAL.

In: a sandbox database right below a revision, the target's statistics. Out: an Estimate. The revision itself is run on
a sample with as many rows as fit, made to look like the target's; its times are scaled to the target's sizes.
"""

from fingood.estimation.estimate import LARGE, Estimator
from fingood.estimation.unscaled import as_measured

__all__ = ["LARGE", "Estimator", "as_measured"]
