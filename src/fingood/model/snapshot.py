"""Snapshots of a schema, fingerprints of data, and the differences between two of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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


class Strength(Enum):
    """How closely a fingerprint looks at values.

    ``STANDARD`` hashes by the type's own ``=`` where that is cheaper: it does not see the padding of a bpchar without
    length, the sign of zero in a float, and which units an interval is written in, and takes one changed date and time
    of day in four thousand million for the same. Amounts, integers and texts are seen exactly.
    ``EXACT`` hashes the identity of every value to 64 bits. ``EXACT_128`` does so twice, independently, for evidence.
    """

    STANDARD = "standard"
    EXACT = "exact"
    EXACT_128 = "exact-128"

    def __str__(self) -> str:
        return str(self.value)

    @property
    def hashes(self) -> int:
        """How many 64-bit hashes a value has."""
        return 2 if self is Strength.EXACT_128 else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """A table's data in a few numbers: its row count, one order-free hash per column and exact sums of numerics.

    ``keyed`` says that the hashes are bound to the primary key, so that two rows that swap values are seen.
    ``key`` are the columns it is bound to; ``row`` is one order-free hash of whole rows where there is no key, of whole
    keys where there is one of several columns.
    ``columns`` hold ``filled:hash``, the number of values that are not NULL first, and a second hash if there is one.
    ``sums`` are texts as the server prints them; NaN where a value is NaN or both infinities occur.
    ``formula`` names the version of the formula; only equal formulas of equal strength may be compared, so what is
    compared with an earlier fingerprint is taken ``like`` it.
    ``unread`` says why the values could not be read; then only the rows are counted.
    """

    table: RelationName
    rows: int
    columns: Mapping[str, str]
    sums: Mapping[str, str] = field(default_factory=dict)
    keyed: bool = True
    formula: str
    strength: Strength = Strength.EXACT
    key: tuple[str, ...] = ()
    row: str = ""
    unread: str = ""


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
