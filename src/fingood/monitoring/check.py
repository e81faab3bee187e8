"""A health check as a value: what it looks at, from when on it is ill, what follows and what mends it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy.engine import Connection

from fingood.catalog.queries import load_sql
from fingood.errors import ConfigError
from fingood.model.finding import Finding
from fingood.model.names import RelationName, quote_always
from fingood.model.severity import Confidence, Severity

Row = dict[str, Any]

_PLAIN: Mapping[str, float] = {"": 1}
_BYTES: Mapping[str, float] = {"": 1, "B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3, "TB": 1024**4}
_SECONDS: Mapping[str, float] = {"": 1, "MS": 0.001, "S": 1, "MIN": 60, "M": 60, "H": 3600, "D": 86400}


class Unit(Enum):
    """What a value counts: how it is shown, and which units a threshold in the settings may have."""

    SECONDS = "seconds"
    BYTES = "bytes"
    SHARE = "share"
    TIMES = "times"
    COUNT = "count"

    def show(self, value: float) -> str:
        """The value for people, with its unit."""
        if self is Unit.SECONDS:
            return f"{value * 1000:.0f} ms" if abs(value) < 1 else f"{value:,.0f} s"
        if self is Unit.BYTES:
            return _show_bytes(value)
        if self is Unit.SHARE:
            return f"{round(value * 100, 1):g}%"
        return f"{value:,.1f} times" if self is Unit.TIMES else f"{value:,.0f}"

    def read(self, text: str) -> float:
        """The number that a threshold's text means. Raises ValueError."""
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z%]*)\s*", text)
        if match is None:
            raise ValueError(text)
        number, word = float(match[1]), match[2].upper()
        if self is Unit.SHARE and word in ("", "%"):
            return number / 100 if word else number
        known = _SECONDS if self is Unit.SECONDS else _BYTES if self is Unit.BYTES else _PLAIN
        if word not in known:
            raise ValueError(text)
        return number * known[word]


def _show_bytes(value: float) -> str:
    for name in ("TB", "GB", "MB", "KB"):
        if abs(value) >= _BYTES[name]:
            return f"{value / _BYTES[name]:,.1f} {name}"
    return f"{value:,.0f} B"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The value of a row is ill from ``first`` on, and worse from ``second`` on; with ``below`` under them.
    ``severities`` are those of the two."""

    first: float
    second: float
    unit: Unit
    below: bool = False
    severities: tuple[Severity, Severity] = (Severity.WARNING, Severity.CRITICAL)

    def grade(self, value: float) -> Severity | None:
        """How ill a value is; None for well."""
        passed = [value < limit if self.below else value >= limit for limit in (self.first, self.second)]
        return self.severities[1] if passed[1] else self.severities[0] if passed[0] else None

    def __str__(self) -> str:
        return f"{'under ' if self.below else ''}{self.unit.show(self.first)} / {self.unit.show(self.second)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What must be there for a look: server versions (``since`` and ``before``, as 170000), an ``extension``, the right
    to read ``table`` or to call ``function``, membership in ``role``, a ``primary`` server. Without the role a
    ``partial`` look is taken all the same; when it finds nothing it was not a whole look."""

    since: int = 0
    before: int = 0
    extension: str = ""
    table: str = ""
    function: str = ""
    role: str = ""
    partial: bool = False
    primary: bool = False
    standby: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """One check. ``title`` says what must hold, ``source`` where the rule comes from.

    It looks with the SQL of ``sql/<dialect>/<id>.sql``, with ``older`` (from which version down, and the file's name)
    on old servers, with the catalog's query ``shared``, or with the function ``look``. Every row is a thing that is ill
    with ``severity``, or, with ``limits``, whose ``column`` is held to them. A row's column ``unseen`` says why
    it cannot be judged. ``subject``, ``message``, ``effect``, ``remedy`` and ``observed`` are filled in from the row:
    ``{name}`` for people, ``{name_sql}`` quoted for SQL, ``{shown}`` the value with its unit.
    """

    id: str
    title: str
    source: str
    message: str
    remedy: str
    effect: str = ""
    dialect: str = "postgresql"
    subject: str = "{name}"
    observed: str = ""
    severity: Severity = Severity.WARNING
    limits: Limits | None = None
    column: str = "value"
    shared: str = ""
    older: tuple[int, str] | None = None
    look: Callable[[Connection], list[Row]] | None = None
    needs: Needs = field(default_factory=Needs)
    comprehensive: bool = True

    def sql(self, server_version: int) -> str:
        """The text of its query for that version of the server."""
        if self.shared:
            return load_sql(self.dialect, self.shared)
        name = self.older[1] if self.older and server_version < self.older[0] else self.id
        return read_sql(self.dialect, name)

    @property
    def threshold(self) -> str:
        """What a value is held to, for people."""
        return str(self.limits) if self.limits else "none"

    def judge(self, rows: list[Row]) -> Iterator[Finding]:
        """What is ill in the rows of its query."""
        for row in rows:
            if row.get("unseen"):
                continue
            severity = self.severity if self.limits is None else self.limits.grade(float(row[self.column]))
            if severity is not None:
                yield self._finding(row, severity)

    def _finding(self, row: Row, severity: Severity) -> Finding:
        words = _Words({**row, "value": row.get(self.column)}, self.limits.unit if self.limits else None)
        shown = self.observed or ("{shown}" if self.limits else "found")
        return Finding(
            check=self.id,
            severity=severity,
            confidence=Confidence.OBSERVED,
            message=self.message.format_map(words) + (f" (threshold {self.threshold})" if self.limits else ""),
            effect=self.effect.format_map(words),
            remedy=self.remedy.format_map(words),
            subject=self.subject.format_map(words),
            evidence={
                "observed": shown.format_map(words),
                "threshold": self.threshold,
                "source": self.source,
            },
        )


class _Words(dict[str, str]):
    """A row's columns for people and, with ``_sql``, for SQL. ``name``, ``table`` and what else names a relation gets
    the row's schema before it, but not as ``name_text``."""

    _RELATIONS = ("name", "table", "twin", "wider", "parent")

    def __init__(self, row: Row, unit: Unit | None) -> None:
        super().__init__()
        self._row, self._unit = row, unit

    def __missing__(self, key: str) -> str:
        if key == "shown":
            return self._unit.show(float(self._row["value"])) if self._unit else ""
        if key.endswith("_bytes"):
            return Unit.BYTES.show(float(self._row[key.removesuffix("_bytes")]))
        column = key.removesuffix("_sql")
        bare = column.endswith("_text")
        column = column.removesuffix("_text")
        value = self._row[column]
        if bare:
            return str(value) if key.endswith("_text") else quote_always(str(value))
        if column in self._RELATIONS and "schema" in self._row:
            name = RelationName(self._row["schema"], str(value))
            return name.sql if key != column else str(name)
        if key != column:
            return quote_always(str(value))
        if isinstance(value, float):
            return f"{value:,.0f}"
        return f"{value:,}" if isinstance(value, int) and column != "pid" else str(value)


@cache
def read_sql(dialect: str, name: str) -> str:
    """The text of ``sql/<dialect>/<name>.sql`` of this room."""
    file = resources.files("fingood.monitoring") / "sql" / dialect / f"{name}.sql"
    return file.read_text(encoding="utf-8")


def with_thresholds(checks: tuple[HealthCheck, ...], entries: tuple[str, ...]) -> tuple[HealthCheck, ...]:
    """The checks, held to the thresholds that the settings say: ``id=WARNING/CRITICAL``, ``id=WARNING`` or ``id=off``.

    Raises ConfigError for an id that no check has, one without thresholds, and a value that cannot be read.
    """
    chosen = dict(_entry(entry) for entry in entries)
    known = {check.id for check in checks}
    for identity, value in chosen.items():
        if identity not in known:
            raise _wrong(f"no health check '{identity}'")
        # One id may be a check of each dialect, with a threshold in one of them.
        limited = any(check.limits for check in checks if check.id == identity)
        if not limited and value != "off":
            raise _wrong(f"{identity} has no threshold to change")
    held = (_held_to(check, chosen.get(check.id, "")) for check in checks)
    return tuple(check for check in held if check is not None)


def _entry(text: str) -> tuple[str, str]:
    identity, equals, value = text.partition("=")
    if not equals or not value.strip():
        raise _wrong(f"'{text}' is no threshold")
    return identity.strip(), value.strip()


def _held_to(check: HealthCheck, text: str) -> HealthCheck | None:
    if not text:
        return check
    if text == "off":
        return None
    if check.limits is None:
        return check
    first, _, second = text.partition("/")
    try:
        low = check.limits.unit.read(first)
        high = check.limits.unit.read(second) if second else check.limits.second
    except ValueError:
        raise _wrong(f"{check.id}: '{text}' is no {check.limits.unit.value}, like {check.limits}") from None
    return replace(check, limits=replace(check.limits, first=low, second=high))


def _wrong(what: str) -> ConfigError:
    return ConfigError(
        f"health.thresholds: {what}", key="health.thresholds", hint="like 'dead-rows=20%/50%'; docs/health-checks.md"
    )


END_OF_SUPPORT = {
    13: date(2025, 11, 13),
    14: date(2026, 11, 12),
    15: date(2027, 11, 11),
    16: date(2028, 11, 9),
    17: date(2029, 11, 8),
    18: date(2030, 11, 14),
}
"""The day of a major version's last fixes (postgresql.org/support/versioning)."""
