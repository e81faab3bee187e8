"""What a check is, and how a file of :mod:`fingood.checks.rules` declares one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from fingood.model.finding import Location
from fingood.model.live import Look
from fingood.model.names import RelationName
from fingood.model.severity import Confidence, SafetyLevel, Severity

if TYPE_CHECKING:
    from fingood.checks.places import Place
    from fingood.checks.subject import Subject


class Family(Enum):
    """What kind of harm a check is about. It decides which context makes a finding lighter or void."""

    LOCK = "locks"
    LOSS = "data loss"
    BREAKAGE = "compatibility"
    MONEY = "money and data protection"
    ROLLBACK = "way back"
    RUN = "the run itself"
    SOURCE = "the revision's source"
    DESIGN = "design"
    LIVE = "the live database"
    CONTROL = "change control"

    @property
    def spares_new_tables(self) -> bool:
        """Whether a table that did not exist before is beyond harm."""
        return self in (Family.LOCK, Family.LOSS, Family.BREAKAGE)


class Need(Enum):
    """What a check must have to judge."""

    # As for Verb: sets of needs are asked for every check of every file.
    __hash__ = object.__hash__

    PLAN = "the statements of the upgrade"
    DOWNGRADE = "the statements of the downgrade"
    FACTS = "the schema below the revision"
    SOURCE = "the revision's source"
    HISTORY = "the revision history"
    TARGET = "the sizes of the target database"
    LIVE = "a look at the live database"
    CONTROL = "what change control knows of the revision"


class Claim(Enum):
    """What a check says that the server does to the table; a run confirms it or shows that it is wrong."""

    REWRITE = "writes every row anew"
    SCAN = "reads every row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One place where a check found something.

    ``table`` is what the harm falls on: new, small and protected tables weigh differently. ``severity`` overrides the
    check's own. ``remedy`` is Python to paste into a revision; of a live check, SQL or a command. Without ``location``
    the place's own is taken. ``tells`` is False where a sandbox may behave otherwise than the target (its time zone).
    """

    message: str
    effect: str = ""
    remedy: str = ""
    place: Place | None = None
    table: RelationName | None = None
    subject: str = ""
    location: Location | None = None
    severity: Severity | None = None
    confidence: Confidence = Confidence.PARSED
    tells: bool = True
    evidence: Mapping[str, str] = field(default_factory=dict)


CheckFunction = Callable[["Subject"], Iterable[Hit]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check: its id (the name of its file), what it judges, and the function that does.

    ``at_level`` gives the severity at safety levels where it is not ``severity``; ``from_level`` the lowest level at
    which the check runs. ``page`` is its documentation, in Markdown. Without the answer of an ``essential`` check
    nobody may call the revision judged: what keeps it from looking is an error, not a skip. ``claim`` is what a run of
    the statement can prove or refute. ``looks`` are the looks at the live database without which it is blind.
    """

    id: str
    title: str
    family: Family
    severity: Severity
    page: str
    function: CheckFunction
    needs: frozenset[Need] = frozenset({Need.PLAN})
    dialects: frozenset[str] = frozenset({"postgresql", "sqlite"})
    at_level: Mapping[SafetyLevel, Severity] = field(default_factory=dict)
    from_level: SafetyLevel = SafetyLevel.LOW
    essential: bool = False
    claim: Claim | None = None
    looks: frozenset[Look] = frozenset()

    @property
    def live(self) -> bool:
        """Whether it is about this moment and this database, not about the revision alone."""
        return bool(self.needs & {Need.LIVE, Need.CONTROL})

    def severity_at(self, level: SafetyLevel) -> Severity:
        """How bad a finding of this check is at ``level``."""
        return self.at_level.get(level, self.severity)


POSTGRESQL = frozenset({"postgresql"})
EVERYWHERE = frozenset({"postgresql", "sqlite"})

REGISTERED: dict[str, Check] = {}
"""Filled by the decorator while :mod:`fingood.checks.catalogue` imports the files of the rules."""


def check(
    *,
    title: str,
    family: Family,
    severity: Severity,
    needs: Iterable[Need] = (Need.PLAN,),
    dialects: frozenset[str] = EVERYWHERE,
    at_level: Mapping[SafetyLevel, Severity] | None = None,
    from_level: SafetyLevel = SafetyLevel.LOW,
    essential: bool = False,
    claim: Claim | None = None,
    looks: Iterable[Look] = (),
) -> Callable[[CheckFunction], CheckFunction]:
    """Declares the function a check. Its id is the file's name with hyphens, its page the file's docstring."""

    def register(function: CheckFunction) -> CheckFunction:
        module = sys.modules[function.__module__]
        identity = module.__name__.rpartition(".")[2].replace("_", "-")
        assert identity not in REGISTERED, f"two checks in {module.__name__}"
        REGISTERED[identity] = Check(
            id=identity,
            title=title,
            family=family,
            severity=severity,
            page=(module.__doc__ or "").strip(),
            function=function,
            needs=frozenset(needs),
            dialects=dialects,
            at_level=at_level or {},
            from_level=from_level,
            essential=essential,
            claim=claim,
            looks=frozenset(looks),
        )
        return function

    return register
