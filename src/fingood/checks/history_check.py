"""What a check of a history is, how a file of :mod:`fingood.checks.history` declares one, and how all are run."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from types import MappingProxyType

from fingood.checks import history
from fingood.checks._check import Hit
from fingood.checks.past import Past
from fingood.model.finding import Finding
from fingood.model.report import CheckRun, Outcome
from fingood.model.severity import Severity

PREFIX = "history-"


@dataclass(frozen=True, slots=True)
class Gap:
    """What a check could not judge, and why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryCheck:
    """A check of the history as a whole: its id, its page (Markdown) and its judgement. ``loads`` says that it judges
    a history that Alembic can load, and is skipped where it cannot."""

    id: str
    title: str
    severity: Severity
    page: str
    function: Callable[[Past], Iterable[Hit | Gap]]
    loads: bool = True


_DECLARED: dict[str, HistoryCheck] = {}

HISTORY_IDS = tuple(PREFIX + module.name.replace("_", "-") for module in pkgutil.iter_modules(history.__path__))
"""The ids, without importing the checks."""


def history_check(
    *, title: str, severity: Severity, loads: bool = True
) -> Callable[[Callable[[Past], Iterable[Hit | Gap]]], Callable[[Past], Iterable[Hit | Gap]]]:
    """Declares the function a check of the history. Its id is ``history-`` and the file's name with hyphens."""

    def register(function: Callable[[Past], Iterable[Hit | Gap]]) -> Callable[[Past], Iterable[Hit | Gap]]:
        module = sys.modules[function.__module__]
        identity = PREFIX + module.__name__.rpartition(".")[2].replace("_", "-")
        _DECLARED[identity] = HistoryCheck(
            id=identity,
            title=title,
            severity=severity,
            page=(module.__doc__ or "").strip(),
            function=function,
            loads=loads,
        )
        return function

    return register


@cache
def history_checks() -> Mapping[str, HistoryCheck]:
    """Every check of the history; those of its loading first."""
    for module in pkgutil.iter_modules(history.__path__):
        importlib.import_module(f"{history.__name__}.{module.name}")
    return MappingProxyType(dict(sorted(_DECLARED.items(), key=lambda item: (item[1].loads, item[0]))))


def choose_history_checks(select: Collection[str], ignore: Collection[str]) -> tuple[HistoryCheck, ...]:
    """The checks that fit a glob of ``select`` and none of ``ignore``. A selection that names no check of the history
    is about the checks of revisions: then all of them run."""
    ours = [glob for glob in select if any(fnmatchcase(identity, glob) for identity in HISTORY_IDS)]
    return tuple(
        check
        for identity, check in history_checks().items()
        if (not ours or any(fnmatchcase(identity, glob) for glob in ours))
        and not any(fnmatchcase(identity, glob) for glob in ignore)
    )


def run_history_check(check: HistoryCheck, past: Past) -> CheckRun:
    """One check, run once."""
    if check.loads and past.history is None:
        return CheckRun(check=check.id, outcome=Outcome.SKIPPED, reason="the history does not load")
    hits: list[Hit] = []
    gaps: list[str] = []
    for found in check.function(past):
        if isinstance(found, Gap):
            gaps.append(found.reason)
        else:
            hits.append(found)
    outcome = Outcome.FAILED if hits else Outcome.SKIPPED if gaps else Outcome.PASSED
    return CheckRun(
        check=check.id,
        outcome=outcome,
        findings=tuple(_finding(check, hit) for hit in hits),
        reason="; ".join(dict.fromkeys(gaps)),
    )


def _finding(check: HistoryCheck, hit: Hit) -> Finding:
    return Finding(
        check=check.id,
        severity=hit.severity or check.severity,
        confidence=hit.confidence,
        message=hit.message,
        effect=hit.effect,
        remedy=hit.remedy,
        location=hit.location,
        subject=hit.subject,
        evidence=hit.evidence,
    )
