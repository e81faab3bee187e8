"""What a name without a schema means: PostgreSQL's own thing, whatever else has been given that name."""

from __future__ import annotations

import re

from sqlalchemy import event
from sqlalchemy.engine import Connection

from fingood.model.names import quote_always

_PART = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^,]*?))\s*(?:,|\Z)')
_CATALOG = "pg_catalog"


def begin_with_the_catalog(connection: Connection) -> None:
    """For a fresh connection to PostgreSQL. A search_path that names pg_catalog behind other schemas lets whoever may
    create there put a ``count`` or an ``=`` of their own in the place of the server's; left out, it comes first by
    itself (manual, 5.10.5). The current schema stays what it was, which is where Alembic looks for its table."""
    path = _search_path(connection)
    if _CATALOG not in path[1:]:
        return
    others = ", ".join(quote_always(part) for part in path if part != _CATALOG)

    # For each transaction alone: behind a pooler the session is not ours.
    @event.listens_for(connection, "begin")
    def set_path(begun: Connection) -> None:
        begun.exec_driver_sql(f"SET LOCAL search_path TO {others}")


def _search_path(connection: Connection) -> list[str]:
    """The schemas of the search_path. SHOW, which nothing in the database can stand in for; and in a transaction of its
    own, so that what comes next is the first statement of one."""
    text = str(connection.exec_driver_sql("SHOW search_path").scalar_one())
    connection.rollback()
    return [quoted.replace('""', '"') or plain for quoted, plain in _PART.findall(text) if quoted or plain]
