"""`emergency-rollback`: the ways back that exist. Restoring a backup is not part of this version."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from fingood.backup import BackupKind, BackupPoint, list_backup_points, verify_files
from fingood.backup.shelf import unreadable_backups
from fingood.catalog import connect, read_facts
from fingood.errors import ConfigError, FingoodError
from fingood.model.report import Report, Section, Table, Text
from fingood.revisions import History
from fingood.settings import Settings, require_database_url


def list_ways_back(settings: Settings) -> Report:
    """Downgrade and backups, each with what is known about it. Nothing is changed."""
    started, clock = datetime.now(UTC), time.monotonic()
    points = list_backup_points(settings.backup_dir)
    applied, reason = _applied(settings)
    return Report(
        command="emergency-rollback",
        subject="ways back",
        target=settings.target,
        started=started,
        duration=time.monotonic() - clock,
        headline=f"{len(points)} backups in {settings.backup_dir}",
        sections=tuple(_sections(settings, applied, reason, points)),
        data={"applied": list(applied), "backups": [point.id for point in points]},
    )


def find_backup(settings: Settings, wanted: str) -> BackupPoint:
    """The newest backup, or the one whose id begins with ``wanted``. Raises ConfigError when there is none."""
    points = list_backup_points(settings.backup_dir)
    found = [point for point in points if point.id.startswith(wanted)] if wanted else points[:1]
    if len(found) == 1:
        return found[0]
    if not points:
        raise ConfigError(
            f"no backup in {settings.backup_dir}", hint="python migrations/create_backup.py --type deployment"
        )
    problem = "no backup" if not found else f"{len(found)} backups"
    raise ConfigError(f"{problem} with an id like '{wanted}'", hint=f"the newest is {points[0].id}")


def restore_by_hand(point: BackupPoint) -> str:
    """The command that restores a backup into a database of its own, for a reader to type."""
    if point.dialect == "sqlite" and point.kind is BackupKind.SCHEMA:
        return f"sqlite3 restored.sqlite < '{point.folder / 'dump' / 'schema.sql'}'"
    if point.dialect == "sqlite":
        return f"cp '{point.folder / 'dump' / 'database.sqlite'}' restored.sqlite"
    return (
        f"createdb restored && pg_restore --exit-on-error --dbname=restored '{point.folder / 'dump' / 'database.dump'}'"
    )


def _applied(settings: Settings) -> tuple[tuple[str, ...], str]:
    """The applied revisions; or none, and why they are not known."""
    try:
        with connect(require_database_url(settings), application_name="fingood emergency-rollback") as connection:
            return read_facts(connection, target=True).heads, ""
    except FingoodError as error:
        return (), error.message


def _sections(
    settings: Settings, applied: tuple[str, ...], reason: str, points: tuple[BackupPoint, ...]
) -> Iterator[Section]:
    yield Text(title="Downgrade", lines=(_downgrade(settings, applied, reason),))
    if points:
        rows = tuple(
            (
                point.id,
                f"{point.taken:%Y-%m-%d %H:%M} UTC",
                ", ".join(point.heads) or "none",
                point.state.value,
                "; ".join(verify_files(point)) or "files are whole",
            )
            for point in points
        )
        yield Table(title="Backups", columns=("id", "taken", "revision", "state", "files"), rows=rows)
    damaged = unreadable_backups(settings.backup_dir)
    if damaged:
        yield Text(title="Backups whose manifest cannot be read", lines=tuple(str(path) for path in damaged))


def _downgrade(settings: Settings, applied: tuple[str, ...], reason: str) -> str:
    if reason:
        return f"not known: {reason}"
    if not applied:
        return "no revision is applied"
    try:
        history = History.load(settings.project)
        below = sorted({parent for head in applied for parent in history.below(history.get(head))})
    except FingoodError as error:
        return f"not known: {error.message}"
    return f"alembic downgrade -1   goes from {', '.join(applied)} to {', '.join(below) or 'base'}"
