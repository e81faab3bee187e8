"""`check --sql`: plain SQL files, each judged on its own, with or without an Alembic project.

By the text alone neither SQLAlchemy nor Alembic is imported: hundreds of files are judged in a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from fingood.checks import Subject
from fingood.checks.pages import describe_rules
from fingood.checks.run import choose_for, run_chosen
from fingood.checks.suppressions import Suppression, read_sql_suppressions
from fingood.commands.check_record import record_check
from fingood.errors import ConfigError
from fingood.model.facts import Facts
from fingood.model.finding import Finding
from fingood.model.plan import Plan
from fingood.model.report import Acceptance, CheckRun, Outcome, Report, Text, tally
from fingood.model.severity import SafetyLevel, Severity
from fingood.settings import Settings, dialect_of
from fingood.statements.sql_file import SqlFile, read_sql_file
from fingood.statements.sql_plan import plan_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One file's way into the checks: what it does, on which facts, and what a person should know about that."""

    plan: Plan
    facts: Facts | None = None
    notes: tuple[str, ...] = ()


def check_sql(
    settings: Settings,
    paths: Sequence[Path],
    *,
    dialect: str = "",
    level: SafetyLevel | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    static: bool = False,
    watch: Callable[[str], None] = lambda label: None,
) -> Report:
    """Judges the files, and every ``.sql`` file of the folders, each on its own.

    Each is run in a sandbox: an empty one, or a copy of the configured database, which is only read. With ``static``
    nothing is run. ``dialect`` is that of the database where there is one. Raises ConfigError for what is no file and
    no folder with SQL, CannotConnect, SandboxUnavailable.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    select, ignore = tuple(select) or settings.select, tuple(ignore) or settings.ignore
    strict = level or settings.level
    spoken = _dialect(settings, dialect)
    chosen = choose_for(spoken, level=strict, select=select, ignore=ignore)
    files = _read(paths, spoken, watch)
    over_files: dict[str, OverFiles] = {}
    notes: list[str] = []
    rows: list[dict[str, object]] = []
    for file, judged in _judge(settings, files, spoken, static=static, watch=watch):
        subject = _subject(settings, file, judged, strict, started)
        runs = run_chosen(chosen, subject, level=strict)
        for run in runs:
            if run.check not in over_files:
                over_files[run.check] = OverFiles(run)
            over_files[run.check].add(run)
        notes += judged.notes
        rows.append(_row(file, judged, runs))
    report = Report(
        command="check",
        subject=_name(files),
        started=started,
        duration=time.monotonic() - clock,
        target=f"{_target(settings, spoken)} · level {strict}",
        runs=tuple(one.as_one() for one in over_files.values()),
        sections=(Text(title="notes", lines=tuple(dict.fromkeys(notes))),) if notes else (),
        data={"files": rows, "level": str(strict)},
        fail_on=settings.fail_on if level in (None, settings.level) else strict.blocks_at,
        rules=describe_rules(over_files, strict),
    )
    return _recorded(settings, replace(report, headline=_headline(report, rows)), strict)


def _dialect(settings: Settings, asked: str) -> str:
    known = dialect_of(settings.database_url) if settings.database_url else ""
    if known and asked and known != asked:
        raise ConfigError(f"--dialect {asked}, but the database is {known}", hint="leave one of them away")
    return known or asked or "postgresql"


def _read(paths: Sequence[Path], dialect: str, watch: Callable[[str], None]) -> tuple[SqlFile, ...]:
    watch("reading")
    return tuple(read_sql_file(_text(path), _shown(path), dialect) for path in _files(paths))


def _files(paths: Sequence[Path]) -> list[Path]:
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            below = sorted(one for one in path.rglob("*.sql") if one.is_file())
            if not below:
                raise ConfigError(f"--sql: no .sql file in {path}", hint="name a file, or a folder that holds some")
            found.update(dict.fromkeys(below))
        elif path.exists():
            found[path] = None
        else:
            raise ConfigError(f"--sql: no file {path}", hint="name a file, or a folder that holds .sql files")
    return list(found)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise ConfigError(f"--sql: cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"--sql: {path} is not UTF-8: byte {error.start} is {error.object[error.start]:#04x}",
            hint="save it as UTF-8",
        ) from None


def _shown(path: Path) -> str:
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def _judge(
    settings: Settings, files: Sequence[SqlFile], dialect: str, *, static: bool, watch: Callable[[str], None]
) -> Iterator[tuple[SqlFile, Judged]]:
    if not static or settings.database_url:
        from fingood.commands.check_sql_run import judge_on_a_database

        yield from judge_on_a_database(settings, files, dialect, static=static, watch=watch)
        return
    for file in files:
        yield file, Judged(plan=plan_of(file))


def _subject(settings: Settings, file: SqlFile, judged: Judged, level: SafetyLevel, now: datetime) -> Subject:
    return Subject(
        revision=file.path,
        path=file.path,
        dialect=file.dialect,
        upgrade=judged.plan,
        facts=judged.facts,
        protected=settings.protected,
        money=settings.money,
        level=level,
        today=now.date(),
        suppressions=_suppressions(file),
    )


def _suppressions(file: SqlFile) -> tuple[Suppression, ...]:
    if not file.comments:
        return ()
    return read_sql_suppressions(file.comments, [(one.first, one.last) for one in file.statements])


_WORST = (Outcome.FAILED, Outcome.ERRORED, Outcome.SKIPPED, Outcome.PASSED)
_TOLD = 3


@dataclass(slots=True)
class OverFiles:
    """One check over all files: findings together, the outcome the worst of them. Of the many files that say nothing
    nothing is kept."""

    first: CheckRun
    files: int = 0
    duration: float = 0.0
    outcomes: list[Outcome] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    accepted: list[Acceptance] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)
    telling: int = 0

    def add(self, run: CheckRun) -> None:
        """The check's run over one more file."""
        self.files += 1
        self.duration += run.duration
        if run.outcome not in self.outcomes:
            self.outcomes.append(run.outcome)
        self.findings += run.findings
        self.accepted += run.accepted
        if run.reason:
            self.telling += 1
            self.reasons.add(run.reason)
            if len(self.told) < _TOLD:
                self.told.append(f"{run.subject}: {run.reason}")

    def as_one(self) -> CheckRun:
        """All of them as one run."""
        if self.files == 1:
            return self.first
        reasons = list(self.told)
        if self.telling == self.files and len(self.reasons) == 1:
            reasons = list(self.reasons)
        elif self.telling > _TOLD:
            reasons.append(f"and in {self.telling - _TOLD} more files")
        return CheckRun(
            check=self.first.check,
            outcome=next(outcome for outcome in _WORST if outcome in self.outcomes),
            findings=tuple(self.findings),
            duration=self.duration,
            reason="; ".join(reasons),
            subject=f"{self.files} files",
            accepted=tuple(self.accepted),
        )


def _row(file: SqlFile, judged: Judged, runs: Iterable[CheckRun]) -> dict[str, object]:
    findings = [finding for run in runs for finding in run.findings]
    return {
        "path": file.path,
        "statements": len(file.statements),
        "rendering": judged.plan.rendering.value,
        "transaction": "statement by statement" if file.autocommit else "one",
        "findings": len(findings),
    }


def _name(files: Sequence[SqlFile]) -> str:
    return files[0].path if len(files) == 1 else f"{len(files)} SQL files"


def _target(settings: Settings, dialect: str) -> str:
    return settings.target or ("SQLite" if dialect == "sqlite" else "PostgreSQL") + ", no database configured"


def _headline(report: Report, rows: Sequence[dict[str, object]]) -> str:
    counts = ", ".join(
        f"{number} {severity}{'s' if number > 1 and severity is not Severity.INFO else ''}"
        for severity, number in tally(report.findings).items()
    )
    hit = sum(bool(row["findings"]) for row in rows)
    where = f" in {hit} of {len(rows)} files" if len(rows) > 1 and hit else ""
    blind = next((run.reason for run in report.runs if run.outcome is Outcome.ERRORED), "")
    if report.blocking:
        return f"BLOCKED  {counts}{where}" + (f" · not judged: {blind}" if blind else "")
    if blind:
        return f"NOT JUDGED  {blind}"
    return f"nothing blocks · {counts}{where}" if counts else "clean"


def _recorded(settings: Settings, report: Report, level: SafetyLevel) -> Report:
    """The report, with its answer in the audit log of the project; a folder without settings has no log."""
    if settings.project.config_file is None and settings.project.pyproject is None:
        return report
    unrecorded = record_check(settings, report, subject=report.subject, path=report.subject, level=level)
    if not unrecorded:
        return report
    return replace(report, sections=(*report.sections, Text(title="audit", lines=(unrecorded,))))
