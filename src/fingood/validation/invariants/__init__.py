"""The invariants, one file each: what must be true of the data, after whom, and how bad it is when it is not.

In: LedgerTables and a read-only connection. Out: rules that become one statement a source, or findings. Every
``RuleInvariant`` and ``SetInvariant`` that a file of this folder defines is in INVARIANTS, the gravest first.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from types import MappingProxyType, ModuleType

from fingood.validation.invariants.base import RuleInvariant, SetInvariant

Invariant = RuleInvariant | SetInvariant


def _defined() -> Iterator[Invariant]:
    for module in pkgutil.iter_modules(__path__):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        yield from (value for value in vars(loaded).values() if isinstance(value, Invariant))


def source_of(invariant: Invariant) -> ModuleType:
    """The file that defines the invariant."""
    function = invariant.rules if isinstance(invariant, RuleInvariant) else invariant.judge
    return sys.modules[function.__module__]


def _load() -> Mapping[str, Invariant]:
    unique = {invariant.id: invariant for invariant in _defined()}
    return MappingProxyType(dict(sorted(unique.items(), key=lambda item: (-item[1].severity.rank, item[0]))))


INVARIANTS: Mapping[str, Invariant] = _load()

FINANCIAL = frozenset(invariant.id for invariant in INVARIANTS.values() if invariant.financial)
"""Those that need money, identifiers or dates; the others hold for every database."""
