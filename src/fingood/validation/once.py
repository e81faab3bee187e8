"""What lies inside json documents is taken out of them once a row, however many conditions speak of it.

A rule names a field by an expression that takes the document apart, and there are dozens of them in a statement. Here
they name a column of a subquery instead, which OFFSET 0 keeps from being folded into them again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from fingood.model.names import quote_always
from fingood.validation.json_field import JsonField
from fingood.validation.ledger import LedgerTable

_READS_A_TABLE = re.compile(r'\b(?:FROM|JOIN) "')
"""In there ``t`` may be another table."""


def fields_in(table: LedgerTable, pieces: Iterable[str]) -> tuple[JsonField, ...]:
    """The fields in a table's documents that some of these pieces of SQL speak of, under ``t``."""
    fields = [name for name in table.shape.columns if isinstance(name, JsonField)]
    spoken = "\n".join(pieces) if fields else ""
    return tuple(field for field in fields if field.sql("t") in spoken)


def rows_once_sql(fields: Sequence[JsonField], rows: str) -> str:
    """``rows``, a SELECT, with a column for each of the fields, under ``t``."""
    taken = "".join(f", {field.taken_sql('r')} AS fingood_{n}" for n, field in enumerate(fields))
    values = (f", {field.of_taken_sql(f'r.fingood_{n}')} AS {quote_always(field)}" for n, field in enumerate(fields))
    return f"(SELECT r.*{''.join(values)} FROM (SELECT r.*{taken} FROM ({rows}) r OFFSET 0) r OFFSET 0) t"


def read_once(fields: Sequence[JsonField], sql: str) -> str:
    """A piece of SQL over these rows, which names the columns where it named what they hold."""
    if _READS_A_TABLE.search(sql):
        return sql
    for field in fields:
        sql = sql.replace(field.sql("t"), f"t.{quote_always(field)}")
    return sql
