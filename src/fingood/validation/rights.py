"""What a role may see of a database's tables, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fingood.model.names import RelationName


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """``unreadable`` are tables that may not be read at all, ``hidden`` columns by table, ``filtered`` tables of which
    row-level security may hide rows. Empty for who sees everything."""

    unreadable: frozenset[RelationName] = frozenset()
    hidden: Mapping[RelationName, tuple[str, ...]] = field(default_factory=dict)
    filtered: frozenset[RelationName] = frozenset()
