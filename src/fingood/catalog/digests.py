"""SQL that hashes one value, seeded, so that no two different values share a hash by construction.

PostgreSQL's own hash functions follow ``=``, and some throw bits away: hashint8extended folds 64 bits to 32 (so 1 and
4294967296 collide, and every timestamp has a twin 71 minutes away), hash_numeric_extended ignores the sign, and NaN and
the infinities return the bare seed (hashfunc.c, numeric.c, timestamp.c, PostgreSQL 14 to 18). They are used here only
where equal means identical and every bit counts; other values are hashed by their binary or text output. Text output
exists for all types and does not hold OIDs, as the binary forms of arrays and records do.

Output functions are called by name, not through a cast, which a superuser may have replaced.
"""

from __future__ import annotations

from dataclasses import dataclass

from fingood.model.names import quote_always
from fingood.model.snapshot import Strength

# XORed into a seed for a second hash. Both halves are odd patterns, since the hash functions take a seed in halves.
SECOND = -7046029254386353131


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedColumn:
    """A column and its base type. ``builtin`` says that the type is the server's own, ``required`` that it holds no
    NULL; ``declared`` is the type as SQL spells it, with its schema, and ``collation`` its collation, if any."""

    name: str
    type: str
    builtin: bool = True
    required: bool = False
    declared: str = ""
    collation: str = ""

    @property
    def sql(self) -> str:
        return f"t.{quote_always(self.name)}"

    @property
    def is_money(self) -> bool:
        """Whether an exact sum says something: numeric and money."""
        return self.builtin and self.type in ("numeric", "money")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a value becomes a hash: ``prepared`` is SQL of {value}, ``hashed`` is SQL of what that gives and a {seed};
    ``constant``, where it differs, is cheaper and right for a seed that is the same in every row. All give NULL for
    NULL and nothing else."""

    prepared: str = "{value}"
    hashed: str
    constant: str = ""

    @property
    def is_prepared(self) -> bool:
        """Whether the value is converted before it is hashed, which is worth doing once for two hashes."""
        return self.prepared != "{value}"

    def sql(self, prepared: str, seed: str) -> str:
        fixed = seed.lstrip("-").isdigit()
        return (self.constant if fixed and self.constant else self.hashed).format(value=prepared, seed=seed)


_TEXT = 'hashtextextended({value} COLLATE "C", {seed})'


def _by_output(function: str) -> Form:
    return Form(prepared=f"textin({function}({{value}}))", hashed=_TEXT)


def _by_send(function: str) -> Form:
    """Hex, because bytea has no hash function of its own below 18, and a record around it costs more."""
    return Form(prepared=f"encode({function}({{value}}), 'hex')", hashed=_TEXT)


def _integer(type_: str) -> Form:
    """A value that fits int4 hashes as int4 does, so that a wider column compares equal. Of any other the upper half
    goes into the seed: it and the folded value tell both halves."""
    constant = f"hash{type_}extended({{value}}, (({{value}} >> 31)::int8 # {{seed}}))"
    if type_ != "int8":
        return Form(hashed=f"hash{type_}extended({{value}}, {{seed}})", constant=constant)
    upper = f"CASE WHEN {_FITS} THEN 0::int8 ELSE hashint8extended({{value}} >> 32, 1) END"
    return Form(hashed=f"hashint8extended({{value}}, {{seed}} # {upper})", constant=constant)


_FITS = "{value} BETWEEN -2147483648 AND 2147483647"
_EPOCH = "date '2000-01-01'"
_ENDLESS = f"WHEN {{value}} < {_EPOCH} THEN -2147483648 WHEN {{value}} > {_EPOCH} THEN 2147483647"
_DAYS = f"CASE WHEN isfinite({{value}}) THEN {{value}} - {_EPOCH} {_ENDLESS} END"
_GUARDED = "CASE WHEN {value} IS DISTINCT FROM NULL THEN %s END"

_EXACT = {
    "int2": _integer("int2"),
    "int4": _integer("int4"),
    "int8": _integer("int8"),
    "oid": Form(hashed="hashoidextended({value}, {seed})"),
    "bool": Form(hashed="hashint4extended({value}::int4, {seed})"),
    "text": Form(hashed=_TEXT),
    "varchar": Form(hashed=_TEXT),
    "uuid": Form(hashed="uuid_hash_extended({value}, {seed})"),
    "bytea": Form(hashed=_GUARDED % "hash_record_extended(ROW({value}), {seed})"),
    "date": Form(hashed=f"hashint4extended({_DAYS}, {{seed}})"),
    # The hash leaves out trailing blanks; together with the length nothing is left out.
    "bpchar": Form(hashed='hashint4extended(octet_length({value}), hashbpcharextended({value} COLLATE "C", {seed}))'),
    "numeric": _by_output("numeric_out"),
    "money": _by_output("cash_out"),
    "json": _by_output("json_out"),
    "jsonb": _by_output("jsonb_out"),
    # Its output leaves out the declaration of an encoding; the cast is the stored text (xml.c).
    "xml": Form(prepared="{value}::text", hashed=_TEXT),
    "float4": _by_send("float4send"),
    "float8": _by_send("float8send"),
    "interval": _by_send("interval_send"),
    "time": _by_send("time_send"),
    "timetz": _by_send("timetz_send"),
    "timestamp": _by_send("timestamp_send"),
    "timestamptz": _by_send("timestamptz_send"),
}
# Not ::text, which strips char(n)'s padding and may be a user's own cast. A record whose fields are all NULL calls
# itself NULL, hence the guard (manual, 9.2).
_ANY = Form(prepared=_GUARDED % "format('%s', {value})", hashed=_TEXT)

# Cheaper, and blind to what ``Strength.STANDARD`` says.
_RECORD = "hash_record_extended(ROW({value}), {seed})"
_STANDARD = {
    "bpchar": Form(hashed='hashbpcharextended({value} COLLATE "C", {seed})'),
    "float4": Form(hashed="hashfloat4extended({value}, {seed})"),
    "float8": Form(hashed="hashfloat8extended({value}, {seed})"),
    "interval": Form(hashed="interval_hash_extended({value}, {seed})"),
    "time": Form(hashed="time_hash_extended({value}, {seed})"),
    "timetz": Form(hashed="timetz_hash_extended({value}, {seed})"),
    "timestamp": Form(hashed="timestamp_hash_extended({value}, {seed})"),
    # Below 18 its hash function takes only a timestamp; an interval hashes as the same number of microseconds.
    "timestamptz": Form(
        hashed="CASE WHEN isfinite({value})"
        " THEN interval_hash_extended({value} - timestamptz '2000-01-01 00:00+00', {seed})"
        f" ELSE {_GUARDED % _RECORD} END"
    ),
}
# A key names the same row by its own equality, whatever its scale or padding.
_KEYS = {
    "numeric": Form(prepared="textin(numeric_out(trim_scale({value})))", hashed=_TEXT),
    "bpchar": _STANDARD["bpchar"],
    "float4": _STANDARD["float4"],
    "float8": _STANDARD["float8"],
}


def form_of(column: HashedColumn, strength: Strength = Strength.EXACT) -> Form:
    """How the column's values are hashed."""
    if not column.builtin:
        return _ANY
    cheap = _STANDARD.get(column.type) if strength is Strength.STANDARD else None
    return cheap or _EXACT.get(column.type, _ANY)


def prepared(column: HashedColumn, strength: Strength = Strength.EXACT) -> str:
    """SQL of the value as its hash function takes it."""
    return form_of(column, strength).prepared.format(value=column.sql)


def digest(column: HashedColumn, seed: str, strength: Strength = Strength.EXACT) -> str:
    """SQL of a 64-bit hash of the value, NULL for NULL."""
    return form_of(column, strength).sql(prepared(column, strength), seed)


def is_simple(key: tuple[HashedColumn, ...]) -> bool:
    """Whether the key is its own seed: one integer."""
    return len(key) == 1 and key[0].builtin and key[0].type in ("int2", "int4", "int8")


def seed_of(key: tuple[HashedColumn, ...], start: int = 0) -> str:
    """SQL of a row's seed from its key, each column hashed with the hash of those before it as seed."""
    if is_simple(key) and not start:
        return f"{key[0].sql}::int8"
    seed = str(start)
    for column in key:
        form = _KEYS.get(column.type) if column.builtin else None
        form = form or form_of(column)
        seed = form.sql(form.prepared.format(value=column.sql), seed)
    return seed


def row_digest(columns: tuple[HashedColumn, ...], strength: Strength, start: int = 0) -> str:
    """SQL of a 64-bit hash of the whole row: each column with its own seed, mixed so that columns cannot cancel."""
    parts = [
        f"coalesce({digest(column, str(start + place * 2 + 1), strength)}, {start + place * 2 + 2})"
        for place, column in enumerate(columns)
    ]
    return f"hash_record_extended(ROW(int8send({' # '.join(parts)})), {start})" if parts else "0::int8"
