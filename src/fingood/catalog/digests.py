"""SQL that hashes one value, seeded, so that no two different values share a hash by construction.

PostgreSQL's own hash functions follow ``=``, and some throw bits away: hashint8extended folds 64 bits to 32 (so 1 and
4294967296 collide, and every timestamp has a twin 71 minutes away), hash_numeric_extended ignores the sign, and NaN and
the infinities return the bare seed (hashfunc.c, numeric.c, timestamp.c, PostgreSQL 14 to 18). They are used here only
where equal means identical and every bit counts; other values are hashed by their binary or text output. Text output
exists for all types and does not hold OIDs, as the binary forms of arrays and records do.

Output functions are called by name, not through a cast, which a superuser may have replaced.
"""

from __future__ import annotations

from fingood.catalog.forms import FORMULA, HashedColumn, form_in_key, form_of
from fingood.model.snapshot import Strength

# XORed into a seed for a second hash. Both halves are odd patterns, since the hash functions take a seed in halves.
SECOND = -7046029254386353131


def prepared(column: HashedColumn, strength: Strength = Strength.EXACT, formula: str = FORMULA) -> str:
    """SQL of the value as its hash function takes it."""
    return form_of(column, strength, formula).prepared.format(value=column.sql)


def digest(column: HashedColumn, seed: str, strength: Strength = Strength.EXACT, formula: str = FORMULA) -> str:
    """SQL of a 64-bit hash of the value, NULL for NULL."""
    return form_of(column, strength, formula).sql(prepared(column, strength, formula), seed)


def is_simple(key: tuple[HashedColumn, ...]) -> bool:
    """Whether the key is its own seed: one integer."""
    return len(key) == 1 and key[0].builtin and key[0].type in ("int2", "int4", "int8")


def seed_of(key: tuple[HashedColumn, ...], start: int = 0) -> str:
    """SQL of a row's seed from its key, the same in every formula: one integer as it is, other columns each hashed with
    the hash of those before it as seed."""
    if is_simple(key):
        return f"({key[0].sql}::int8 # {start})" if start else f"{key[0].sql}::int8"
    seed = str(start)
    for column in key:
        form = form_in_key(column)
        seed = form.sql(form.prepared.format(value=column.sql), seed)
    return seed


def row_digest(columns: tuple[HashedColumn, ...], strength: Strength, formula: str, start: int = 0) -> str:
    """SQL of a 64-bit hash of the whole row: each column with its own seed, mixed so that columns cannot cancel."""
    parts = [
        f"coalesce({digest(column, str(start + place * 2 + 1), strength, formula)}, {start + place * 2 + 2})"
        for place, column in enumerate(columns)
    ]
    return f"hash_record_extended(ROW(int8send({' # '.join(parts)})), {start})" if parts else "0::int8"
