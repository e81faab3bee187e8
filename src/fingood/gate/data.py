"""Whether the data that is there now adds up: the invariants, looked at right before the upgrade."""

from __future__ import annotations

from pathlib import Path

from fingood.gate.condition import State
from fingood.gate.evidence import Found
from fingood.gate.question import Question
from fingood.model.report import Outcome

_VALIDATE = "python migrations/test_migrations.py --validate-data"


def valid(question: Question) -> Found:
    """The quick validation, on a connection of its own, finds nothing at or above fail_on. A database without
    revisions has nothing to validate yet."""
    from fingood.catalog import connect
    from fingood.validation import validate
    from fingood.validation.own_rules import own_invariants

    settings = question.settings
    if question.fresh:
        return State.MET, "the database has no revision yet, so no data to judge", ""
    if not question.url:
        return State.UNSEEN, "this database can be reached by the migration's own connection only", _VALIDATE
    own = own_invariants(settings.rules, (Path(settings.project.root, name) for name in settings.validation.rules))
    with connect(
        question.url, application_name="fingood gate", statement_timeout=settings.validation.statement_timeout
    ) as connection:
        runs = validate(connection, "quick", mappings=settings.ledger, money=settings.money, own=own)
    blocking = [f for run in runs for f in run.findings if f.severity >= settings.fail_on]
    errored = next((run.reason for run in runs if run.outcome is Outcome.ERRORED), "")
    held = sum(run.outcome is Outcome.PASSED for run in runs)
    if blocking:
        return State.MISSING, f"{len(blocking)} findings, first: {blocking[0].message}", _VALIDATE
    if errored:
        return State.UNSEEN, f"not everything could be read: {errored}", _VALIDATE
    if not held:
        reasons = sorted({run.reason for run in runs if run.outcome is Outcome.SKIPPED})
        return State.UNSEEN, f"nothing was validated: {'; '.join(reasons[:2])}", "see docs/validation.md"
    return State.MET, f"{held} invariants hold now", ""
