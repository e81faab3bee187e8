"""Snapshots of a schema, fingerprints of data, and the differences between two of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from fingood.model.names import RelationName


@dataclass(frozen=True, slots=True, order=True)
class ObjectKey:
    """Names an object in a snapshot: its kind (table, column, index, constraint, ...) and its qualified name."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A schema as the server knows it: for every object its properties as stable text."""

    dialect: str
    server_version: int
    objects: Mapping[ObjectKey, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """A table's data in a few numbers: its row count, one order-free hash per column and exact sums of numerics.

    ``keyed`` says that the hashes are bound to the primary key, so that two rows that swap values are seen.
    ``key`` are the columns it is bound to; ``row`` is one order-free hash of whole rows where there is no key.
    ``columns`` hold ``filled:hash``, the number of values that are not NULL first.
    ``formula`` names the version of the formula; only equal formulas may be compared.
    """

    table: RelationName
    rows: int
    columns: Mapping[str, str]
    sums: Mapping[str, Decimal] = field(default_factory=dict)
    keyed: bool = True
    formula: str = "fingood-1"
    key: tuple[str, ...] = ()
    row: str = ""


class Grade(Enum):
    """What kind of difference it is."""

    LOST = "lost"
    LEFT = "left behind"
    CHANGED = "changed"
    COSMETIC = "cosmetic"

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference between two states. ``property`` is empty when the whole object is lost or left behind;
    ``before`` and ``after`` are empty where there is no value; ``data`` says it is about rows, not schema.
    ``details`` is the object as it should be again (as it is, where it was left behind), with what belongs to it and
    what it belongs to: what one needs to write the code that restores it.
    """

    object: ObjectKey
    grade: Grade
    property: str = ""
    before: str = ""
    after: str = ""
    data: bool = False
    details: Mapping[ObjectKey, Mapping[str, str]] = field(default_factory=dict, compare=False, repr=False)
