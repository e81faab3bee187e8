"""What inside json columns looks like an amount: a hint to name it in the settings, and nothing that is judged.

A few documents of each column are read, and of these the names of keys that stand there as names do; no value is shown,
and no key that is seen in few documents, since keys may be data.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from sqlalchemy.engine import Connection

from fingood.model.facts import ColumnFacts
from fingood.validation import lexicon
from fingood.validation.json_field import JsonField
from fingood.validation.ledger import LedgerTable, Recognised, column_sql
from fingood.validation.lexicon import last_word, words
from fingood.validation.query import CannotRead, read

_DOCUMENTS = 50
_LONGEST = 20_000
"""Characters of a document beyond which it is left out."""

_DEPTH = 4
_SHARE = 0.2
"""Of the documents, how many must have the key."""


def hints_of(connection: Connection, recognised: Recognised) -> tuple[str, ...]:
    """A line for each path that looks like an amount, and for each column that could not be sampled."""
    lines: list[str] = []
    for table in recognised.everything:
        named = {name.column for name in table.shape.columns if isinstance(name, JsonField)}
        for column in table.shape.columns.values():
            if column.type not in ("json", "jsonb") or column.name in named:
                continue
            try:
                found = _paths(connection, table, column)
            except CannotRead as error:
                lines.append(f"{table.name}.{column.name}: its keys could not be sampled: {error}")
                continue
            lines += [f"{table.name}: {path} looks like an amount; name it in the settings" for path in found]
    return tuple(lines)


def _paths(connection: Connection, table: LedgerTable, column: ColumnFacts) -> list[str]:
    document = f"CAST({column_sql('s', column.name)} AS text)"
    sample = f"SELECT {column_sql('t', column.name)} FROM {table.name.sql} t LIMIT {_DOCUMENTS * 4}"
    rows = read(
        connection,
        f"SELECT {document} AS document FROM ({sample}) s"
        f" WHERE {column_sql('s', column.name)} IS NOT NULL AND length({document}) <= {_LONGEST} LIMIT {_DOCUMENTS}",
    )
    seen: Counter[str] = Counter()
    for row in rows:
        try:
            value = json.loads(row["document"], parse_float=str, parse_int=str)
        except (ValueError, RecursionError):
            continue  # SQLite keeps anything; what it is worth is told where the settings name it
        seen.update(set(_amounts(value, _quoted(column.name), _DEPTH)))
    return sorted(path for path, number in seen.items() if number >= max(1, len(rows) * _SHARE))


def _amounts(value: object, path: str, depth: int) -> Iterator[str]:
    """The paths below a value whose last key is a word for money and whose value is written as a number."""
    if not isinstance(value, dict) or not depth:
        return
    for key, inner in value.items():
        if not key.isidentifier():
            continue
        here = f"{path}.{key}"
        if isinstance(inner, str) and _is_number(inner) and _is_money(path, key):
            yield here
        yield from _amounts(inner, here, depth - 1)


def _is_money(path: str, key: str) -> bool:
    """``amount`` and ``net_amount``; ``value`` inside of ``amount``; not ``fee_rate``."""
    if last_word(key) in lexicon.NOT_MONEY or words(key) & {"rate", "ratio", "percent", "percentage"}:
        return False
    return bool(words(key) & lexicon.MONEY) or (key.lower() == "value" and last_word(path) in lexicon.MONEY)


def _is_number(text: str) -> bool:
    """As JSON writes numbers, or texts that hold one: ``12.30``."""
    return bool(text) and text.lstrip("-").replace(".", "", 1).isdecimal()


def _quoted(name: str) -> str:
    return name if "." not in name and '"' not in name else '"' + name.replace('"', '""') + '"'
