"""How the values of each type are hashed, by formula: a table of SQL forms a formula, the newest and the older ones.

A stored fingerprint is compared with one taken by its own formula, so no form of a formula that was ever released may
change: what is to change goes into a new formula. Types that no table of ``fingood-2`` names have one form in both.

``fingood-3`` is as exact and costs less. Where the declaration fixes how a value is written (numeric(p,s), char(n)),
equal is identical and the server's own hash is enough; it leaves out a number's sign and puts its exponent into the
lowest bits alone (hash_numeric_extended), hence the hash around it. An integer where no row has a seed of its own is
itself the seed, which keeps all 64 bits where hashint8extended folds them to 32 (hashfunc.c).
"""

from __future__ import annotations

from dataclasses import dataclass

from fingood.model.names import quote_always
from fingood.model.snapshot import Strength


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedColumn:
    """A column and its base type. ``builtin`` says that the type is the server's own, ``required`` that it holds no
    NULL; ``declared`` is the type as SQL spells it, with its schema, ``modifier`` what is declared of its length or
    precision, by its domain if need be (pg_attribute.atttypmod; -1 for nothing), and ``collation`` its collation, if
    any."""

    name: str
    type: str
    builtin: bool = True
    required: bool = False
    declared: str = ""
    modifier: int = -1
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


def _folded(type_: str) -> Form:
    """An integer by its own hash. A value that fits int4 hashes as int4 does, so that a wider column compares equal. Of
    any other the upper half goes into the seed: it and the folded value tell both halves."""
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

# The hash leaves out trailing blanks; together with the length nothing is left out.
_PADDED = Form(hashed='hashint4extended(octet_length({value}), hashbpcharextended({value} COLLATE "C", {seed}))')
_UNPADDED = Form(hashed='hashbpcharextended({value} COLLATE "C", {seed})')
# Exact; what a formula has otherwise stands below.
_EXACT = {
    **{type_: _folded(type_) for type_ in ("int2", "int4", "int8")},
    "oid": Form(hashed="hashoidextended({value}, {seed})"),
    "bool": Form(hashed="hashint4extended({value}::int4, {seed})"),
    "text": Form(hashed=_TEXT),
    "varchar": Form(hashed=_TEXT),
    "uuid": Form(hashed="uuid_hash_extended({value}, {seed})"),
    "bytea": Form(hashed=_GUARDED % "hash_record_extended(ROW({value}), {seed})"),
    "date": Form(hashed=f"hashint4extended({_DAYS}, {{seed}})"),
    "bpchar": _PADDED,
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
_CHEAP = {
    "bpchar": _UNPADDED,
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
    **_EXACT,
    "numeric": Form(prepared="textin(numeric_out(trim_scale({value})))", hashed=_TEXT),
    "bpchar": _CHEAP["bpchar"],
    "float4": _CHEAP["float4"],
    "float8": _CHEAP["float8"],
}


def _seeding(type_: str) -> Form:
    """An integer by its own hash, equal for every width that holds it. What int4 does not hold has its upper half
    hashed into the seed first. Where no row has a seed of its own it is the seed itself."""
    constant = "hashint8extended({seed}, {value})"
    if type_ != "int8":
        return Form(hashed=f"hash{type_}extended({{value}}, {{seed}})", constant=constant)
    seed = f"CASE WHEN {_FITS} THEN {{seed}} ELSE hashint8extended({{value}} >> 32, {{seed}}) END"
    return Form(hashed=f"hashint8extended({{value}}, {seed})", constant=constant)


_INTEGERS = {type_: _seeding(type_) for type_ in ("int2", "int4", "int8")}


def _number(scale: int) -> Form:
    """A number of a declared scale. NaN, the only one that is none there, has the bare seed for a hash, which no other
    has: zero has the seed less one."""
    return Form(
        hashed=f"hashint4extended(CASE WHEN {{value}} < 0 THEN {~scale} ELSE {scale} END,"
        " hash_numeric_extended({value}, {seed}))"
    )


# The same hash as a number of a declared scale has, so that a column that loses its declaration stays equal. NaN and
# the infinities have no scale.
_ANY_NUMBER = Form(
    hashed="coalesce(hashint4extended(CASE WHEN {value} < 0 THEN ~scale({value}) ELSE scale({value}) END,"
    " hash_numeric_extended({value}, {seed})), " + _TEXT.replace("{value}", "textin(numeric_out({value}))") + ")"
)


def _scale(modifier: int) -> int:
    """The scale that a numeric's modifier holds, in eleven bits with a sign; a negative one rounds, and is printed as
    zero (numeric.c, numeric_typmod_scale; 14 has positive ones only, in the same place)."""
    return max((((modifier - 4) & 0x7FF) ^ 1024) - 1024, 0)


def _by_fingood_2(column: HashedColumn, strength: Strength) -> Form:
    cheap = _CHEAP.get(column.type) if strength is Strength.STANDARD else None
    return cheap or _EXACT.get(column.type, _ANY)


def _by_fingood_3(column: HashedColumn, strength: Strength) -> Form:
    if column.type in _INTEGERS:
        return _INTEGERS[column.type]
    # Two hashes of one text cost less than two of this kind.
    if column.type == "numeric" and strength is not Strength.EXACT_128:
        return _number(_scale(column.modifier)) if column.modifier >= 0 else _ANY_NUMBER
    if column.type == "bpchar" and column.modifier >= 0:
        return _UNPADDED
    return _by_fingood_2(column, strength)


FORMULA = "fingood-3"
"""The formula of new fingerprints."""
_FORMULAS = {"fingood-2": _by_fingood_2, FORMULA: _by_fingood_3}
FORMULAS = tuple(_FORMULAS)
"""Those that this version can take a fingerprint by."""


def form_of(column: HashedColumn, strength: Strength = Strength.EXACT, formula: str = FORMULA) -> Form:
    """How the column's values are hashed."""
    return _FORMULAS[formula](column, strength) if column.builtin else _ANY


def form_in_key(column: HashedColumn) -> Form:
    """How a column of a key is hashed into its row's seed, the same in every formula; a seed stands in it once."""
    return _KEYS.get(column.type, _ANY) if column.builtin else _ANY
