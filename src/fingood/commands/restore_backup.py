"""`emergency-rollback --restore-backup`: what it would lose, and then the backup in the place of the database."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from fingood.audit import AuditLog
from fingood.backup import BackupKind, BackupPoint, BackupState, verify_files
from fingood.backup.content import Content, load_content
from fingood.backup.going_back import Pace, WentBack, check_way, go_back, settle_interrupted
from fingood.backup.going_back_sqlite import go_back_sqlite, settle_interrupted_sqlite
from fingood.backup.journal import recorded_checksum
from fingood.backup.loss import Counted, Loss, count_rows, read_loss
from fingood.backup.shelf import sha256_of
from fingood.checks.live_tables import age
from fingood.commands.backups import find_backup
from fingood.errors import ConfigError, CouldNotLook, FingoodError
from fingood.model.names import quote_always
from fingood.model.report import CheckRun, Outcome, Report, Section, Table, Text
from fingood.settings import Settings, require_database_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """A restore before it is made: which backup, and what is lost with it. ``loss`` is None where the database cannot
    be read, for ``reason``; ``remarks`` are what else is to be known."""

    url: str
    point: BackupPoint
    content: Content
    loss: Loss | None
    reason: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """What somebody should read who is asked."""
        point, loss = self.point, self.loss
        passed = age((datetime.now(UTC) - point.taken).total_seconds())
        head = f"restore {point.id}: {point.state}, taken {point.taken:%Y-%m-%d %H:%M:%S} UTC, {passed} ago"
        lines = [head, *self.remarks]
        if loss is None:
            return (*lines, f"what would be lost is not known: {self.reason}")
        then, now = (", ".join(heads) or "none" for heads in (point.heads, loss.heads))
        if then != now:
            lines.append(f"revision {now} goes back to {then}")
        if loss.objects:
            lines.append(f"differences of the schema that go with it: {loss.objects}")
        if not loss.tables:
            lines.append("no row was written, changed or deleted since: nothing is lost")
        width = max((len(str(one.table)) for one in loss.tables), default=0)
        return (*lines, *(f"{one.table!s:<{width}}  {one.words}" for one in loss.tables))


def settle_earlier(settings: Settings) -> tuple[str, ...]:
    """Undoes what an interrupted restore left; returns what it found. Raises CannotConnect, Blocked."""
    url, audit = require_database_url(settings), AuditLog(settings.audit_log)
    return settle_interrupted_sqlite(url, audit) if _is_sqlite(url) else settle_interrupted(url, audit)


def look_ahead(settings: Settings, wanted: str, *, watch: Callable[[str], None] = lambda label: None) -> Prospect:
    """Which backup it would be, whether it can be, and what would be lost. Changes nothing.

    Raises ConfigError for a backup of another database or without rows, CouldNotLook for a damaged one, Blocked where a
    right is missing.
    """
    url = require_database_url(settings)
    point = find_backup(settings, wanted, rows=True)
    _refuse_another(settings, url, point)
    watch("checksums")
    _refuse_damaged(settings, point)
    content, remarks = _content_of(url, point)
    if point.target != settings.target:
        remarks = (*remarks, f"it was taken of {point.target}, and goes to {settings.target}")
    if point.state is not BackupState.PROVEN:
        remarks = (*remarks, f"it was never proven by a restore{': ' + point.reason if point.reason else ''}")
    watch("comparison of the database with the backup")
    try:
        loss = read_loss(url, content, settings.project.version_table)
    except FingoodError as error:
        return Prospect(url=url, point=point, content=content, loss=None, reason=error.message, remarks=remarks)
    return Prospect(url=url, point=point, content=content, loss=loss, remarks=remarks)


def restore_backup(settings: Settings, prospect: Prospect, pace: Pace, settled: tuple[str, ...] = ()) -> Report:
    """Restores it. Raises what ``go_back`` raises; nothing was changed then."""
    started, clock = datetime.now(UTC), time.monotonic()
    audit, point = AuditLog(settings.audit_log), prospect.point
    way = go_back_sqlite if _is_sqlite(prospect.url) else go_back
    back = way(prospect.url, point, prospect.content, audit, pace=pace)
    sections: list[Section] = []
    if prospect.loss is not None and back.kept:
        pace.watch("count of what was lost")
        counted = count_rows(back.url, back.kept_url, prospect.loss, prospect.content)
        sections += [_lost(counted)] if counted else []
    notes = (*settled, *prospect.remarks, *_how_to_undo(back))
    sections.append(Text(title="Remarks", lines=notes))
    kept = f"; what it replaced is kept as {back.kept}" if back.kept else ""
    return Report(
        command="emergency-rollback",
        subject=point.id,
        target=settings.target,
        started=started,
        duration=time.monotonic() - clock,
        headline=f"restored and equal to the backup, in {back.seconds:.1f} s, {back.unreachable:.1f} s of them "
        f"nobody could connect{kept}",
        runs=(CheckRun(check="backup-restore", outcome=Outcome.PASSED),),
        sections=tuple(sections),
        data={
            "backup": point.id,
            "kept": back.kept,
            "seconds": round(back.seconds, 3),
            "unreachable_seconds": round(back.unreachable, 3),
            "revision": list(point.heads),
            "settled": list(settled),
        },
        fail_on=settings.fail_on,
    )


def _refuse_another(settings: Settings, url: str, point: BackupPoint) -> None:
    if point.kind is BackupKind.SCHEMA:
        raise ConfigError(f"{point.id} holds no rows: it cannot take a database's place", hint="fingood backups list")
    if (point.dialect == "sqlite") is not _is_sqlite(url) or point.target.rpartition("/")[2] != (
        settings.target.rpartition("/")[2]
    ):
        raise ConfigError(
            f"{point.id} is a backup of {point.target}, the database is {settings.target}",
            hint="name a backup of this database, or restore it by hand: docs/backup.md says how",
        )


def _refuse_damaged(settings: Settings, point: BackupPoint) -> None:
    if problems := verify_files(point):
        raise CouldNotLook(
            f"backup {point.id} is damaged: {'; '.join(problems[:3])}; nothing was changed",
            hint="fingood backups list names the others",
        )
    recorded = recorded_checksum(AuditLog(settings.audit_log), point)
    if recorded and recorded != sha256_of(point.manifest):
        raise CouldNotLook(
            f"the manifest of {point.id} is not the one that the audit log recorded; nothing was changed",
            hint="fingood backups verify tells which others are as they were taken",
        )


def _content_of(url: str, point: BackupPoint) -> tuple[Content, tuple[str, ...]]:
    if not _is_sqlite(url):
        return check_way(url, point)
    return load_content(point.folder, point.fingerprints), ()


def _lost(counted: tuple[Counted, ...]) -> Table:
    rows: list[tuple[str, ...]] = []
    for one in counted:
        least = "" if one.complete else "at least "
        if one.reason:
            rows.append((str(one.table), "–", "–", "–", f"not counted: {one.reason}"))
        else:
            numbers = (f"{least}{number:,}" for number in (one.written, one.changed, one.deleted))
            rows.append((str(one.table), *numbers, "" if one.complete else "only a part was compared"))
    columns = ("table", "written", "changed", "deleted", "")
    return Table(title="Since the backup, now only in what is kept", columns=columns, rows=tuple(rows))


def _how_to_undo(back: WentBack) -> tuple[str, ...]:
    if not back.kept:
        return ()
    if _is_sqlite(back.url):
        return (f"to undo it, stop what uses the file and: mv '{back.kept}' over it",)
    return (
        f"{back.kept} takes room until it is dropped: DROP DATABASE {quote_always(back.kept)}",
        "sessions that were ended come back by themselves where the application connects anew",
    )


def _is_sqlite(url: str) -> bool:
    return url.startswith("sqlite")
