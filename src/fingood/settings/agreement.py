"""Settings that contradict each other: how long rows must be kept, and how long they may be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fnmatch import fnmatchcase

from fingood.errors import ConfigError
from fingood.model.change import RetentionRule
from fingood.model.period import Period
from fingood.settings.values import LedgerMapping

_ANY_DAY = date(2000, 3, 1)
"""Periods of years, months and days compare by where they lead from one day."""


def require_agreement(ledger: Iterable[LedgerMapping], retention: Iterable[RetentionRule]) -> None:
    """Raises ConfigError where a table's rows must be kept for longer than they may be."""
    rules = tuple(retention)
    for mapping in ledger:
        most = mapping.retention
        for rule in rules if most is not None else ():
            if _fits(mapping.table, rule.table) and _shorter(most, Period(years=rule.years)):
                raise ConfigError(
                    f"the settings say that rows of {mapping.table} are kept for at most {most} (ledger.retention) and"
                    f" for at least {rule.years} years (retention of '{rule.table}')",
                    key="retention",
                    hint="one of the two has to give way: no row could obey both",
                )


def _shorter(most: Period | None, least: Period) -> bool:
    return most is not None and most.before(_ANY_DAY) > least.before(_ANY_DAY)


def _fits(table: str, glob: str) -> bool:
    """A glob with a point is for schema and table, one without for the table; who names no schema means public."""
    name = table.replace('"', "")
    full = name if "." in name else f"public.{name}"
    return fnmatchcase(full, glob) if "." in glob else fnmatchcase(full.rpartition(".")[2], glob)
