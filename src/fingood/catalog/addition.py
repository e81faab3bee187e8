"""Fingerprints of parts that share no row add up to the fingerprint of the whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from functools import reduce

from fingood.errors import InternalError
from fingood.model.snapshot import Fingerprint

# numeric holds at most 131072 digits before the point and 16383 after it (manual, 8.1.2); a sum of 2^64 of them takes
# twenty more. Nothing traps: infinity - infinity is NaN, as on the server.
_EXACT = Context(prec=150_000, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])


def add_up(fingerprints: Iterable[Fingerprint]) -> Fingerprint:
    """The whole's fingerprint from those of its chunks, partitions or shards, under the first one's name.

    Raises InternalError where there are none, and where they differ in formula, strength, key or columns. SQLite's
    have no sums of money and add up alike.
    """
    parts = list(fingerprints)
    if not parts:
        raise InternalError("there is no fingerprint to add up")
    return reduce(_add, parts)


def _add(one: Fingerprint, other: Fingerprint) -> Fingerprint:
    if _kind(one) != _kind(other):
        raise InternalError(f"the fingerprints of {one.table} and {other.table} do not belong together")
    return replace(
        one,
        rows=one.rows + other.rows,
        columns={name: _add_digests(digest, other.columns[name]) for name, digest in one.columns.items()},
        sums={name: _add_sums(total, other.sums[name]) for name, total in one.sums.items()},
        row=_add_digests(one.row, other.row) if one.row else "",
    )


def _kind(one: Fingerprint) -> tuple[object, ...]:
    return one.formula, one.strength, one.key, set(one.columns), set(one.sums)


def _add_digests(one: str, other: str) -> str:
    pairs = zip(one.split(":"), other.split(":"), strict=True)
    return ":".join(str(int(left) + int(right)) for left, right in pairs)


def _add_sums(one: str, other: str) -> str:
    """As the server prints it: the longer scale, no exponent."""
    return format(_EXACT.add(Decimal(one), Decimal(other)), "f")
