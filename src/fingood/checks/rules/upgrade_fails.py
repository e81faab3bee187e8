"""The upgrade does not run.

## What it does
Runs upgrade() in the sandbox, on the state below the revision, and reports what it raised, with file and line.

## Why it matters
It will fail on the target too, with locks taken and, outside a transaction, half of the work done.

## Instead
Mend it. If it fails only in the sandbox (an extension, a role), the report's notes say what the sandbox lacks.

## Manual
PostgreSQL, Appendix A lists the SQLSTATE codes. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.subject import Subject
from fingood.model.finding import Direction
from fingood.model.plan import NO_SUCH_RELATION
from fingood.model.severity import Confidence, Severity

_BASELINE = (
    "# the first revision counts on what something else makes: put it into an SQL file,\n"
    '# baseline = "FILE.sql" in [tool.fingood.sandbox], or name the database it is there in'
)


@check(title="The upgrade fails", family=Family.RUN, severity=Severity.CRITICAL, essential=True)
def upgrade_fails(subject: Subject) -> Iterator[Hit]:
    plan = subject.upgrade
    failure = plan.failure if plan else None
    if plan is None or failure is None:
        return
    at = next((statement for statement in plan.statements if statement.failure), None)
    done = [one for one in plan.statements if one.autocommit and not one.failure]
    yield Hit(
        message=f"{'the file' if subject.is_plain_sql else 'upgrade()'} fails: {str(failure).rstrip('.')}.",
        effect=f"{len(done)} statements before it are already committed and stay."
        if done
        else "The transaction is rolled back.",
        location=failure.location or (at.location if at else None) or subject.location(direction=Direction.UPGRADE),
        remedy=_BASELINE if failure.sqlstate in NO_SUCH_RELATION and not plan.down_revisions else "",
        subject=subject.revision,
        confidence=Confidence.OBSERVED,
        evidence={"statement": " ".join(at.sql.split())} if at else {},
    )
