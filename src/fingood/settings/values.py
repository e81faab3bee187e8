"""The settings of one project in one environment, complete and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fingood.model.change import ChangeWindow, Freeze, RetentionRule
from fingood.model.column_role import Role
from fingood.model.period import Period
from fingood.model.project import Project
from fingood.model.severity import SafetyLevel, Severity
from fingood.model.snapshot import Strength


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """``server``: auto, embedded, system, target, or the URL of a server to make sandboxes on.

    ``baseline``: what to build before the first revision where the history does not begin with an empty database: an
    SQL file, or ``package.module:name`` of a MetaData, of a declarative base, or of a function that takes a connection.
    ``copy``: what comes over from the target: schema, sample or full. ``sample_rows``: rows per table of a sample.
    ``estimate``: whether a check measures how long statements will take, on made-up rows like the target's.
    ``timeout``: the longest run of an upgrade or downgrade in it, in seconds.
    """

    server: str = field(default="auto", repr=False)
    baseline: str = ""
    copy: str = "schema"
    sample_rows: int = 1000
    estimate: bool = True
    timeout: float = 900.0

    @property
    def private(self) -> bool:
        """Whether the sandbox starts a server of its own."""
        return self.server in ("auto", "embedded", "system")


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSettings:
    """Timeouts in seconds, 0 for none. ``concurrent_lock_timeout`` holds for CREATE INDEX CONCURRENTLY and VALIDATE,
    whose waits for old snapshots count against lock_timeout. ``advisory_wait``: how long to wait for another run.
    ``totals`` is stop, warn or off: what happens where a step changes what a ledger comes to and does not say so; of
    tables with more than ``totals_rows`` rows nothing is summed up."""

    enabled: bool = True
    lock_timeout: float = 5.0
    statement_timeout: float = 0.0
    concurrent_lock_timeout: float = 0.0
    advisory_wait: float = 10.0
    totals: str = "stop"
    totals_rows: int = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackSettings:
    """``minimum``: the revision from which on ways back are proven; it and all below it are not. '' for none.
    ``strength``: how closely data is compared."""

    minimum: str = ""
    strength: Strength = Strength.EXACT


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRule:
    """An invariant of the user's own, ``[[tool.fingood.rule]]``: bad rows of ``table`` meet the SQL ``condition``.
    ``message`` may say ``{rows}``, how many of how many."""

    id: str
    table: str
    condition: str
    severity: Severity = Severity.ERROR
    message: str = ""
    effect: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationSettings:
    """``workers``: connections that read at once. ``statement_timeout``: seconds after which a look at a table is given
    up, 0 for never. ``rules``: Python files with invariants of the user's own, from the project's root."""

    workers: int = 2
    statement_timeout: float = 0.0
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthSettings:
    """``thresholds`` of health checks, each ``id=WARNING/CRITICAL``, ``id=WARNING`` or ``id=off``.
    ``statement_timeout``: seconds after which one look is given up."""

    thresholds: tuple[str, ...] = ()
    statement_timeout: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySettings:
    """What change control asks of a revision. ``approvals`` is how many, by others than its authors; ``docstring`` what
    every docstring must say, each on a line of its own (``Ticket: PAY-12``); ``ticket_pattern`` the regular expression
    that a ticket has to fit, '' for any; without ``change_windows`` every time is right; ``backup_max_age`` and
    ``evidence_max_age`` are seconds.

    ``require`` names the conditions that an upgrade through the guard has to meet, none where it is empty.
    ``rollback_accepts`` are judgements of a way back that will do, ``backup_state`` how well a backup must be known,
    ``ticket`` that of the deployment. ``allow_override``: whether a reason given for one run may take the place of
    what is missing."""

    approvals: int = 0
    docstring: tuple[str, ...] = ()
    ticket_pattern: str = ""
    change_windows: tuple[ChangeWindow, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    backup_max_age: float = 86400.0
    require: tuple[str, ...] = ()
    evidence_max_age: float = 86400.0
    rollback_accepts: tuple[str, ...] = ("lossless", "cosmetic")
    backup_state: str = "proven"
    ticket: str = ""
    allow_override: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a value came from: ``default``, ``pyproject.toml line 12``, ``environment variable X``, ``option --x``."""

    key: str
    value: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerMapping:
    """Which columns of a table mean what: ``[[tool.fingood.ledger]]``. What is left empty is recognised by itself.

    ``table`` holds the legs of transactions (postings, entries). Amounts stand in ``amount`` (signed, or unsigned with
    ``direction``), or in ``debit_amount`` and ``credit_amount``. ``currency`` is a column, ``currency_code`` a fixed
    code for a ledger of one currency. ``unit`` is ``minor`` where amounts count cents. ``double_entry`` false says that
    the table's transactions need not balance. ``retention`` is how long its rows may be kept, None for any time;
    ``time_zone`` the zone of its times that carry none. ``columns`` are those of the other roles.
    """

    table: str
    amount: str = ""
    debit_amount: str = ""
    credit_amount: str = ""
    currency: str = ""
    currency_code: str = ""
    transaction: str = ""
    account: str = ""
    direction: str = ""
    debit_values: tuple[str, ...] = ()
    credit_values: tuple[str, ...] = ()
    date: str = ""
    unit: str = "major"
    double_entry: bool = True
    retention: Period | None = None
    time_zone: str = ""
    columns: Mapping[Role, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a command needs to know about a project. ``database_url`` is a secret: show :attr:`target` instead.

    ``protected`` are globs of tables (``ledger.*``) whose loss or change weighs more. ``money`` are globs of column
    names that hold money. ``audit_log`` and ``backup_dir`` are absolute. ``remarks`` are lines a person should see:
    an environment without settings, a URL whose variable is not set.
    """

    project: Project
    environment: str = "development"
    database_url: str = field(default="", repr=False)
    target: str = ""
    version_table: str = ""
    level: SafetyLevel = SafetyLevel.MEDIUM
    fail_on: Severity = Severity.ERROR
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    sandbox: SandboxSettings = field(default_factory=SandboxSettings)
    guard: GuardSettings = field(default_factory=GuardSettings)
    policy: PolicySettings = field(default_factory=PolicySettings)
    rollback: RollbackSettings = field(default_factory=RollbackSettings)
    validation: ValidationSettings = field(default_factory=ValidationSettings)
    health: HealthSettings = field(default_factory=HealthSettings)
    audit_log: Path = Path()
    backup_dir: Path = Path()
    ledger: tuple[LedgerMapping, ...] = ()
    retention: tuple[RetentionRule, ...] = ()
    rules: tuple[OwnRule, ...] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @property
    def performance_dir(self) -> Path:
        """Where snapshots of the database's work lie: beside the audit log."""
        return self.audit_log.parent / "performance"
