"""What a database held at one instant, apart from its rows: kept beside a dump, so that a restored copy can be judged
without the source."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.backup.databases import state_of
from fingood.backup.queries import ask
from fingood.backup.spelling import mean_the_same
from fingood.catalog import (
    compare_fingerprints,
    compare_snapshots,
    read_facts,
    require_known_formulas,
    sqlite_reason,
    take_fingerprints,
    take_snapshot,
)
from fingood.errors import CouldNotLook
from fingood.model.names import RelationName
from fingood.model.project import ALEMBICS, VersionTable
from fingood.model.snapshot import Difference, Fingerprint, Grade, ObjectKey, Snapshot
from fingood.sandbox.driver import run
from fingood.sandbox.source import Extension, Role, Source, read_source
from fingood.validation.query import reason_of

CONTENT = "content.json"
PUBLIC = ObjectKey("schema", "public")
LOCK_WAIT = 10.0
"""Seconds that a look waits for a table's lock, as pg_dump does: whoever waits longer holds up those behind."""
_LOCKED = "55P03"
_SHOWN = 5

# pg_restore makes an extension in the version that the server offers, as its own; the state of a subscription and the
# database's own settings are not of the dump.
_NEVER_COMPARED = ("database", "subscription")
_OF_EXTENSIONS = ("version", "owner")
_OF_ROWS = ("next value", "populated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """``heads`` are the applied revisions as Alembic would find them; ``versions`` what every version table says, by
    schema, whatever the search_path. ``positions`` are the sequences' next values when the dump had ended, those in
    ``snapshot`` of before it: nextval() keeps to no snapshot (PostgreSQL manual, 9.17). ``source`` is what PostgreSQL's
    dump does not carry (roles, extensions, encoding); None for SQLite."""

    heads: tuple[str, ...]
    versions: Mapping[str, tuple[str, ...]]
    snapshot: Snapshot
    fingerprints: Mapping[RelationName, Fingerprint] = field(default_factory=dict)
    source: Source | None = None
    positions: Mapping[str, int] = field(default_factory=dict)


def read_positions(connection: Connection) -> dict[str, int]:
    """The next value of every sequence, by its name in a snapshot. No snapshot of transactions holds it still."""
    try:
        objects = take_snapshot(connection).objects.items()
    except DBAPIError as error:
        raise unreadable(error) from None
    return {key.name: int(props["next value"]) for key, props in objects if "next value" in props}


def read_content(
    connection: Connection,
    *,
    rows: bool,
    like: Mapping[RelationName, Fingerprint] | None = None,
    version_table: VersionTable = ALEMBICS,
) -> Content:
    """Looks at the database through this connection; without ``rows`` at its schema alone.

    Raises CouldNotLook where the role may not read everything: half a look is none.
    """
    try:
        facts = read_facts(connection, target=False, version_table=version_table)
        return Content(
            heads=tuple(sorted(facts.heads)),
            versions=_read_versions(connection),
            snapshot=take_snapshot(connection),
            fingerprints=take_fingerprints(connection, like=like) if rows else {},
            source=read_source(connection) if connection.dialect.name == "postgresql" else None,
        )
    except DBAPIError as error:
        raise unreadable(error) from None


def unreadable(error: DBAPIError) -> CouldNotLook:
    """Why a look at a database broke off, and what to do."""
    if state_of(error) == _LOCKED:
        return CouldNotLook(
            f"a table stays locked for more than {LOCK_WAIT:g} s",
            hint="try again when no schema change is under way; a prepared transaction keeps its locks until it is "
            "ended: SELECT gid FROM pg_prepared_xacts",
        )
    if reason := sqlite_reason(error):
        return CouldNotLook(f"the file cannot be read: {reason}", hint="fingood health-check looks closer")
    return CouldNotLook(
        f"the database cannot be read whole: {reason_of(error)}",
        hint="the role of the database URL needs SELECT on every table, and BYPASSRLS where rows are secured",
    )


def differences_between(
    then: Content,
    copy: Content,
    *,
    rows: bool,
    left_out: Collection[ObjectKey] = (),
    unsaid: Collection[str] = (),
) -> tuple[str, ...]:
    """What a restored copy lacks or has otherwise, each in a line; empty where they are equal. Not looked at are the
    objects ``left_out`` and the properties ``unsaid``.

    Between two major versions the server spells definitions otherwise: there only what is missing is seen.
    """
    was, now = (_comparable(one.snapshot, left_out, unsaid, rows=rows) for one in (then, copy))
    now = _with_sequences_of(now, was, then.positions)
    if was.server_version // 10_000 == now.server_version // 10_000:
        differences = compare_snapshots(was, replace(now, server_version=was.server_version))
        found = [one for one in differences if not mean_the_same(one.before, one.after)]
    else:
        lost = [key for key in was.objects if key not in now.objects]
        found = [Difference(object=key, grade=Grade.LOST) for key in lost]
    if rows:
        found += compare_fingerprints(then.fingerprints, copy.fingerprints)
        found += [
            Difference(object=ObjectKey("table", str(name)), grade=Grade.LOST, property="table")
            for name in then.fingerprints
            if name not in copy.fingerprints
        ]
    lines = [describe(one) for one in found if one.grade is not Grade.COSMETIC]
    if rows and then.versions != copy.versions:
        lines.append(f"revision {_said(copy.versions)} instead of {_said(then.versions)}")
    return tuple(lines)


def _said(versions: Mapping[str, tuple[str, ...]]) -> str:
    return ", ".join(sorted({one for found in versions.values() for one in found})) or "none"


def _read_versions(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Fingerprints and snapshots leave these tables out, because tests of migrations do."""
    if connection.dialect.name == "sqlite":
        there = run(connection, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'")
        tables = [RelationName(None, "alembic_version")] if there else []
    else:
        tables = [RelationName(row["schema"], "alembic_version") for row in ask(connection, "version_tables")]
    found = {table.schema or "": run(connection, f"SELECT version_num FROM {table.sql}") for table in tables}
    return {schema: tuple(sorted(str(row[0]) for row in rows)) for schema, rows in found.items()}


def describe(one: Difference) -> str:
    """One difference in a line: ``table app.entries: rows 3 instead of 4``."""
    if not one.property:
        return f"{one.object}: {one.grade}"
    return f"{one.object}: {one.property} {one.after or 'none'} instead of {one.before or 'none'}"


def shortened(lines: tuple[str, ...]) -> str:
    """The first few lines as one."""
    more = f"; and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return "; ".join(lines[:_SHOWN]) + more


def write_content(folder: Path, content: Content) -> None:
    """Beside the dump; the fingerprints stand in the manifest."""
    snapshot = content.snapshot
    values = {
        "heads": list(content.heads),
        "versions": {schema: list(found) for schema, found in content.versions.items()},
        "positions": dict(content.positions),
        "dialect": snapshot.dialect,
        "server_version": snapshot.server_version,
        "objects": [[key.kind, key.name, dict(props)] for key, props in snapshot.objects.items()],
        "source": _source_as_data(content.source) if content.source else None,
    }
    (folder / CONTENT).write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def load_content(folder: Path, fingerprints: Mapping[RelationName, Fingerprint]) -> Content:
    """What :func:`write_content` wrote. Raises CouldNotLook where it is missing or damaged, or where this version
    cannot compare with the fingerprints."""
    require_known_formulas(fingerprints.values())
    try:
        values = json.loads((folder / CONTENT).read_text(encoding="utf-8"))
        snapshot = Snapshot(
            dialect=values["dialect"],
            server_version=int(values["server_version"]),
            objects={ObjectKey(kind, name): dict(props) for kind, name, props in values["objects"]},
        )
        source = _source_from(values["source"]) if values["source"] else None
        return Content(
            heads=tuple(values["heads"]),
            versions={schema: tuple(found) for schema, found in values["versions"].items()},
            snapshot=snapshot,
            fingerprints=fingerprints,
            source=source,
            positions={name: int(value) for name, value in values["positions"].items()},
        )
    except FileNotFoundError:
        raise CouldNotLook(
            "the backup does not say what it should hold: it was taken by an earlier version", hint="take a new one"
        ) from None
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise CouldNotLook(f"{folder / CONTENT} cannot be read: {type(error).__name__}") from None


def _comparable(
    snapshot: Snapshot, left_out: Collection[ObjectKey], unsaid: Collection[str], *, rows: bool
) -> Snapshot:
    kinds = _NEVER_COMPARED if rows else (*_NEVER_COMPARED, "large objects")
    objects = {}
    for key, props in snapshot.objects.items():
        if key.kind in kinds or key in left_out:
            continue
        never = {*unsaid, *(_OF_EXTENSIONS if key.kind == "extension" else ()), *(() if rows else _OF_ROWS)}
        objects[key] = {name: value for name, value in props.items() if name not in never}
    return replace(snapshot, objects=objects)


def _with_sequences_of(now: Snapshot, was: Snapshot, positions: Mapping[str, int]) -> Snapshot:
    """The copy's snapshot; sequences that stand somewhere between before and after the dump stand as in the source."""
    objects = dict(now.objects)
    for key, props in now.objects.items():
        before, after = was.objects.get(key, {}).get("next value"), positions.get(key.name)
        if key.kind != "sequence" or before is None or after is None or "next value" not in props:
            continue
        low, high = sorted((int(before), after))
        if low <= int(props["next value"]) <= high:
            objects[key] = {**props, "next value": before}
    return replace(now, objects=objects)


def _source_as_data(source: Source) -> dict[str, Any]:
    return {
        "server_version": source.server_version,
        "encoding": source.encoding,
        "bytes": source.bytes,
        "user": source.user,
        "superuser": source.superuser,
        "collation": source.collation,
        "ctype": source.ctype,
        "provider": source.provider,
        "locale": source.locale,
        "icu_rules": source.icu_rules,
        "tablespace": source.tablespace,
        "roles": [asdict(role) for role in source.roles],
        "extensions": [asdict(extension) for extension in source.extensions],
    }


def _source_from(values: dict[str, Any]) -> Source:
    """Without the settings: they may hold what is nobody's business, and a restore takes them from the database that it
    replaces."""
    roles = tuple(Role(**{**one, "member_of": tuple(one["member_of"])}) for one in values.pop("roles"))
    extensions = tuple(Extension(**one) for one in values.pop("extensions"))
    return Source(**values, roles=roles, extensions=extensions, unreadable=(), settings=(), sequences=(), matviews=())
