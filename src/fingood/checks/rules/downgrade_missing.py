"""No way back in the revision.

## What it does
Finds revisions without downgrade(), or whose downgrade() does nothing or only raises, while upgrade() does something.
Silent where upgrade() leaves nothing to take back (VALIDATE CONSTRAINT, REINDEX, ANALYZE, REFRESH). An info where
the revision declares `irreversible = "reason"`, or only adds values to an enum, which PostgreSQL cannot take away.

## Why it matters
The only way back is then a restore, with all that was written since; an empty downgrade() even reports success.

## Instead
Write the reverse of upgrade() and prove it with `fingood test-rollback`.

## Standard
ITIL change enablement (back-out plan), SOX change control. Since fingood 0.1.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.finding import Direction
from fingood.model.plan import Plan
from fingood.model.severity import SafetyLevel, Severity
from fingood.revisions.shape import Body

_WORDS = {
    Body.MISSING: "there is no downgrade()",
    Body.EMPTY: "downgrade() does nothing while upgrade() does something",
    Body.RAISES: "downgrade() only raises",
}
_LEAVES_NOTHING = frozenset(
    {
        Verb.VALIDATE_CONSTRAINT,
        Verb.ANALYZE,
        Verb.VACUUM,
        Verb.VACUUM_FULL,
        Verb.CLUSTER,
        Verb.REINDEX,
        Verb.REFRESH_MATVIEW,
        Verb.SET,
        Verb.SELECT,
        Verb.LOCK,
    }
)
"""What changes nothing that a downgrade could take back."""


@check(
    title="There is no way back",
    family=Family.ROLLBACK,
    severity=Severity.ERROR,
    needs=(Need.SOURCE,),
    at_level={SafetyLevel.LOW: Severity.WARNING},
)
def downgrade_missing(subject: Subject) -> Iterator[Hit]:
    shape = subject.shape
    if shape is None or shape.downgrade is Body.CODE or shape.upgrade is not Body.CODE:
        return
    verbs = _verbs(subject.upgrade)
    if verbs is not None and verbs <= _LEAVES_NOTHING:
        return
    declared = _declared(subject)
    only_values = verbs is not None and verbs <= _LEAVES_NOTHING | {Verb.ALTER_ENUM_ADD}
    reason = f" It declares why: {declared}." if declared else " Enum values cannot be taken away." * only_values
    yield Hit(
        message=f"{subject.revision}: {_WORDS[shape.downgrade]}.{reason}",
        effect="alembic downgrade reports success and leaves the change in place."
        if shape.downgrade is Body.EMPTY
        else "The only way back is a restored backup, without what was written since.",
        remedy="def downgrade() -> None:\n"
        f"    ...  # the reverse of upgrade(); then: fingood test-rollback {subject.revision}",
        location=subject.location(shape.downgrade_line or shape.upgrade_line, Direction.DOWNGRADE),
        subject=subject.revision,
        severity=Severity.INFO if reason else None,
    )


def _verbs(plan: Plan | None) -> frozenset[Verb] | None:
    """What the upgrade does, apart from Alembic's bookkeeping; None where nobody saw all of it.

    A SELECT that calls functions may do anything, as a CALL does.
    """
    if plan is None or plan.failure or plan.unrendered or any(statement.opaque for statement in plan.statements):
        return None
    return frozenset(
        Verb.CALL if action.verb is Verb.SELECT and action.detail else action.verb
        for statement in plan.statements
        for action in statement.actions
        if not (action.relation and action.relation.name == "alembic_version")
    )


def _declared(subject: Subject) -> str:
    """The text of a top-level ``irreversible = "..."``."""
    for node in subject.tree.body if subject.tree else ():
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "irreversible" for target in node.targets
        ):
            value = node.value
            text = value.value if isinstance(value, ast.Constant) else ""
            return text.strip().rstrip(".") if isinstance(text, str) else ""
    return ""
