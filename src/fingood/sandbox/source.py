"""What a copy must know of its source beyond pg_dump's archive: roles, extensions, settings, sequences, gaps.

Every query here runs on a connection that the server holds read-only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from fingood.model.names import RelationName
from fingood.sandbox.driver import load_sql, run


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role that the source's objects name. Memberships are of roles in this set only."""

    name: str
    inherit: bool
    bypass_rls: bool
    create_role: bool
    create_database: bool
    member_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """An installed extension. ``dependents`` counts what of the user's own needs it, ``example`` names one."""

    name: str
    version: str
    schema: str
    dependents: int
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source database at one moment. ``user`` is who looked; ``unreadable`` what that role may not read, with the
    kind as pg_class has it; ``settings`` what its sessions begin with; ``sequences`` their last values. ``provider`` is
    pg_database's letter for the library that sorts, empty before PostgreSQL 15."""

    server_version: int
    encoding: str
    bytes: int
    user: str
    superuser: bool
    collation: str
    ctype: str
    roles: tuple[Role, ...]
    extensions: tuple[Extension, ...]
    unreadable: tuple[tuple[RelationName, str], ...]
    settings: tuple[tuple[str, str], ...]
    sequences: tuple[tuple[RelationName, int], ...]
    matviews: tuple[RelationName, ...]
    provider: str = ""
    locale: str = ""
    icu_rules: str = ""
    tablespace: str = "pg_default"


def read_source(connection: Connection) -> Source:
    """Look at the source."""
    (found,) = _ask(connection, "source_database")
    version, encoding, size, user, superuser, collation, ctype, provider, locale, icu_rules, tablespace = found
    return Source(
        server_version=int(version),
        encoding=str(encoding),
        bytes=int(size),
        user=str(user),
        superuser=bool(superuser),
        collation=str(collation),
        ctype=str(ctype),
        roles=_read_roles(connection),
        extensions=tuple(
            Extension(name=name, version=version, schema=schema, dependents=int(count), example=example or "")
            for name, version, schema, count, example in _ask(connection, "source_extensions")
        ),
        unreadable=tuple(
            (RelationName(schema, name), str(kind)) for schema, name, kind in _ask(connection, "source_unreadable")
        ),
        settings=tuple({str(key): str(value) for key, value in _ask(connection, "source_settings")}.items()),
        sequences=tuple(
            (RelationName(schema, name), int(last))
            for schema, name, last in _ask(connection, "source_sequences")
            if last is not None
        ),
        matviews=tuple(RelationName(schema, name) for schema, name in _ask(connection, "materialized_views")),
        provider=str(provider),
        locale=str(locale),
        icu_rules=str(icu_rules),
        tablespace=str(tablespace),
    )


def read_objects(connection: Connection) -> frozenset[tuple[str, str]]:
    """Every object of the user as (kind, name)."""
    return frozenset((str(kind), str(name)) for kind, name in _ask(connection, "objects"))


def _read_roles(connection: Connection) -> tuple[Role, ...]:
    found = _ask(connection, "source_roles")
    names = {str(row[0]) for row in found}
    above: dict[str, list[str]] = {}
    for granted, member in _ask(connection, "source_memberships"):
        if granted in names and member in names:
            above.setdefault(str(member), []).append(str(granted))
    return tuple(
        Role(
            name=name,
            inherit=inherit,
            bypass_rls=bypass,
            create_role=create_role,
            create_database=create_database,
            member_of=tuple(sorted(above.get(name, ()))),
        )
        for name, inherit, bypass, create_role, create_database in found
    )


def _ask(connection: Connection, name: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in run(connection, load_sql(name))]
