"""The table of settings: every key, its meaning, how its text is read and what holds when nobody says it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from fingood.model.change import ChangeWindow, Freeze
from fingood.model.column_role import Role
from fingood.model.live import BACKUP_STATES
from fingood.model.period import Period
from fingood.model.severity import SafetyLevel, Severity
from fingood.model.snapshot import Strength
from fingood.settings.windows import read_freeze, read_window

E = TypeVar("E", bound=Enum)
T = TypeVar("T")

_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-zµ]*)\s*\Z", re.IGNORECASE)
_UNITS = {
    "": 1.0,
    "ms": 0.001,
    "s": 1.0,
    "sec": 1.0,
    "second": 1.0,
    "seconds": 1.0,
    "min": 60.0,
    "m": 60.0,
    "minute": 60.0,
    "minutes": 60.0,
    "h": 3600.0,
    "hour": 3600.0,
    "hours": 3600.0,
    "d": 86400.0,
    "day": 86400.0,
    "days": 86400.0,
}
_PERIOD = re.compile(r"\s*(\d{1,5})\s*(year|month|week|day)s?\s*\Z", re.IGNORECASE)
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


class Wrong(ValueError):
    """A value that does not fit its key; the text says what would."""


@dataclass(frozen=True, slots=True)
class Key:
    """One setting. ``read`` turns what a file or variable says into the value, raising Wrong; ``folder`` is what
    relative paths count from."""

    name: str
    meaning: str
    read: Callable[[object, Path], object]
    default: object

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return "FINGOOD_" + self.name.replace(".", "_").upper()


def text(value: object, folder: Path) -> str:
    if not isinstance(value, str):
        raise Wrong(f"a text in quotes, not {_kind(value)}")
    return value.strip()


def column_or_path(value: object, folder: Path) -> str:
    """A column's name, or a path into a json column; operators of a database are neither."""
    name = text(value, folder)
    bare = re.sub(r'"(?:[^"]|"")*"', "", name)
    if "->" in bare or "#>" in bare or name.startswith("$"):
        raise Wrong(f"a column, or a path into a json column such as payload.amount, not {_shown(value)}")
    return name


def texts(value: object, folder: Path) -> tuple[str, ...]:
    """A list of texts; in a variable or an ini file separated by commas or lines."""
    if isinstance(value, str):
        return tuple(part.strip() for part in re.split(r"[,\n]", value) if part.strip())
    if not isinstance(value, (list, tuple)) or not all(isinstance(part, str) for part in value):
        raise Wrong(f"a list of texts, not {_kind(value)}")
    return tuple(value)


def truth(value: object, folder: Path) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _TRUE + _FALSE:
        return value.strip().lower() in _TRUE
    raise Wrong(f"true or false, not {_shown(value)}")


def count(value: object, folder: Path) -> int:
    if isinstance(value, str) and value.strip().isdigit():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Wrong(f"a whole number, not {_shown(value)}")
    return value


def seconds(value: object, folder: Path) -> float:
    """A duration: a number of seconds, or a text such as ``500ms``, ``5s``, ``10 min``, ``1h``."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0:
        return float(value)
    match = _DURATION.match(value) if isinstance(value, str) else None
    if match is None or match.group(2).lower() not in _UNITS:
        raise Wrong(f"a duration such as 5s, 500ms or '10 min', not {_shown(value)}")
    return float(match.group(1)) * _UNITS[match.group(2).lower()]


def period(value: object, folder: Path) -> Period:
    """A length of time by the calendar: ``10 years``, ``18 months``, ``6 weeks``, ``90 days``."""
    match = _PERIOD.match(value) if isinstance(value, str) else None
    if match is None or not int(match.group(1)):
        raise Wrong(f"a period such as '10 years', '18 months' or '90 days', not {_shown(value)}")
    number, unit = int(match.group(1)), match.group(2).lower()
    return Period(days=7 * number) if unit == "week" else Period(**{f"{unit}s": number})


def zone(value: object, folder: Path) -> str:
    """A time zone by its name, known to this machine's time zone data."""
    name = text(value, folder)
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        raise Wrong(f"a known time zone such as Europe/Zurich, not {_shown(value)}") from None


def pattern(value: object, folder: Path) -> str:
    """A regular expression, as text."""
    given = text(value, folder)
    try:
        re.compile(given)
    except re.error as error:
        raise Wrong(f"a regular expression, and '{given}' is none: {error.msg}") from None
    return given


def path(value: object, folder: Path) -> Path:
    return (folder / Path(text(value, folder)).expanduser()).absolute()


def change_windows(value: object, folder: Path) -> tuple[ChangeWindow, ...]:
    return tuple(_read(read_window, part) for part in texts(value, folder))


def freezes(value: object, folder: Path) -> tuple[Freeze, ...]:
    return tuple(_read(read_freeze, part) for part in texts(value, folder))


def _read(read: Callable[[str], T], part: str) -> T:
    try:
        return read(part)
    except ValueError as error:
        raise Wrong(str(error)) from error


def one_of(*choices: str) -> Callable[[object, Path], str]:
    def read(value: object, folder: Path) -> str:
        word = text(value, folder).lower()
        if word not in choices:
            raise Wrong(f"one of {', '.join(choices)}, not {_shown(value)}")
        return word

    return read


def words(*choices: str) -> Callable[[object, Path], tuple[str, ...]]:
    """A list of words, each one of the choices."""

    def read(value: object, folder: Path) -> tuple[str, ...]:
        said = tuple(word.strip().lower() for word in texts(value, folder))
        unknown = [word for word in said if word not in choices]
        if unknown:
            raise Wrong(f"a list of {', '.join(choices)}; '{unknown[0]}' is none of them")
        return said

    return read


def member(kind: type[E]) -> Callable[[object, Path], E]:
    def read(value: object, folder: Path) -> E:
        if isinstance(value, kind):
            return value
        word = text(value, folder).lower()
        for choice in kind:
            if choice.value == word:
                return choice
        raise Wrong(f"one of {', '.join(str(choice.value) for choice in kind)}, not {_shown(value)}")

    return read


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table", str: "a text"}
    return names.get(type(value), type(value).__name__)


def _shown(value: object) -> str:
    return f"'{value}'" if isinstance(value, (str, int, float)) else _kind(value)


NOT_SAID = object()

GATE = ("check", "rollback", "backup", "ticket", "window", "approval", "validation")
"""The conditions of the gate, in the order in which they are told."""

SAFE_JUDGEMENTS = ("lossless", "cosmetic")
JUDGEMENTS = (*SAFE_JUDGEMENTS, "declared", "residue", "reupgrade_broken", "lossy")

KEYS: Mapping[str, Key] = {
    key.name: key
    for key in (
        Key("environment", "which [tool.fingood.environments.NAME] holds", text, "development"),
        Key("database_url", "the database; ${NAME} takes an environment variable", text, ""),
        Key("version_table", "Alembic's version table, TABLE or SCHEMA.TABLE; env.py's if not said", text, ""),
        Key("level", "how strict checks are", member(SafetyLevel), SafetyLevel.MEDIUM),
        Key("fail_on", "severity from which findings make the exit code 1", member(Severity), NOT_SAID),
        Key("select", "only these checks", texts, ()),
        Key("ignore", "not these checks", texts, ()),
        Key("protected", "globs of tables whose loss or change weighs more", texts, ()),
        Key("money", "globs of columns that hold money", texts, ()),
        Key("audit_log", "the audit log's file", path, ".fingood/audit.jsonl"),
        Key("backup_dir", "the folder of backup points", path, ".fingood/backups"),
        Key("sandbox.server", "auto, embedded, system, target or a server's URL", text, "auto"),
        Key("sandbox.baseline", "what to build before the first revision", text, ""),
        Key("sandbox.copy", "what comes over from the target", one_of("schema", "sample", "full"), "schema"),
        Key("sandbox.sample_rows", "rows a table of a sample", count, 1000),
        Key("sandbox.estimate", "whether a check measures how long statements will take", truth, True),
        Key("sandbox.timeout", "longest run of an upgrade or downgrade in the sandbox", seconds, 900.0),
        Key("guard.enabled", "whether env.py's guard acts", truth, True),
        Key("guard.lock_timeout", "longest wait for a lock", seconds, 5.0),
        Key("guard.statement_timeout", "longest statement, 0 for none", seconds, 0.0),
        Key("guard.concurrent_lock_timeout", "lock_timeout of CONCURRENTLY and VALIDATE", seconds, 0.0),
        Key("guard.advisory_wait", "how long to wait for another run", seconds, 10.0),
        Key(
            "guard.totals", "what an undeclared change of the ledger's sums does", one_of("stop", "warn", "off"), "stop"
        ),
        Key("guard.totals_rows", "rows beyond which a ledger is not summed up in a step", count, 2_000_000),
        Key("rollback.minimum", "the revision above which a history is tested", text, ""),
        Key("validation.workers", "connections that read a database at once", count, 2),
        Key("validation.statement_timeout", "how long one look at a table may take", seconds, 0.0),
        Key("validation.rules", "Python files with invariants of your own", texts, ()),
        Key("health.thresholds", "thresholds of health checks: id=WARNING/CRITICAL, or id=off", texts, ()),
        Key("health.statement_timeout", "how long one look of a health check may take", seconds, 10.0),
        Key("rollback.strength", "how closely data is compared", member(Strength), Strength.EXACT),
        Key("policy.approvals", "how many approvals a revision needs", count, 0),
        Key("policy.docstring", "what every revision's docstring must say", texts, ()),
        Key("policy.ticket_pattern", "what a ticket looks like, as a regular expression", pattern, ""),
        Key("policy.change_windows", "when changes may be made", change_windows, ()),
        Key("policy.freezes", "days on which nothing is changed", freezes, ()),
        Key("policy.require", "conditions that alembic upgrade has to meet", words(*GATE), ()),
        Key("policy.evidence_max_age", "how old a check of the pending revisions may be", seconds, 86400.0),
        Key("policy.rollback_accepts", "judgements of a way back that will do", words(*JUDGEMENTS), SAFE_JUDGEMENTS),
        Key("policy.backup_state", "how well a backup must be known", one_of(*BACKUP_STATES), "proven"),
        Key("policy.ticket", "the ticket of this deployment, for revisions that name none", text, ""),
        Key("policy.allow_override", "whether a reason may take the place of what is missing", truth, False),
        Key("policy.backup_max_age", "how old the newest backup may be", seconds, 86400.0),
    )
}

GROUPS = ("sandbox", "guard", "rollback", "validation", "policy", "health")

LEDGER_KEYS: Mapping[str, Callable[[object, Path], object]] = {
    **dict.fromkeys(
        ("amount", "debit_amount", "credit_amount", "currency", "transaction", "account", "direction"),
        column_or_path,
    ),
    "table": text,
    "date": text,
    "currency_code": text,
    "debit_values": texts,
    "credit_values": texts,
    "unit": one_of("major", "minor"),
    "double_entry": truth,
    "retention": period,
    "time_zone": zone,
    **dict.fromkeys((role.value for role in Role), text),
}

RETENTION_KEYS: Mapping[str, Callable[[object, Path], object]] = {"table": text, "years": count}

RULE_KEYS: Mapping[str, Callable[[object, Path], object]] = {
    **dict.fromkeys(("id", "table", "condition", "message", "effect"), text),
    "severity": member(Severity),
}

LISTS: Mapping[str, Mapping[str, Callable[[object, Path], object]]] = {
    "ledger": LEDGER_KEYS,
    "retention": RETENTION_KEYS,
    "rule": RULE_KEYS,
}
"""Settings that are lists of tables, ``[[tool.fingood.NAME]]``; each names a ``table``."""
