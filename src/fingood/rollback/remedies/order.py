"""In which order remedies have to run: what others stand on comes first and goes last."""

from __future__ import annotations

from fingood.model.snapshot import Difference, Grade

_KINDS = (
    "database", "schema", "extension", "language", "access method", "collation", "conversion", "enum", "composite type",
    "range", "type", "domain", "foreign data wrapper", "foreign server", "user mapping", "text search dictionary",
    "text search configuration", "function", "procedure", "aggregate", "operator", "operator class", "cast", "sequence",
    "table", "foreign table", "column", "constraint", "index", "view", "materialized view", "rule", "trigger",
    "foreign key trigger", "policy", "statistics", "event trigger", "publication", "subscription",
    "default privileges", "security label", "large objects",
)  # fmt: skip
_PLACES = {kind: place for place, kind in enumerate(_KINDS)}
# What may go before anything comes back: nothing that stays stands on it, and it may stand on what has to change.
_EARLY = frozenset(_KINDS[_PLACES["constraint"] :])
# A property after those that it needs: an identity wants NOT NULL, a comment the object as it will be.
_PROPERTIES = ("name", "", "definition", "function", "labels", "base", "type", "collation", "generated", "nullable",
               "identity", "default", "partition bound", "parents", "owner")  # fmt: skip
_ORDER = {name: place for place, name in enumerate(_PROPERTIES)}


def place_of(difference: Difference) -> tuple[bool, int, int, int, str, int, str]:
    """A key to sort by. Cosmetic and data differences stand at the end."""
    key, grade = difference.object, difference.grade
    kind = _PLACES.get(key.kind, len(_KINDS))
    if key.kind == "sequence" and difference.details.get(key, {}).get("identity") == "yes":
        # The column brings it back.
        kind = _PLACES["constraint"]
    left = grade is Grade.LEFT and not difference.data
    if left:
        phase, rank = (0 if key.kind in _EARLY else 2), -kind
    else:
        phase, rank = 1, kind
    silent = difference.data or grade is Grade.COSMETIC
    return (
        silent,
        phase,
        rank,
        _stands_on_others(difference),
        key.name,
        _ORDER.get(difference.property, len(_PROPERTIES)),
        difference.property,
    )


def _stands_on_others(difference: Difference) -> int:
    """Foreign keys after the keys that they point to; children after their parents."""
    properties = difference.details.get(difference.object, {})
    if difference.object.kind == "constraint":
        later = properties.get("type") == "foreign key"
        return int(later) if difference.grade is not Grade.LEFT else -int(later)
    if difference.object.kind == "table" and properties.get("parents"):
        return 1
    return 0
