"""The same numbers for a SQLite file: its rows are streamed once and hashed here, value and storage class.

No sums of money: SQLite adds NUMERIC columns as 64-bit floats.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Mapping
from hashlib import blake2b
from typing import Any

from sqlalchemy.engine import Connection

from fingood.catalog.queries import run_sql
from fingood.model.names import RelationName, quote_always
from fingood.model.snapshot import Fingerprint

SQLITE_FORMULA = "fingood-sqlite-2"
_ROWS_AT_ONCE = 2000


def take_sqlite_fingerprints(
    connection: Connection,
    tables: Collection[RelationName] | None,
    *,
    like: Mapping[RelationName, Fingerprint],
    version_table: str,
) -> Mapping[RelationName, Fingerprint]:
    """The fingerprint of each table of the main database."""
    listed = run_sql(
        connection,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'"
        " AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
    )
    names = [RelationName(None, row["name"]) for row in listed if row["name"] != version_table]
    wanted = names if tables is None else [name for name in names if name in tables]
    return {name: _fingerprint(connection, name, like.get(name)) for name in wanted}


def _fingerprint(connection: Connection, table: RelationName, like: Fingerprint | None) -> Fingerprint:
    literal = "'" + table.name.replace("'", "''") + "'"
    described = run_sql(connection, f"SELECT name, pk FROM pragma_table_xinfo({literal}) WHERE hidden <> 1")
    columns = [row["name"] for row in described]
    key = tuple(row["name"] for row in sorted(described, key=lambda row: int(row["pk"])) if row["pk"])
    if like is not None and set(like.key) <= set(columns):
        key = like.key
    counts, sums, whole, rows = [0] * len(columns), [0] * len(columns), 0, 0
    places = [columns.index(name) for name in key]
    result = connection.exec_driver_sql(
        f"SELECT {', '.join(quote_always(name) for name in columns)} FROM {table.sql}",
        execution_options={"no_parameters": True},
    )
    while batch := result.fetchmany(_ROWS_AT_ONCE):
        for row in batch:
            rows += 1
            seed = _seed(row, places)
            hashes = []
            for place, value in enumerate(row):
                hashed = _hash(value, b"" if place in places else seed)
                hashes.append(hashed)
                counts[place] += value is not None
                sums[place] += hashed if value is not None else 0
            if len(key) != 1:
                whole += int.from_bytes(seed[:8], "big") if key else _mixed(hashes)
    return Fingerprint(
        table=table,
        rows=rows,
        columns={name: f"{counts[place]}:{sums[place]}" for place, name in enumerate(columns)},
        keyed=bool(key),
        formula=SQLITE_FORMULA,
        key=key,
        row="" if len(key) == 1 else str(whole),
    )


def _seed(row: Any, places: list[int]) -> bytes:
    """Of the key's values with their lengths, so that two keys cannot run together into the same bytes."""
    values = [_bytes(row[place]) for place in places]
    joined = b"".join(b"%d:%s" % (len(value), value) for value in values)
    return blake2b(joined, digest_size=16).digest() if places else b""


def _mixed(hashes: list[int]) -> int:
    return int.from_bytes(blake2b(struct.pack(f">{len(hashes)}Q", *hashes), digest_size=8).digest(), "big")


def _hash(value: object, key: bytes) -> int:
    return int.from_bytes(blake2b(_bytes(value), digest_size=8, key=key).digest(), "big")


def _bytes(value: object) -> bytes:
    """The value with its storage class, so that 1, 1.0 and '1' differ."""
    if value is None:
        return b"n"
    if isinstance(value, int):
        return b"i%d" % value
    if isinstance(value, float):
        return b"f" + struct.pack(">d", value)
    if isinstance(value, str):
        return b"t" + value.encode("utf-8", "surrogatepass")
    assert isinstance(value, bytes | memoryview), type(value)
    return b"b" + bytes(value)
