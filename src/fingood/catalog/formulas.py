"""Which formulas of fingerprints this version can take, those of a stored fingerprint among them or not."""

from __future__ import annotations

from collections.abc import Iterable

from fingood.catalog.forms import FORMULAS
from fingood.catalog.sqlite_fingerprint import SQLITE_FORMULA
from fingood.errors import CouldNotLook
from fingood.model.snapshot import Fingerprint

_KNOWN = (*FORMULAS, SQLITE_FORMULA)


def require_known_formulas(stored: Iterable[Fingerprint]) -> None:
    """Raises CouldNotLook where a stored fingerprint has a formula that this version does not know: then nothing can be
    compared with it."""
    for one in stored:
        if one.formula not in _KNOWN:
            raise CouldNotLook(
                f"the stored fingerprint of {one.table} was taken by the formula {one.formula}, which this version of "
                "fingood does not know",
                hint="install the version of fingood-migrations that took it, or a newer one",
            )
