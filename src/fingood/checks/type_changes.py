"""What ALTER COLUMN TYPE does to the rows: rewritten or not, narrowed or not (PostgreSQL manual, ALTER TABLE, Notes).

Binary-coercible changes touch the catalog only: varchar up or to text, numeric precision up at the same scale,
cidr to inet, timestamp to timestamptz and back when the session's TimeZone is UTC (since 12).
"""

from __future__ import annotations

from dataclasses import dataclass

from fingood.model.action import TypeSpec

_INTEGERS = {"int2": 5, "int4": 10, "int8": 19}
"""Decimal digits that an integer type may need."""
_FLOATS = {"float4": 6, "float8": 15}
"""Decimal digits that a float type keeps."""
_TEXTS = ("text", "varchar", "citext")
_UNTOUCHED = {("cidr", "inet"), ("xml", "text"), ("text", "citext"), ("citext", "text"), ("varchar", "citext")}
_ZONES = {("timestamp", "timestamptz"), ("timestamptz", "timestamp")}
_BUILT_IN_TIMES = ("timestamp", "timestamptz", "time", "timetz", "interval")


@dataclass(frozen=True, slots=True)
class TypeChange:
    """``narrows`` says in words what may no longer fit and makes the statement fail; ``rounds`` what is silently lost.
    ``sure`` is False where a type is not one of the server's own."""

    rewrites: bool
    narrows: str = ""
    rounds: str = ""
    sure: bool = True


def judge(old: TypeSpec, new: TypeSpec, *, timezone: str = "", computed: bool = False) -> TypeChange:
    """What changing a column from ``old`` to ``new`` does. ``computed`` says that a USING expression makes values."""
    narrows, rounds = _narrows(old, new), _rounds(old, new)
    if old == new and not computed:
        return TypeChange(rewrites=False)
    rewrites = computed or not _binary_coercible(old, new, timezone)
    return TypeChange(rewrites=rewrites, narrows=narrows, rounds=rounds, sure=not (old.schema or new.schema))


def _binary_coercible(old: TypeSpec, new: TypeSpec, timezone: str) -> bool:
    if old.dimensions or new.dimensions:
        return False
    if old.name in _TEXTS and new.name in _TEXTS and (old.name != "citext" or new.name != "varchar"):
        return not _shorter(old, new)
    if (old.name, new.name) in _UNTOUCHED:
        return True
    if (old.name, new.name) in _ZONES:
        return timezone.upper() in ("UTC", "ETC/UTC", "GMT") and not _less_precise(old, new)
    if old.name != new.name:
        return False
    if old.name == "numeric":
        return _numeric_grows(old, new)
    if old.name in ("varbit", *_BUILT_IN_TIMES):
        return not _less_precise(old, new)
    return False


def _shorter(old: TypeSpec, new: TypeSpec) -> bool:
    """Whether the new length is limited and below the old; no modifier means no limit."""
    if not new.modifiers:
        return False
    return not old.modifiers or new.modifiers[0] < old.modifiers[0]


def _less_precise(old: TypeSpec, new: TypeSpec) -> bool:
    return bool(new.modifiers) and (not old.modifiers or new.modifiers[0] < old.modifiers[0])


def _numeric_grows(old: TypeSpec, new: TypeSpec) -> bool:
    if not new.modifiers:
        return True
    if not old.modifiers:
        return False
    return _scale(new) == _scale(old) and new.modifiers[0] >= old.modifiers[0]


def _scale(spec: TypeSpec) -> int:
    return spec.modifiers[1] if len(spec.modifiers) > 1 else 0


def _whole_digits(spec: TypeSpec) -> int | None:
    """How many digits before the point may stand in the type; None for any number."""
    if spec.name in _INTEGERS:
        return _INTEGERS[spec.name]
    if spec.name == "numeric" and spec.modifiers:
        return spec.modifiers[0] - _scale(spec)
    return None


def _narrows(old: TypeSpec, new: TypeSpec) -> str:
    if (
        new.name in ("varchar", "bpchar")
        and new.modifiers
        and (old.name not in ("varchar", "bpchar") or _shorter(old, new))
    ):
        return f"texts longer than {new.modifiers[0]} characters"
    numbers = (*_INTEGERS, "numeric")
    if old.name in (*numbers, *_FLOATS) and new.name in numbers:
        room, needed = _whole_digits(new), _whole_digits(old)
        if room is not None and (needed is None or needed > room):
            return f"numbers with more than {room} digits before the point"
    return ""


def _rounds(old: TypeSpec, new: TypeSpec) -> str:
    if old.name != "numeric":
        return "fractions" if old.name in _FLOATS and new.name in _INTEGERS else ""
    if new.name in _INTEGERS:
        return "" if old.modifiers and _scale(old) == 0 else "all digits after the point"
    if new.name in _FLOATS:
        return f"all but about {_FLOATS[new.name]} significant digits"
    if new.name == "money":
        return "digits after the second decimal place"
    if new.name == "numeric" and new.modifiers and (not old.modifiers or _scale(new) < _scale(old)):
        return f"digits after decimal place {_scale(new)}"
    return ""
