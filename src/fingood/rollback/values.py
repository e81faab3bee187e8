"""Values to lose: for each type an ordinary one and two at its edges, as text that the server reads as that type.

``§`` stands for the row's number. A lossy way back shows on them: full scale, full length, the ends of the range,
microseconds, capitals, letters outside ASCII.
"""

from __future__ import annotations

import re
from functools import lru_cache

from fingood.rollback.shapes import ColumnShape

_VALUES: dict[str, tuple[str, str, str]] = {
    "int2": ("1", "32767", "-32768"),
    "int4": ("1", "2147483647", "-2147483648"),
    "int8": ("1", "9223372036854775807", "-9223372036854775808"),
    "bool": ("true", "false", "true"),
    "float4": ("1.5", "3.4e38", "-0"),
    "float8": ("1.5", "1.7976931348623157e308", "-0"),
    "money": ("12.34", "-0.01", "92233720368547758.07"),
    "date": ("2024-02-29", "9999-12-31", "1900-01-01"),
    "time": ("12:34:56.123456", "23:59:59.999999", "00:00:00.000001"),
    "timetz": ("12:34:56.123456+02", "23:59:59.999999-11", "00:00:00+00"),
    "timestamp": ("2024-02-29 12:34:56.123456", "9999-12-31 23:59:59.999999", "1900-01-01 00:00:00.000001"),
    "timestamptz": ("2024-02-29 12:34:56.123456+02", "9999-12-31 23:59:59.999999+00", "1900-01-01 00:00:00.000001+00"),
    "interval": ("1 mon 2 days 03:04:05.678901", "-1 year", "24:00:00"),
    "uuid": (
        "00000000-0000-4000-8000-00000000000§",
        "ffffffff-ffff-4fff-bfff-fffffffffff§",
        "0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0§",
    ),
    "bytea": ("\\x00ff§0", "\\x§0deadbeef", "\\x§0"),
    "json": ('{"a": 1.0, "a":§}', "[ null, §]", '{"ü": "§"}'),
    "jsonb": ('{"a": 1.0, "b": §}', "[null, §]", '{"ü": "§"}'),
    "inet": ("10.0.0.§/24", "::§", "192.168.0.§"),
    "cidr": ("10.§.0.0/16", "::§/128", "192.168.§.0/24"),
    "macaddr": ("08:00:2b:01:02:0§", "ff:ff:ff:ff:ff:f§", "00:00:00:00:00:0§"),
    "macaddr8": ("08:00:2b:01:02:03:04:0§", "ff:ff:ff:ff:ff:ff:ff:f§", "00:00:00:00:00:00:00:0§"),
    "point": ("(1,§)", "(-1.5,§)", "(§,0)"),
    "box": ("(1,1),(0,0)", "(§,2),(0,0)", "(3,3),(0,0)"),
    "circle": ("<(0,0),§>", "<(1,1),2>", "<(-1,0),3>"),
    "line": ("{1,2,§}", "{1,0,3}", "{2,1,4}"),
    "lseg": ("[(0,0),(1,§)]", "[(1,1),(2,2)]", "[(0,1),(5,5)]"),
    "path": ("[(0,0),(1,§)]", "((0,0),(1,1),(2,0))", "[(0,1),(5,5)]"),
    "polygon": ("((0,0),(1,§),(2,0))", "((0,0),(1,1),(3,0))", "((0,0),(4,1),(2,0))"),
    "xml": ("<a>§</a>", "<b/>", "<ü/>"),
    "tsvector": ("'a':1 'b':§", "'c'", "'d':2A"),
    "tsquery": ("'a' & 'b'", "'c'", "!'d'"),
    "int4range": ("[1,§7)", "[,9)", "empty"),
    "int8range": ("[1,§7)", "[,9)", "empty"),
    "numrange": ("[1.10,§7.5]", "(,9)", "empty"),
    "daterange": ("[2024-01-01,2024-02-0§)", "[,2024-01-01)", "empty"),
    "tsrange": ("[2024-01-01 00:00,2024-02-0§ 00:00)", "[,2024-01-01 00:00)", "empty"),
    "tstzrange": ("[2024-01-01 00:00+00,2024-02-0§ 00:00+00)", "[,2024-01-01 00:00+00)", "empty"),
    "oid": ("1", "2", "3"),
    "pg_lsn": ("0/1§", "0/2§", "0/3§"),
    "char": ("a", "b", "c"),
    "hstore": ("a=>§", "b=>NULL", "c=>§"),
    "sqlite_bool": ("1", "0", "1"),
    "sqlite_datetime": ("2024-02-29 12:34:56.123456", "9999-12-31 23:59:59.999999", "1900-01-01 00:00:00.000001"),
    "sqlite_time": ("12:34:56.123456", "23:59:59.999999", "00:00:00.000001"),
    "sqlite_blob": ("b\\0§", "ü§", "§"),
}
_TEXTS = ("plain §", "Ünï \"Quoted\" 'it''s' %s §", " trailing § ")
_REPEATED = re.compile(r"\{(\d+)")
_TEXT_TYPES = {"text", "varchar", "bpchar", "name", "citext"}


@lru_cache(maxsize=1 << 14)
def candidates(column: ColumnShape, row: int, *, unique: bool) -> tuple[str, ...]:
    """Values for the column in the row of this number, the most telling first; what its checks speak of after it."""
    if column.labels:
        own = [column.labels[(row + step) % len(column.labels)] for step in range(len(column.labels))]
    elif column.type == "numeric":
        own = _numerics(column, row)
    elif column.type in _TEXT_TYPES and "json" in column.name.lower():
        own = ['{"a": 1.0}', '["ü", null]', "1.5"][row % 3 :][:1]
    elif column.type in _TEXT_TYPES:
        own = [_text(column, row), *_codes(column, row)]
    elif column.type in ("bit", "varbit"):
        own = [("1" * (column.length or 1)) if row % 2 == 0 else "0" * (column.length or 1)]
    elif column.type in _VALUES:
        own = _plain(column.type, row, unique=unique)
    else:
        own = []
    turned = (
        column.literals[row % len(column.literals) :] + column.literals[: row % len(column.literals)]
        if column.literals
        else ()
    )
    found = dict.fromkeys((*own, *turned))
    return tuple(map(_array, found)) if column.is_array else tuple(found)


def _plain(kind: str, row: int, *, unique: bool) -> list[str]:
    values = [value.replace("§", str(row % 9 + 1)) for value in _VALUES[kind]]
    if kind in ("int2", "int4", "int8") and (unique or row > 2):
        return [str(row + 1)]
    turned = values[row % 3 :] + values[: row % 3]
    return [*turned, str(row + 1)] if kind.startswith(("int2", "int4", "int8")) and "range" not in kind else turned


def _numerics(column: ColumnShape, row: int) -> list[str]:
    """A value of full scale, the largest that fits, a small one with a trailing zero."""
    scale = 9 if column.scale is None else max(column.scale, 0)
    whole = 7 if column.precision is None else max(column.precision - max(column.scale or 0, 0), 0)
    fraction = ("123456789" * (scale // 9 + 1))[:scale]
    values = [
        f"{row + 1 if whole else 0}.{fraction}" if scale else str(row + 1),
        f"{'9' * whole or '0'}.{'9' * scale}" if scale else "9" * max(whole, 1),
        f"{row if whole else 0}.{('10' + '0' * scale)[:scale]}" if scale else str(row),
    ]
    return [*values[row % 3 :], *values[: row % 3], str(row + 1)]


def _text(column: ColumnShape, row: int) -> str:
    text = _TEXTS[row % 3].replace("''", "'").replace("§", str(row))
    if column.length is None:
        return text[:63] if column.type == "name" else text
    if row % 3 == 1:
        return (text + "x" * column.length)[: max(column.length - 1, 0)] + str(row % 10)
    return f"{row}{text}"[: column.length]


def _codes(column: ColumnShape, row: int) -> list[str]:
    """What checks like to ask of a short text: capitals that differ from column to column, or digits."""
    asked = [int(number) for literal in column.literals for number in _REPEATED.findall(literal)]
    length = min(column.length or (asked[0] if asked else 3), 40)
    letters = "".join(character for character in column.name.upper() if "A" <= character <= "Z") or "X"
    capitals = (letters * length)[: length - 1] + chr(ord("A") + row % 26)
    return [capitals, f"{row + 1:0{length}d}"[-length:]]


def _array(value: str) -> str:
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    return '{"' + quoted + '",NULL}'
