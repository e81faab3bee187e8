"""Operators and functions of the database's own that would answer in the place of PostgreSQL's: kept out of the looks.

Whoever may create in a schema of the search_path can make a ``varchar = varchar`` that always holds; sums would balance
and currencies agree. PostgreSQL manual: 10.2, 10.3 (which operator and function is taken), 5.10.6 (schema usage).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import resources

from sqlalchemy.engine import Connection

from fingood.errors import CouldNotLook
from fingood.validation.query import CannotRead, read

_SHOWN = 3
_ALONE = "SET LOCAL search_path TO ''"


def shut_out_overloads(connection: Connection) -> tuple[str, ...]:
    """Lets the rest of this transaction see PostgreSQL's own alone where others would take their place, and says so; ()
    where there are none. Raises CouldNotLook."""
    if connection.dialect.name != "postgresql":
        return ()
    sql = (resources.files("fingood.validation") / "sql/postgresql/overloads.sql").read_text(encoding="utf-8")
    try:
        names = [str(row["name"]) for row in read(connection, sql)]
    except CannotRead as error:
        raise CouldNotLook(f"the catalog cannot be read: {error}", hint="fingood doctor") from None
    if not names:
        return ()
    connection.exec_driver_sql(_ALONE)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return (
        f"{', '.join(names[:_SHOWN])}{more} would stand in for PostgreSQL's own: everything was looked at with an "
        "empty search_path, in which rules of your own have to name schemas",
    )


def opened_likewise(
    connection: Connection, another: Callable[[], AbstractContextManager[Connection]]
) -> Callable[[], AbstractContextManager[Connection]]:
    """``another``, seeing what ``connection`` sees."""
    if connection.dialect.name != "postgresql":
        return another
    if connection.exec_driver_sql("SHOW search_path").scalar_one() not in ("", '""'):
        return another

    @contextmanager
    def alone() -> Iterator[Connection]:
        with another() as opened:
            opened.exec_driver_sql(_ALONE)
            yield opened

    return alone
