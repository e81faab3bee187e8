"""A copy of a database: pg_dump, what pg_dump does not carry, pg_restore, and a look at what arrived."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from fingood.catalog import connect, masked
from fingood.errors import SandboxUnavailable
from fingood.sandbox.database import AnyServer, PostgresDatabase, apply_database_setting
from fingood.sandbox.driver import autocommit, literal, load_sql, run, sqlstate
from fingood.sandbox.dump import ArchiveEntry, Complaint, client_for, dump, read_archive, restore
from fingood.sandbox.existing import ExistingServer
from fingood.sandbox.lease import leased_directory
from fingood.sandbox.roles import create_roles, roles_missing_on
from fingood.sandbox.sample import copy_sample
from fingood.sandbox.server import Server
from fingood.sandbox.source import Source, read_objects, read_source
from fingood.sandbox.supplier import Binaries
from fingood.sandbox.template import SUPERUSER
from fingood.statements.compat import read_url

# Passwords to other servers, and slots on them: a sandbox must not reach out to anything.
_NEVER = ("USER MAPPING", "SUBSCRIPTION", "SUBSCRIPTION TABLE")
_SETTINGS_LEFT = ("default_tablespace", "temp_tablespaces", "role", "session_authorization")
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Copying:
    """One copy in the making."""

    url: str
    source: Source
    server: AnyServer
    client: Binaries
    content: str
    rows: int
    note: Callable[[str], None]


def copy_database(
    url: str,
    server: AnyServer,
    create: Callable[[str, str], str],
    database: Callable[[str, str], PostgresDatabase],
    note: Callable[[str], None],
    *,
    content: str,
    rows: int,
) -> PostgresDatabase:
    """Copy the database of ``url``, which is only read, into a new one on the sandbox's server.

    Raises CannotConnect, CouldNotLook (pg_dump refuses) or SandboxUnavailable (the copy would not be what it says).
    """
    with connect(url) as connection:
        source = read_source(connection)
        wanted = read_objects(connection)
    if content == "full":
        cloned = _clone_on_the_spot(url, server, create, note)
        if cloned:
            return database(cloned, "")
    copying = Copying(
        url=url, source=source, server=server, client=client_for(source.server_version),
        content=content, rows=rows, note=note,
    )  # fmt: skip
    left_out = _extensions_left_out(copying)
    user = _prepare_roles(copying)
    target = database(create(*_creation(copying)), user)
    complaints = _transfer(copying, target, left_out)
    _judge(copying, target, wanted, complaints)
    _apply_settings(copying, target)
    return target


def _clone_on_the_spot(
    url: str, server: AnyServer, create: Callable[[str, str], str], note: Callable[[str], None]
) -> str:
    """A template clone where the sandbox's server is the source's own and nobody is connected; else nothing."""
    if not isinstance(server, ExistingServer) or not server.holds(url):
        return ""
    name = str(read_url(url).database or server.database)
    other = server.url("postgres" if name != "postgres" else "template1")
    try:
        with autocommit(other) as connection:
            if run(connection, load_sql("sessions"), [name]):
                note(f"{name} is in use, so it was copied by dump and restore and not as a template")
                return ""
        return create(name, "")
    except DBAPIError as error:
        note(f"{name} cannot serve as a template (SQLSTATE {sqlstate(error)}): copied by dump and restore")
        return ""


def _extensions_left_out(copying: Copying) -> frozenset[str]:
    """The source's extensions that the sandbox's server lacks and that nothing needs. Raises SandboxUnavailable for
    one that something needs."""
    with copying.server.maintenance() as connection:
        query = "SELECT name, coalesce(comment, '') FROM pg_catalog.pg_available_extensions"
        available = {str(row[0]): str(row[1]) for row in run(connection, query)}
    missing = [extension for extension in copying.source.extensions if extension.name not in available]
    for extension in missing:
        if extension.dependents:
            others = f" and {extension.dependents - 1} more" if extension.dependents > 1 else ""
            major = copying.server.major
            raise SandboxUnavailable(
                f"the sandbox's PostgreSQL {major} lacks the extension {extension.name}, "
                f"which {extension.example}{others} of {masked(copying.url)} needs",
                hint="set sandbox.server to the URL of a server that has it (or to target), "
                f"or install it for a system PostgreSQL {major}",
            )
        copying.note(
            f"extension {extension.name} {extension.version} is not on the sandbox's server and was left out: nothing "
            "in the schema depends on it, but a function's body or a migration that calls it fails here"
        )
    installed = {extension.name for extension in copying.source.extensions}
    if "uuid-ossp" in installed and available.get("uuid-ossp", "").startswith("stand-in"):
        copying.note(
            "extension uuid-ossp is a stand-in made from gen_random_uuid(): versions 1 and 4 give random values, "
            "version 3 is exact, version 5 raises"
        )
    return frozenset(extension.name for extension in missing)


def _prepare_roles(copying: Copying) -> str:
    """Make the source's roles where the server is ours; returns the role that the copy's URL connects as."""
    source = copying.source
    if isinstance(copying.server, Server):
        create_roles(copying.server, source.roles, superuser=source.user)
        return "" if source.user == SUPERUSER else source.user
    missing = roles_missing_on(copying.server, source.roles)
    if missing:
        copying.note(
            f"roles {', '.join(missing)} do not exist on the sandbox's server and are not made there: "
            "owners and privileges were left out"
        )
    return ""


def _creation(copying: Copying) -> tuple[str, str]:
    """Template and options of CREATE DATABASE: the source's encoding, and its locale where the server knows it."""
    source = copying.source
    if isinstance(copying.server, ExistingServer) and copying.server.holds(copying.url):
        return "template0", (
            f"ENCODING {literal(source.encoding)} LC_COLLATE {literal(source.collation)} "
            f"LC_CTYPE {literal(source.ctype)}"
        )
    if source.collation not in ("C", "POSIX", "C.UTF-8", "C.utf8"):
        copying.note(f"the source sorts text as {source.collation}, the sandbox by code point")
    if source.encoding == "UTF8":
        return "", ""
    return "template0", f"ENCODING {literal(source.encoding)} LC_COLLATE 'C' LC_CTYPE 'C'" + (
        " LOCALE_PROVIDER libc" if copying.server.major >= 15 else ""
    )


def _transfer(copying: Copying, target: PostgresDatabase, left_out: frozenset[str]) -> list[Complaint]:
    source, client = copying.source, copying.client
    with leased_directory() as directory:
        if copying.content == "full":
            _require_room(source.bytes, directory)
        archive = directory / "source.dump"
        dump(copying.url, archive, client=client, arguments=_dump_arguments(copying))
        entries = _entries_to_restore(copying, read_archive(archive, client=client), left_out)
        url = _restoring_url(copying, target)
        arguments = _restore_arguments(copying)
        _drop_public_schema(copying, target, entries)
        if copying.content == "full":
            complaints = list(restore(archive, url, client=client, entries=entries, arguments=arguments))
        else:
            before = [*arguments, "--section=pre-data"]
            after = [*arguments, "--section=post-data"]
            complaints = list(restore(archive, url, client=client, entries=entries, arguments=before))
            if copying.content == "sample":
                copy_sample(copying.url, url, rows=copying.rows, note=copying.note)
            complaints += restore(archive, url, client=client, entries=entries, arguments=after)
        _finish(copying, url)
    copying.note(
        f"copied {_CONTENT[copying.content].format(rows=copying.rows)} of {masked(copying.url)} with pg_dump "
        f"{client.version} ({client.supplier})"
    )
    return complaints


_CONTENT = {"schema": "the schema", "sample": "the schema and up to {rows} rows a table", "full": "schema and data"}


def _dump_arguments(copying: Copying) -> list[str]:
    arguments = [] if copying.content == "full" else ["--schema-only"]
    arguments += ["--no-tablespaces", "--no-subscriptions", "--no-security-labels"]
    needed = ("r", "p", "S", "m", "f") if copying.content == "full" else ("r", "p")
    out = [name for name, kind in copying.source.unreadable if kind in needed]
    if out:
        copying.note(f"{copying.source.user} may not read {_some(map(str, out))}: left out of the copy")
    return arguments + [f"--exclude-table={name.sql}" for name in out] + (["-Z1"] if copying.content == "full" else [])


def _restore_arguments(copying: Copying) -> list[str]:
    """On a server of others our role may not give objects away, and missing roles cannot be named."""
    if isinstance(copying.server, Server):
        return []
    missing = roles_missing_on(copying.server, copying.source.roles)
    owner = [] if copying.server.is_superuser and not missing else ["--no-owner"]
    return owner + (["--no-privileges"] if missing else [])


def _entries_to_restore(
    copying: Copying, entries: Iterable[ArchiveEntry], left_out: frozenset[str]
) -> tuple[ArchiveEntry, ...]:
    kept, dropped = [], []
    for entry in entries:
        names_missing = any(entry.tag.rstrip().endswith((f"- {name}", f"EXTENSION {name}")) for name in left_out)
        if entry.kind in _NEVER:
            dropped.append(entry.kind.lower())
        elif not (names_missing and entry.kind in ("EXTENSION", "COMMENT")):
            kept.append(entry)
    if dropped:
        copying.note(f"left out on purpose, so that nothing here reaches another server: {_some(sorted(set(dropped)))}")
    return tuple(kept)


def _restoring_url(copying: Copying, target: PostgresDatabase) -> str:
    return copying.server.url(target.name)


def _drop_public_schema(copying: Copying, target: PostgresDatabase, entries: Iterable[ArchiveEntry]) -> None:
    """A new database has the schema public; the source may not."""
    with connect(copying.url) as connection:
        there = run(connection, "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'public'")
    if not there:
        with autocommit(_restoring_url(copying, target)) as connection:
            run(connection, "DROP SCHEMA public")


def _finish(copying: Copying, url: str) -> None:
    """Sequences stand where the source's stand, materialized views hold what their tables give."""
    with autocommit(url) as connection:
        if copying.content != "full":
            for name, last in copying.source.sequences:
                _quietly(copying, connection, f"SELECT setval({literal(name.sql)}, {last})", f"sequence {name}")
            for view in copying.source.matviews:
                _quietly(copying, connection, f"REFRESH MATERIALIZED VIEW {view.sql}", f"materialized view {view}")
        if copying.content != "schema":
            run(connection, "ANALYZE")


def _quietly(copying: Copying, connection: object, sql: str, what: str) -> None:
    try:
        run(connection, sql)  # type: ignore[arg-type]
    except DBAPIError as error:
        copying.note(f"{what} could not be set as in the source (SQLSTATE {sqlstate(error)})")


def _judge(
    copying: Copying, target: PostgresDatabase, wanted: frozenset[tuple[str, str]], complaints: list[Complaint]
) -> None:
    """The verdict comes from what is there. Raises SandboxUnavailable where an object of the source is missing,
    except for what the source's role could not read."""
    with connect(_restoring_url(copying, target)) as connection:
        got = read_objects(connection)
    missing = sorted(wanted - got)
    told = [one for one in complaints if not one.is_harmless]
    reasons = _some(
        f"{one.kind.lower()} {_without_owner(one.tag, copying.source)}: {one.message or 'its rows did not go in'}"
        for one in told
    )
    if copying.content == "full" and any(one.kind == "TABLE DATA" for one in told):
        raise SandboxUnavailable(
            f"the copy of {masked(copying.url)} lacks rows: {reasons}", hint="a copy of content 'schema' may do"
        )
    expected = bool(copying.source.unreadable)
    if missing and not expected:
        names = _some(f"{kind} {name}" for kind, name in missing)
        major = copying.source.server_version // 10_000
        raise SandboxUnavailable(
            f"the copy of {masked(copying.url)} lacks {names}" + (f" ({reasons})" if reasons else ""),
            hint=f"set sandbox.server to the URL of a PostgreSQL {major}, or to target",
        )
    if missing:
        copying.note(f"not in the copy: {_some(f'{kind} {name}' for kind, name in missing)}")
    if reasons:
        copying.note(f"pg_restore could not carry over {reasons}")


def _without_owner(tag: str, source: Source) -> str:
    owners = sorted((role.name for role in source.roles if tag.endswith(f" {role.name}")), key=len)
    return tag.removesuffix(f" {owners[-1]}") if owners else tag


def _apply_settings(copying: Copying, target: PostgresDatabase) -> None:
    """What the source's sessions begin with, search_path above all: pg_dump does not carry it."""
    with copying.server.maintenance() as connection:
        for key, value in copying.source.settings:
            if key in _SETTINGS_LEFT or key.endswith("_preload_libraries") or key.startswith("log_"):
                continue
            try:
                apply_database_setting(connection, target.name, key, value)
            except DBAPIError as error:
                copying.note(f"setting {key} could not be carried over (SQLSTATE {sqlstate(error)})")


def _require_room(needed: int, directory: Path) -> None:
    free = shutil.disk_usage(directory).free
    # The archive and the copy itself lie there at the same time.
    needed = needed * 3 // 2
    if needed > free:
        raise SandboxUnavailable(
            f"a full copy needs about {needed / 1e9:.1f} GB in {tempfile.gettempdir()}, {free / 1e9:.1f} GB are free",
            hint="set TMPDIR to a larger disk, or copy a sample (sandbox.copy = sample)",
        )


def _some(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return ", ".join(every[:_SHOWN]) + more
