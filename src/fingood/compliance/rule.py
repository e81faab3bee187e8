"""A rule: a question that evidence can answer, as one pure function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from fingood.compliance.evidence import Evidence
from fingood.compliance.verdict import Answer, EvidenceKind, no_evidence

Ask = Callable[[Evidence], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """``holds`` is the sentence that is true where the rule is satisfied."""

    id: str
    holds: str
    kinds: tuple[EvidenceKind, ...]
    ask: Ask


def rule(holds: str, *kinds: EvidenceKind) -> Callable[[Ask], Rule]:
    """Makes a function a Rule, named as the function. A rule that rests on events is not asked where the log is
    missing or broken, one that rests on the database not where nobody could look."""

    def make(ask: Ask) -> Rule:
        @wraps(ask)
        def guarded(evidence: Evidence) -> Answer:
            if EvidenceKind.EVENTS in kinds and evidence.log.trouble:
                return no_evidence(evidence.log.trouble)
            if EvidenceKind.DATABASE in kinds and evidence.no_database:
                return no_evidence(evidence.no_database)
            return ask(evidence)

        name = getattr(ask, "__name__", "rule")
        return Rule(id=name.replace("_", "-"), holds=holds, kinds=kinds, ask=guarded)

    return make
