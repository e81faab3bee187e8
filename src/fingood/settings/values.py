"""The settings of one project in one environment, complete and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fingood.model.project import Project
from fingood.model.severity import SafetyLevel, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """``server``: auto, embedded, system, target, or the URL of a server to make sandboxes on.

    ``baseline``: what to build before the first revision where the history does not begin with an empty database: an
    SQL file, or ``package.module:name`` of a MetaData, of a declarative base, or of a function that takes a connection.
    ``copy``: what comes over from the target: schema, sample or full. ``sample_rows``: rows per table of a sample.
    """

    server: str = "auto"
    baseline: str = ""
    copy: str = "schema"
    sample_rows: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSettings:
    """Timeouts in seconds, 0 for none. ``concurrent_lock_timeout`` holds for CREATE INDEX CONCURRENTLY and VALIDATE,
    whose waits for old snapshots count against lock_timeout. ``advisory_wait``: how long to wait for another run."""

    enabled: bool = True
    lock_timeout: float = 5.0
    statement_timeout: float = 0.0
    concurrent_lock_timeout: float = 0.0
    advisory_wait: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a value came from: ``default``, ``pyproject.toml line 12``, ``environment variable X``, ``option --x``."""

    key: str
    value: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a command needs to know about a project. ``database_url`` is a secret: show :attr:`target` instead.

    ``protected`` are globs of tables (``ledger.*``) whose loss or change weighs more. ``money`` are globs of column
    names that hold money. ``audit_log`` and ``backup_dir`` are absolute.
    """

    project: Project
    environment: str = "development"
    database_url: str = ""
    target: str = ""
    level: SafetyLevel = SafetyLevel.MEDIUM
    fail_on: Severity = Severity.ERROR
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    sandbox: SandboxSettings = field(default_factory=SandboxSettings)
    guard: GuardSettings = field(default_factory=GuardSettings)
    audit_log: Path = Path()
    backup_dir: Path = Path()
    origins: Mapping[str, Origin] = field(default_factory=dict)
