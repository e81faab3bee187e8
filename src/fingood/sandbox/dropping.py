"""Dropping a sandbox's database, with what else would keep it: a subscription that a revision made there."""

from __future__ import annotations

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.model.names import quote_always
from fingood.sandbox.driver import autocommit, run
from fingood.statements.compat import sqlstate_of

_IN_USE = "55006"
"""object_in_use: sessions are ended by FORCE, subscriptions are not (PostgreSQL manual, DROP DATABASE)."""


def drop_database(maintenance: Connection, name: str, url: str) -> None:
    """Drops the database, ending its sessions and taking its subscriptions out. Nothing happens where there is none.

    ``url`` is the database's own. The publisher is not asked: a sandbox's subscription never had a slot of its own.
    """
    drop = f"DROP DATABASE IF EXISTS {quote_always(name)} WITH (FORCE)"
    try:
        run(maintenance, drop)
    except DBAPIError as error:
        if sqlstate_of(error) != _IN_USE:
            raise
        _drop_subscriptions(url)
        run(maintenance, drop)


def _drop_subscriptions(url: str) -> None:
    mine = "SELECT oid FROM pg_database WHERE datname = current_database()"
    here = f"SELECT subname FROM pg_subscription WHERE subdbid = ({mine})"
    with autocommit(url) as connection:
        for (name,) in run(connection, here):
            quoted = quote_always(str(name))
            run(connection, f"ALTER SUBSCRIPTION {quoted} DISABLE")
            run(connection, f"ALTER SUBSCRIPTION {quoted} SET (slot_name = NONE)")
            run(connection, f"DROP SUBSCRIPTION {quoted}")
