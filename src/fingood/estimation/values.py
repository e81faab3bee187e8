"""SQL expressions that make a column's values from a row's number: like the target's where its statistics say how.

An expression is a function of SQL text that yields an integer from 1 on. Pseudo-random numbers come from hashing the
row's number, so that the same row always gets the same values and two columns do not move together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from fingood.estimation.shape import Column
from fingood.model.statistics import ColumnStatistics

Source = Callable[[str], str]
"""SQL of a row's number in, SQL of the value out."""

_DEFAULT_WIDTH = 16
_SLOTS = 200
_INTEGERS = {"int2": 32767, "int4": 2147483647, "int8": 9223372036854775807, "oid": 2147483647}
_INTERPOLATED = {"int2", "int4", "int8", "numeric", "float4", "float8", "date", "timestamp", "timestamptz"}
_TEXTS = {"text", "varchar", "bpchar", "name", "citext"}
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?\Z")


def literal(text: str) -> str:
    """A string as SQL, whatever standard_conforming_strings says."""
    doubled = text.replace("'", "''")
    return "E'" + doubled.replace("\\", "\\\\") + "'" if "\\" in text else f"'{doubled}'"


def unique_source(column: Column, known: ColumnStatistics | None, rows: int) -> Source | None:
    """Values that never repeat; None where the type has no room for ``rows`` of them. A small table's own values are
    taken where the statistics hold them all."""
    own = _all_values(known, rows)
    if own:
        return _from_list(column, own)
    if column.type in _INTEGERS:
        return (lambda n: f"({n})::{column.spelled}") if rows <= _INTEGERS[column.type] else None
    if column.type in _TEXTS:
        return _unique_text(column, known)
    make = _UNIQUE.get(column.type)
    return make(column) if make else None


def source(column: Column, known: ColumnStatistics | None, salt: int, rows: int) -> Source | None:
    """Values as the statistics have them, else plain ones of the type; None where nothing is known to fit."""
    if known is not None and (known.common or known.bounds) and not column.is_array:
        return _from_statistics(column, known, salt, rows)
    if column.labels:
        return _picked(column, column.labels, salt)
    if column.is_array:
        return lambda n: f"'{{}}'::{column.spelled}"
    if column.is_range:
        return lambda n: f"'empty'::{column.spelled}"
    if column.type in _TEXTS:
        width = min(_room(column) or 1 << 30, (known.width if known else 0) or _DEFAULT_WIDTH)
        return lambda n: f"({_text(n, salt, width)})::{column.spelled}"
    plain = _PLAIN_VALUES.get(column.type)
    if plain is None:
        return None
    return lambda n: f"({plain(_random(n, salt), column)})::{column.spelled}"


def _all_values(known: ColumnStatistics | None, rows: int) -> tuple[str, ...]:
    if known is None:
        return ()
    values = tuple(dict.fromkeys((*known.bounds, *(value for value, _ in known.common))))
    return values if len(values) >= rows else ()


def _from_list(column: Column, values: tuple[str, ...]) -> Source:
    listed = _array(values)
    return lambda n: f"({listed})[{n}]::{column.spelled}"


def _picked(column: Column, values: tuple[str, ...], salt: int) -> Source:
    listed = _array(values)
    return lambda n: f"({listed})[1 + {_random(n, salt)} % {len(values)}]::{column.spelled}"


def _from_statistics(column: Column, known: ColumnStatistics, salt: int, rows: int) -> Source:
    """NULL, a common value or one between two bounds, each as often as the statistics say."""
    shares = sum(share for _, share in known.common)
    nulls = min(max(known.null_share, 0.0), 1.0)
    rest = max(0.0, 1.0 - nulls - shares) if known.bounds else 0.0
    total = nulls + shares + rest or 1.0
    edge_null, edge_common = nulls / total, (nulls + shares) / total
    common = _array(_in_slots(known)) if known.common else ""
    between = _between(column, known, salt, rows) if known.bounds else None

    def made(n: str) -> str:
        chance = f"{_random(n, salt)} / 2147483648.0"
        arms = []
        if edge_null > 0:
            arms.append(f"WHEN {chance} < {edge_null:.9f} THEN NULL")
        if common and edge_common > edge_null:
            pick = f"({common})[1 + {_random(n, salt + 7)} % {_SLOTS}]::{column.spelled}"
            arms.append(f"WHEN {chance} < {edge_common:.9f} THEN {pick}" if between else f"ELSE {pick}")
        if between:
            arms.append(f"ELSE {between(n)}")
        if arms and arms[0].startswith("ELSE"):
            return arms[0].removeprefix("ELSE ")
        return f"CASE {' '.join(arms)} END"

    return made


def _in_slots(known: ColumnStatistics) -> tuple[str, ...]:
    """The common values, each in as many of the slots as its share of them."""
    total = sum(share for _, share in known.common) or 1.0
    slots: list[str] = []
    for value, share in known.common:
        slots += [value] * round(share / total * _SLOTS)
    slots += [known.common[0][0]] * max(0, _SLOTS - len(slots))
    return tuple(slots[:_SLOTS])


def _between(column: Column, known: ColumnStatistics, salt: int, rows: int) -> Source:
    """A value of the histogram; between two neighbours where the type can be reckoned with. Where the order on disk is
    that of the values it stays so: a sorted table is quicker to index."""
    bounds, parts = _array(known.bounds), max(1, len(known.bounds) - 1)
    sorted_ = keeps_order(known)

    def place(n: str) -> tuple[str, str]:
        if sorted_:
            at = f"(({n})::float8 - 1) * {parts} / {max(rows, 1)}"
            return f"least({parts - 1}, floor({at})::int)", f"({at} - floor({at}))"
        hashed = _random(n, salt + 3)
        return f"({hashed} % {parts})::int", f"({_random(n, salt + 5)} / 2147483648.0)"

    def made(n: str) -> str:
        step, share = place(n)
        low = f"({bounds})[1 + {step}]::{column.spelled}"
        if column.type not in _INTERPOLATED or parts < 2:
            return low
        high = f"({bounds})[2 + {step}]::{column.spelled}"
        if column.type in ("timestamp", "timestamptz"):
            return f"({low} + ({high} - {low}) * {share})::{column.spelled}"
        if column.type == "date":
            return f"({low} + (({high} - {low}) * {share})::int)::{column.spelled}"
        kind = "numeric" if column.type == "numeric" else "float8"
        return f"({low} + ({high}::{kind} - {low}::{kind}) * ({share})::{kind})::{column.spelled}"

    if not all(_finite(column, value) for value in known.bounds):
        return lambda n: f"({bounds})[1 + {place(n)[0]}]::{column.spelled}"
    return made


def keeps_order(known: ColumnStatistics | None) -> bool:
    """Whether the rows lie on disk in the order of the column's values, as they do for what only grows."""
    return known is not None and abs(known.correlation) > 0.9 and len(known.bounds) > 1


def _finite(column: Column, value: str) -> bool:
    """Whether one can reckon with the value: no infinity, no NaN, nothing before Christ."""
    if column.type in ("date", "timestamp", "timestamptz"):
        return "inf" not in value and "BC" not in value
    return column.type not in _INTERPOLATED or bool(_PLAIN.match(value))


def _unique_text(column: Column, known: ColumnStatistics | None) -> Source:
    room = _room(column) or 1 << 30
    width = max(8, min(room, (known.width if known else 0) or _DEFAULT_WIDTH))
    if room < 12:
        # Letters and digits of the number itself: nothing shorter never repeats.
        return lambda n: f"right(lpad(upper(to_hex(({n})::int8)), {room}, '0'), {room})::{column.spelled}"
    return lambda n: (
        f"left({_text(n, 1, width)} || to_hex(({n})::int8), {room})::{column.spelled}"
        if (width + 8 <= room)
        else f"(left({_text(n, 1, width)}, {room - 8}) || lpad(to_hex(({n})::int8), 8, '0'))::{column.spelled}"
    )


def _room(column: Column) -> int:
    """The characters that varchar(n) and char(n) hold; 0 for no limit."""
    return (
        column.typmod - 4
        if column.type in ("varchar", "bpchar") and column.typmod > 4
        else 63 * (column.type == "name")
    )


def _text(n: str, salt: int, width: int) -> str:
    """Text of the width that does not compress away."""
    pieces = " || ".join(f"md5(({n})::text || '{salt + piece}')" for piece in range(min(4, (width + 31) // 32)))
    return f"left({pieces}, {width})" if width <= 128 else f"left(repeat({pieces}, {width // 128 + 1}), {width})"


def _random(n: str, salt: int) -> str:
    """A number from 0 to 2^31 - 1 that looks random, of type int8."""
    return f"(hashint8(({n})::int8 * 64 + {salt})::int8 & 2147483647)"


def _array(values: tuple[str, ...]) -> str:
    quoted = ",".join('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
    return literal("{" + quoted + "}") + "::text[]"


def _numeric(hashed: str, column: Column) -> str:
    """A number that fits numeric(p, s): at most a million before the point."""
    if column.typmod < 4:
        return f"({hashed} % 100000000)::numeric / 100"
    precision, scale = (column.typmod - 4) >> 16 & 0xFFFF, (column.typmod - 4) & 0x7FF
    digits = max(1, min(precision, 9))
    return f"({hashed} % {10**digits - 1})::numeric / {10**scale}"


_EPOCH = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())

_PLAIN_VALUES: dict[str, Callable[[str, Column], str]] = {
    "int2": lambda h, c: f"{h} % 30000",
    "int4": lambda h, c: f"{h} % 1000000",
    "int8": lambda h, c: f"{h} % 1000000",
    "oid": lambda h, c: f"{h} % 1000000",
    "numeric": _numeric,
    "money": lambda h, c: f"({h} % 1000000)::int4",
    "float4": lambda h, c: f"{h} % 1000000 / 100.0",
    "float8": lambda h, c: f"{h} % 1000000 / 100.0",
    "bool": lambda h, c: f"{h} % 2 = 0",
    "date": lambda h, c: f"date '2020-01-01' + ({h} % 1800)::int",
    "timestamp": lambda h, c: f"timestamp '2020-01-01' + ({h} % 157680000) * interval '1 second'",
    "timestamptz": lambda h, c: f"to_timestamp({_EPOCH} + {h} % 157680000)",
    "time": lambda h, c: f"time '00:00' + ({h} % 86400) * interval '1 second'",
    "interval": lambda h, c: f"({h} % 86400) * interval '1 second'",
    "uuid": lambda h, c: f"md5({h}::text)::uuid",
    "bytea": lambda h, c: f"decode(md5({h}::text), 'hex')",
    "json": lambda h, c: f"json_build_object('k', md5({h}::text))",
    "jsonb": lambda h, c: f"jsonb_build_object('k', md5({h}::text))",
    "inet": lambda h, c: f"inet '10.0.0.0' + {h} % 16000000",
    "cidr": lambda h, c: f"(inet '10.0.0.0' + {h} % 16000000)::cidr",
    "xml": lambda h, c: f"('<a>' || {h} || '</a>')::xml",
    "tsvector": lambda h, c: f"to_tsvector('simple', md5({h}::text))",
}

_UNIQUE: dict[str, Callable[[Column], Source | None]] = {
    "numeric": lambda c: lambda n: f"({n})::{c.spelled}",
    "float8": lambda c: lambda n: f"({n})::float8",
    "uuid": lambda c: lambda n: f"md5(({n})::text)::uuid",
    "date": lambda c: lambda n: f"date '0001-01-01' + ({n})::int",
    "timestamp": lambda c: lambda n: f"timestamp '2020-01-01' + ({n}) * interval '1 second'",
    "timestamptz": lambda c: lambda n: f"to_timestamp({_EPOCH} + ({n}))",
    "bytea": lambda c: lambda n: f"decode(md5(({n})::text), 'hex')",
    "inet": lambda c: lambda n: f"inet '::' + ({n})",
    "interval": lambda c: lambda n: f"({n}) * interval '1 second'",
}
