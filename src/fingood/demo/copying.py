"""COPY FROM STDIN over either driver."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fingood.errors import NotAvailable
from fingood.model.names import RelationName, quote_always

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Copier:
    """Writes rows into tables by COPY on one DBAPI connection, in that connection's transaction."""

    def __init__(self, dbapi_connection: Any) -> None:
        self.connection = dbapi_connection

    def copy(self, table: RelationName, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
        """Copies rows of values; None is NULL."""
        self.copy_text(table, columns, "".join("\t".join(map(_field, row)) + "\n" for row in rows))

    def copy_text(self, table: RelationName, columns: Iterable[str], text: str) -> None:
        """Copies rows already in COPY's text format."""
        names = ", ".join(map(quote_always, columns))
        sql = f"COPY {table.sql} ({names}) FROM STDIN"
        cursor = self.connection.cursor()
        try:
            if hasattr(cursor, "copy_expert"):
                cursor.copy_expert(sql, io.StringIO(text))
            elif hasattr(cursor, "copy"):
                with cursor.copy(sql) as copy:
                    copy.write(text)
            else:
                raise NotAvailable(
                    f"no COPY over {type(cursor).__module__}",
                    hint="use psycopg or psycopg2: pip install 'psycopg[binary]'",
                )
        finally:
            cursor.close()


def _field(value: object) -> str:
    """A value in COPY's text format (PostgreSQL manual, COPY, "Text Format")."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    raise TypeError(f"no COPY text for {type(value).__name__}")
