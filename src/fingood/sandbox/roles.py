"""Roles are cluster-wide and in no dump: those that a source's objects name are made anew, without login."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.model.names import quote_always
from fingood.sandbox.driver import run, sqlstate
from fingood.sandbox.existing import ExistingServer
from fingood.sandbox.server import Server
from fingood.sandbox.source import Role

_DUPLICATE = ("42710", "23505")


def create_roles(server: Server, roles: Sequence[Role], *, superuser: str) -> None:
    """Make these roles on our own server. ``superuser``, the role that the source's URL connects as, may log in and do
    everything, so that what a migration creates gets the same owner and default privileges as it would there."""
    with server.maintenance() as connection:
        for role in roles:
            _create(connection, role, login=role.name == superuser)
        for role in roles:
            for above in role.member_of:
                run(connection, f"GRANT {quote_always(above)} TO {quote_always(role.name)}")


def roles_missing_on(server: ExistingServer, roles: Sequence[Role]) -> tuple[str, ...]:
    """Which of these roles a server of others does not have."""
    with server.maintenance() as connection:
        there = {str(row[0]) for row in run(connection, "SELECT rolname FROM pg_catalog.pg_roles")}
    return tuple(role.name for role in roles if role.name not in there)


def read_role_names(server: Server) -> frozenset[str]:
    """Every role of the server."""
    with server.maintenance() as connection:
        rows = run(connection, "SELECT rolname FROM pg_catalog.pg_roles")
    return frozenset(str(row[0]) for row in rows)


def drop_roles(server: Server, names: frozenset[str]) -> None:
    """Drop those of these roles that own nothing and are granted nothing in any database that is left."""
    if not names:
        return
    with server.maintenance() as connection:
        for name in sorted(names):
            with suppress(DBAPIError):
                run(connection, f"DROP ROLE IF EXISTS {quote_always(name)}")


def _create(connection: Connection, role: Role, *, login: bool) -> None:
    attributes = {
        "LOGIN": login,
        "SUPERUSER": login,
        "INHERIT": role.inherit,
        "BYPASSRLS": role.bypass_rls,
        "CREATEROLE": role.create_role,
        "CREATEDB": role.create_database,
    }
    name = quote_always(role.name)
    if not run(connection, "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = %s", [role.name]):
        options = " ".join(word if on else f"NO{word}" for word, on in attributes.items())
        try:
            run(connection, f"CREATE ROLE {name} {options}")
        except DBAPIError as error:
            if sqlstate(error) not in _DUPLICATE:
                raise
    if login:
        run(connection, f"ALTER ROLE {name} LOGIN SUPERUSER")
