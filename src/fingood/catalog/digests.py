"""SQL that hashes one value exactly: what ``=`` hides (1.1 and 1.10, 0 and -0, one month and thirty days, padding,
jsonb numbers, case-insensitive collations) is seen.

PostgreSQL's own hash functions follow ``=``, so they are used only for types where equal means identical; numeric,
float, interval and bpchar go through their send functions (binary output), and every other type through its text
output, which exists for all types and does not hold OIDs as the binary forms of arrays and records do.
"""

from __future__ import annotations

from dataclasses import dataclass

from fingood.model.names import quote_always

_NATIVE = {
    "int2": "hashint2extended({0}, {1})",
    "int4": "hashint4extended({0}, {1})",
    "int8": "hashint8extended({0}, {1})",
    "oid": "hashoidextended({0}, {1})",
    "bool": "hashint4extended({0}::bool::int4, {1})",
    "text": 'hashtextextended({0}::text COLLATE "C", {1})',
    "varchar": 'hashtextextended({0}::text COLLATE "C", {1})',
}
# Equal means identical, but the hash function cannot be called by the type's own name in every version.
_BY_RECORD = {"date", "time", "timestamp", "timestamptz", "uuid", "bytea"}
_BY_SEND = {"numeric": "numeric_send", "float4": "float4send", "float8": "float8send", "interval": "interval_send"}
_BY_SEND |= {"bpchar": "bpcharsend", "timetz": "timetz_send"}
_INTEGERS = {"int2", "int4", "int8"}
_HASHABLE_KEYS = _BY_RECORD | {"numeric", "float4", "float8", "bpchar", "interval", "inet", "macaddr"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedColumn:
    """A column and its base type. ``builtin`` says that the type is the server's own."""

    name: str
    type: str
    builtin: bool = True

    @property
    def sql(self) -> str:
        return f"t.{quote_always(self.name)}"

    @property
    def is_money(self) -> bool:
        """Whether an exact sum says something: numeric and money."""
        return self.builtin and self.type in ("numeric", "money")


def digest(column: HashedColumn, seed: str) -> str:
    """SQL of a 64-bit hash of the exact value, NULL for NULL."""
    if column.builtin and column.type in _NATIVE:
        return _NATIVE[column.type].format(column.sql, seed)
    if column.builtin and column.type in _BY_RECORD:
        return _guarded(column, f"hash_record_extended(ROW({column.sql}), {seed})")
    if column.builtin and column.type in _BY_SEND:
        return _guarded(column, f"hash_record_extended(ROW({_BY_SEND[column.type]}({column.sql})), {seed})")
    return _guarded(column, f"""hashtextextended(format('%s', {column.sql}) COLLATE "C", {seed})""")


def seed_of(key: tuple[HashedColumn, ...]) -> str:
    """SQL of a row's seed from its key, by the key's own equality: a key whose scale changes still names the row."""
    if len(key) == 1 and key[0].builtin and key[0].type in _INTEGERS:
        return f"{key[0].sql}::int8"
    seed = "0"
    for column in key:
        hashable = column.builtin and column.type in _HASHABLE_KEYS
        seed = f"hash_record_extended(ROW({column.sql}), {seed})" if hashable else digest(column, seed)
    return seed


def row_digest(columns: tuple[HashedColumn, ...]) -> str:
    """SQL of a 64-bit hash of the whole row: each column with its own seed, mixed so that columns cannot cancel."""
    parts = [f"coalesce({digest(column, str(place * 2 + 1))}, {place * 2 + 2})" for place, column in enumerate(columns)]
    return f"hashint8extended({' # '.join(parts)}, 0)" if parts else "0::int8"


def _guarded(column: HashedColumn, sql: str) -> str:
    """``IS DISTINCT FROM NULL`` because a record whose fields are all NULL calls itself NULL (manual, 9.2)."""
    return f"CASE WHEN {column.sql} IS DISTINCT FROM NULL THEN {sql} END"
