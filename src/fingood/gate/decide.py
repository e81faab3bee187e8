"""All conditions of the policy, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.exc import SQLAlchemyError

from fingood.errors import FingoodError
from fingood.gate.condition import Condition, Decision, State
from fingood.gate.control import approved, in_time, ticketed
from fingood.gate.data import valid
from fingood.gate.evidence import Found, backed_up, checked, proven
from fingood.gate.question import Question

CONDITIONS: Mapping[str, tuple[str, Callable[[Question], Found]]] = {
    "check": ("safety check", checked),
    "rollback": ("rollback proven", proven),
    "backup": ("backup", backed_up),
    "ticket": ("ticket", ticketed),
    "window": ("change window", in_time),
    "approval": ("approval", approved),
    "validation": ("data valid", valid),
}
"""The words of policy.require, each with its title and the function that looks. The only list of them."""


def decide(question: Question, *, override: str = "") -> Decision:
    """Looks at each condition of policy.require. ``override`` is a reason for going on all the same; it counts only
    where policy.allow_override says so."""
    policy = question.settings.policy
    return Decision(
        environment=question.settings.environment,
        target=question.target,
        revisions=tuple(revision.id for revision in question.pending),
        conditions=tuple(_look(name, question) for name in CONDITIONS if name in policy.require),
        override=" ".join(override.split()) if policy.allow_override else "",
    )


def _look(name: str, question: Question) -> Condition:
    title, look = CONDITIONS[name]
    try:
        state, evidence, remedy = look(question)
    except FingoodError as error:
        state, evidence, remedy = State.UNSEEN, error.message, error.hint
    except SQLAlchemyError as error:
        # The driver's own text may show rows.
        state, evidence, remedy = State.UNSEEN, f"the database could not be read ({type(error).__name__})", ""
    return Condition(name=name, title=title, state=state, evidence=" ".join(evidence.split()), remedy=remedy)
