"""`backups`: what lies in the backup folder, whether it is whole, and which of it may go."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from fingood.audit import AuditLog
from fingood.backup import BackupKind, BackupPoint, BackupState, list_backup_points, prove_backup, verify_files
from fingood.backup.journal import note, recorded_checksum
from fingood.backup.shelf import remove_backup, sha256_of, unreadable_backups
from fingood.backup.take import JOBS
from fingood.checks.live_tables import age
from fingood.commands.create_backup import (
    CHECKSUMS,
    as_data,
    describe_point,
    describe_size,
    describe_state,
    restore_run,
)
from fingood.errors import ConfigError
from fingood.model.finding import Finding
from fingood.model.names import RelationName
from fingood.model.report import CheckRun, Outcome, Report, Section, Table, Text
from fingood.model.severity import Confidence, Severity
from fingood.settings import Settings

MANIFEST_KNOWN = "backup-manifest"


def find_backup(settings: Settings, wanted: str, *, rows: bool = False) -> BackupPoint:
    """The newest backup, with ``rows`` the newest of the settings' database that holds them, or the one whose id begins
    with ``wanted``. Raises ConfigError when there is none."""
    points = list_backup_points(settings.backup_dir)
    if wanted:
        found = [point for point in points if point.id.startswith(wanted)]
    else:
        usable = [p for p in points if p.kind is not BackupKind.SCHEMA and p.target == settings.target]
        found = list((usable if rows else points)[:1])
    if len(found) == 1:
        return found[0]
    if not points or not wanted:
        of = f" of {settings.target}" if points else ""
        raise ConfigError(
            f"no backup{of} in {settings.backup_dir}", hint="python migrations/create_backup.py --type deployment"
        )
    problem = "no backup" if not found else f"{len(found)} backups"
    raise ConfigError(f"{problem} with an id like '{wanted}'", hint=f"the newest is {points[0].id}")


def list_backups(settings: Settings) -> Report:
    """Every backup, the newest first, with its age, size, revision and state."""
    report = _Report(settings, "list")
    points = list_backup_points(settings.backup_dir)
    rows = tuple(_row(point, report.started) for point in points)
    sections: list[Section] = []
    if points:
        sections.append(Table(title="Backups", columns=("id", "age", "size", "revision", "state", "of"), rows=rows))
    if damaged := unreadable_backups(settings.backup_dir):
        sections.append(Text(title="Backups whose manifest cannot be read", lines=tuple(map(str, damaged))))
    proven = sum(point.state is BackupState.PROVEN for point in points)
    total = describe_size(sum(point.bytes for point in points))
    return report.end(
        f"{len(points)} backups in {settings.backup_dir}, {proven} of them proven, {total}",
        sections=tuple(sections),
        data={"backups": [as_data(point) for point in points]},
    )


def show_backup(settings: Settings, wanted: str) -> Report:
    """One backup with its tables and files."""
    report = _Report(settings, "show")
    point = find_backup(settings, wanted)
    sections: list[Section] = [describe_point(point)]
    if point.fingerprints:
        tables = tuple((str(name), f"{one.rows:,}", _sums(one.sums)) for name, one in _sorted(point))
        sections.append(Table(title="Tables", columns=("table", "rows", "sums"), rows=tables))
    files = tuple((file.path, describe_size(file.bytes), file.sha256) for file in point.files)
    sections.append(Table(title="Files", columns=("file", "size", "sha256"), rows=files))
    return report.end(describe_state(point), subject=point.id, sections=tuple(sections), data=as_data(point))


def verify_backups(
    settings: Settings, wanted: str, *, prove: bool, watch: Callable[[str], None] = lambda label: None
) -> Report:
    """Reads the files of one backup, or of all, again; with ``prove`` restores the one, or the newest, and compares."""
    report = _Report(settings, "verify")
    audit = AuditLog(settings.audit_log)
    single = bool(wanted) or prove
    points = (find_backup(settings, wanted),) if single else list_backup_points(settings.backup_dir)
    runs: list[CheckRun] = []
    for point in points:
        watch(f"checksums of {point.id}")
        problems = verify_files(point)
        known = _manifest_known(point, audit)
        runs += [_checksums(point, problems), known]
        # A proof writes the manifest anew: one that somebody changed must not come to be known that way.
        if prove and not problems and known.outcome is not Outcome.FAILED:
            runs.append(restore_run(prove_backup(point, audit, jobs=JOBS, watch=watch), asked=True))
    for path in () if single else unreadable_backups(settings.backup_dir):
        reason = f"the manifest of {path.name} cannot be read"
        runs.append(CheckRun(check=MANIFEST_KNOWN, outcome=Outcome.ERRORED, reason=reason, subject=path.name))
    if not runs:
        reason = f"no backup in {settings.backup_dir}"
        runs.append(CheckRun(check=CHECKSUMS, outcome=Outcome.SKIPPED, reason=reason))
    bad = {run.subject for run in runs if run.outcome in (Outcome.FAILED, Outcome.ERRORED)}
    whole = f"{len(points)} backup{'s are' if len(points) != 1 else ' is'} as taken" if points else "no backups"
    shown = [find_backup(settings, point.id) for point in points] if single else []
    return report.end(
        f"{len(bad)} of {len(points)} backups not in order" if bad else whole,
        subject=points[0].id if single else "all",
        runs=tuple(runs),
        sections=tuple(describe_point(point) for point in shown),
        data={"verified": [point.id for point in points], "bad": sorted(bad)},
    )


def prune_backups(settings: Settings, *, keep: int | None, older_than: float | None, doit: bool) -> Report:
    """Removes what neither limit keeps, of each database by itself; without ``doit`` only lists it. The newest proven
    backup of a database stays, whatever the limits say."""
    if keep is None and older_than is None:
        raise ConfigError("prune needs --keep N, --older-than DAYS or both", hint="fingood backups prune --keep 5")
    report = _Report(settings, "prune")
    points = list_backup_points(settings.backup_dir)
    doomed = _doomed(points, keep, older_than, report.started)
    if doit:
        audit = AuditLog(settings.audit_log)
        for point in doomed:
            # First the note: what cannot be noted stays.
            note(audit, point, outcome="removed", reason="prune")
            remove_backup(point)
    rows = tuple(_row(point, report.started) for point in doomed)
    columns = ("id", "age", "size", "revision", "state", "of")
    title = "Removed" if doit else "Would be removed"
    size = describe_size(sum(point.bytes for point in doomed))
    return report.end(
        f"{len(doomed)} of {len(points)} backups {'removed' if doit else 'would be removed'}, {size}",
        sections=(Table(title=title, columns=columns, rows=rows),) if doomed else (),
        recommendations=() if doit or not doomed else ("the same command with --yes removes them",),
        data={"removed" if doit else "would_remove": [point.id for point in doomed]},
    )


def _doomed(
    points: tuple[BackupPoint, ...], keep: int | None, older_than: float | None, now: datetime
) -> tuple[BackupPoint, ...]:
    by_target: dict[str, list[BackupPoint]] = {}
    for point in points:
        by_target.setdefault(point.target, []).append(point)
    found = []
    for mine in by_target.values():
        kept = next((point for point in mine if _is_proven(point)), None)
        for place, point in enumerate(mine):
            beyond = keep is None or place >= keep
            old = older_than is None or now - point.taken > timedelta(days=older_than)
            if beyond and old and point is not kept:
                found.append(point)
    return tuple(found)


def _is_proven(point: BackupPoint) -> bool:
    return point.state is BackupState.PROVEN and point.kind is not BackupKind.SCHEMA


def _checksums(point: BackupPoint, problems: tuple[str, ...]) -> CheckRun:
    if not problems:
        return CheckRun(check=CHECKSUMS, outcome=Outcome.PASSED, subject=point.id)
    finding = Finding(
        check=CHECKSUMS,
        severity=Severity.CRITICAL,
        confidence=Confidence.OBSERVED,
        message=f"The backup {point.id} is damaged: {'; '.join(problems[:3])}.",
        effect="It cannot be restored whole.",
        remedy="python migrations/create_backup.py --type deployment",
        subject=point.id,
    )
    return CheckRun(check=CHECKSUMS, outcome=Outcome.FAILED, findings=(finding,), subject=point.id)


def _manifest_known(point: BackupPoint, audit: AuditLog) -> CheckRun:
    """The files are judged by the manifest; the manifest itself by the audit log."""
    recorded = recorded_checksum(audit, point)
    if not recorded:
        reason = f"the audit log knows nothing of {point.id}"
        return CheckRun(check=MANIFEST_KNOWN, outcome=Outcome.SKIPPED, reason=reason, subject=point.id)
    if recorded == sha256_of(point.manifest):
        return CheckRun(check=MANIFEST_KNOWN, outcome=Outcome.PASSED, subject=point.id)
    finding = Finding(
        check=MANIFEST_KNOWN,
        severity=Severity.CRITICAL,
        confidence=Confidence.OBSERVED,
        message=f"The manifest of {point.id} is not the one that the audit log recorded.",
        effect="What it says about the files, the revision and the proof is not what fingood wrote.",
        remedy="take another backup; fingood backups verify --prove compares this one with what it says",
        subject=point.id,
    )
    return CheckRun(check=MANIFEST_KNOWN, outcome=Outcome.FAILED, findings=(finding,), subject=point.id)


class _Report:
    """A report in the making: when it began, and for which settings."""

    def __init__(self, settings: Settings, verb: str) -> None:
        self.settings, self.verb = settings, verb
        self.started, self.clock = datetime.now(UTC), time.monotonic()

    def end(self, headline: str, *, subject: str = "", **rest: Any) -> Report:
        return Report(
            command=f"backups {self.verb}",
            subject=subject or self.verb,
            target=self.settings.target,
            started=self.started,
            duration=time.monotonic() - self.clock,
            headline=headline,
            fail_on=self.settings.fail_on,
            **rest,
        )


def _row(point: BackupPoint, now: datetime) -> tuple[str, ...]:
    return (
        point.id,
        age((now - point.taken).total_seconds()),
        describe_size(point.bytes),
        ", ".join(point.heads) or "none",
        point.state.value,
        point.target,
    )


def _sums(sums: Any) -> str:
    return ", ".join(f"{column} {total}" for column, total in sums.items()) or "–"


def _sorted(point: BackupPoint) -> list[tuple[RelationName, Any]]:
    return sorted(point.fingerprints.items(), key=lambda entry: (entry[0].schema or "", entry[0].name))
