"""`emergency-rollback`: the ways back that exist, and what is known about each."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from fingood.backup import BackupPoint, list_backup_points, verify_files
from fingood.backup.databases import from_beside, name_in
from fingood.backup.shelf import unreadable_backups
from fingood.backup.swap import describe_interrupted
from fingood.catalog import connect, known_heads, read_facts
from fingood.errors import FingoodError
from fingood.model.report import Report, Section, Table, Text
from fingood.revisions import History
from fingood.settings import Settings, dialect_of, require_database_url


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
        recommendations=("python migrations/emergency_rollback.py --restore-backup",) if points else (),
        data={"applied": list(applied), "backups": [point.id for point in points]},
    )


def _interrupted(settings: Settings) -> tuple[str, ...]:
    """What an interrupted restore left; nothing where the server does not say."""
    url = settings.database_url
    if dialect_of(url) != "postgresql":
        return ()
    try:
        with from_beside(url) as connection:
            return describe_interrupted(connection, name_in(url))
    except FingoodError:
        return ()


def _applied(settings: Settings) -> tuple[tuple[str, ...], str]:
    """The applied revisions; or none, and why they are not known."""
    try:
        with connect(require_database_url(settings), application_name="fingood emergency-rollback") as connection:
            return known_heads(read_facts(connection, target=True, version_table=settings.project.version_table)), ""
    except FingoodError as error:
        return (), error.message


def _sections(
    settings: Settings, applied: tuple[str, ...], reason: str, points: tuple[BackupPoint, ...]
) -> Iterator[Section]:
    yield Text(title="Downgrade", lines=(_downgrade(settings, applied, reason),))
    if left := _interrupted(settings):
        yield Text(title="An interrupted restore", lines=left)
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
