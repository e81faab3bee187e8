"""What the tables held when the way back was tried: real rows, a hook's rows, generated rows, or none and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from fingood.model.names import RelationName


class Fill(Enum):
    """What generated rows hold: values at the edges of their types, plain ones, or there are none."""

    EDGES = "edges"
    PLAIN = "plain"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeding:
    """``real``, ``seeded`` (by a hook) and ``generated`` give rows per table; ``empty`` says for each table left empty
    why."""

    real: Mapping[RelationName, int] = field(default_factory=dict)
    seeded: Mapping[RelationName, int] = field(default_factory=dict)
    generated: Mapping[RelationName, int] = field(default_factory=dict)
    empty: Mapping[RelationName, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether any table holds rows."""
        return bool(self.real or self.seeded or self.generated)

    def with_real(self, names: Collection[RelationName]) -> Seeding:
        """Of the tables that held rows before any were generated, only these held them before the hook."""
        return replace(
            self,
            real={name: rows for name, rows in self.real.items() if name in names},
            seeded={name: rows for name, rows in self.real.items() if name not in names},
        )

    def __str__(self) -> str:
        parts = [f"{len(self.real)} with real rows ({sum(self.real.values())})"] if self.real else []
        if self.seeded:
            parts.append(f"{len(self.seeded)} filled by a hook ({sum(self.seeded.values())} rows)")
        if self.generated:
            parts.append(f"{len(self.generated)} filled ({sum(self.generated.values())} generated rows)")
        if self.empty:
            parts.append(f"{len(self.empty)} empty")
        tables = len(self.real) + len(self.seeded) + len(self.generated) + len(self.empty)
        return f"{tables} table{'' if tables == 1 else 's'}: {', '.join(parts)}" if parts else "no tables"
