"""One condition as it was found, and the decision that all of them make."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """How a condition was found. ``UNSEEN``: nobody could look, so it is not met."""

    MET = "met"
    MISSING = "missing"
    UNSEEN = "unseen"

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """``name`` is the word of ``policy.require``; ``title`` what people read; ``evidence`` what shows it, or what is
    lacking; ``remedy`` the next command to type, '' where it is met."""

    name: str
    title: str
    state: State
    evidence: str
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """``override`` is the reason that somebody gave for going on without what is missing, where the settings allow it.
    ``sequence`` is its event in the audit log, 0 before it was recorded."""

    environment: str
    target: str
    revisions: tuple[str, ...]
    conditions: tuple[Condition, ...]
    override: str = ""
    sequence: int = 0

    @property
    def missing(self) -> tuple[Condition, ...]:
        """Every condition that is not met, those that nobody could look at included."""
        return tuple(condition for condition in self.conditions if condition.state is not State.MET)

    @property
    def allowed(self) -> bool:
        return not self.missing or bool(self.override)

    @property
    def headline(self) -> str:
        """The answer in one line."""
        number, of = len(self.missing), len(self.conditions)
        if not number:
            return f"allowed in {self.environment}: all {of} conditions are met"
        verb = "is" if number == 1 else "are"
        lacking = f"{number} of {of} conditions {verb} not met"
        if self.override:
            return f"overridden in {self.environment}: {lacking}; reason given: {self.override}"
        return f"blocked in {self.environment}: {lacking}"

    @property
    def lines(self) -> tuple[str, ...]:
        """One line a condition: state, title, evidence and what to do."""
        words = {State.MET: "ok", State.MISSING: "missing", State.UNSEEN: "unseen"}
        wide = max((len(condition.title) for condition in self.conditions), default=0)
        return tuple(
            f"{words[one.state]:<8} {one.title:<{wide}}  {one.evidence}" + (f"  →  {one.remedy}" if one.remedy else "")
            for one in self.conditions
        )
