"""A Proof → findings: one for each thing that the way back loses, leaves or cannot do, with the code that mends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fingood.model.finding import Direction, Finding, Location
from fingood.model.plan import Failure, Plan
from fingood.model.report import CheckRun, Outcome
from fingood.model.severity import Confidence, Severity
from fingood.model.snapshot import Difference, Grade
from fingood.rollback.proof import Judgement, Loss, Proof
from fingood.rollback.remedies import in_order
from fingood.validation.reconcile import ROWS, SUMS

CHECK = "rollback"
STAGES = ("rollback-upgrade", "rollback-downgrade", "rollback-schema", "rollback-data", "rollback-reupgrade")


def runs_of(proof: Proof) -> tuple[CheckRun, ...]:
    """The proof as check runs, one a stage. What could not be looked at is skipped or errored with its reason."""
    if proof.judgement is Judgement.UNJUDGED:
        return (CheckRun(check=CHECK, outcome=Outcome.ERRORED, reason=proof.reason, subject=proof.revision),)
    findings = tuple(findings_of(proof))
    unread = (
        CheckRun(check=SUMS, outcome=Outcome.SKIPPED, reason=reason, subject=proof.revision)
        for reason in proof.not_summed_up
    )
    return (*(_stage(proof, name, findings) for name in STAGES), *unread)


def _stage(proof: Proof, name: str, findings: tuple[Finding, ...]) -> CheckRun:
    own = tuple(finding for finding in findings if _stage_of(finding) == name)
    reason = _unseen(proof, name)
    if any(finding.severity >= Severity.WARNING for finding in own):
        outcome = Outcome.FAILED
    else:
        outcome = Outcome.SKIPPED if reason and not own else Outcome.PASSED
    plan = {"rollback-upgrade": proof.up, "rollback-downgrade": proof.down, "rollback-reupgrade": proof.again}.get(name)
    return CheckRun(
        check=name,
        outcome=outcome,
        findings=own,
        duration=(plan.duration or 0.0) if plan is not None else 0.0,
        reason=reason if outcome is Outcome.SKIPPED else "",
        subject=proof.revision,
    )


def _stage_of(finding: Finding) -> str:
    if finding.check in ("rollback-missing", "rollback-fails", "rollback-declared"):
        return "rollback-downgrade"
    if finding.check.startswith("reupgrade"):
        return "rollback-reupgrade"
    if finding.check in ("upgrade-fails", SUMS, ROWS):
        return "rollback-upgrade"
    return "rollback-data" if finding.evidence.get("data") == "yes" else "rollback-schema"


def _unseen(proof: Proof, name: str) -> str:
    """Why a stage did not happen or proves nothing; empty when it was looked at."""
    if name == "rollback-upgrade":
        return ""
    if proof.judgement is Judgement.FAILING_UPGRADE:
        return "the upgrade fails"
    if proof.judgement is Judgement.DECLARED:
        return "the revision declares that there is no way back"
    if name != "rollback-downgrade" and proof.judgement is Judgement.FAILING_DOWNGRADE and not proof.only_with_rows:
        return "the downgrade fails"
    if name == "rollback-data" and not proof.seeding:
        return "no table holds rows, so nothing could be lost"
    return ""


def findings_of(proof: Proof) -> Iterator[Finding]:
    """Everything the proof has to say, in the order of the three runs."""
    location = _place(proof, Direction.UPGRADE)
    yield from (replace(finding, location=location) for finding in proof.totals)
    if proof.judgement is Judgement.FAILING_UPGRADE:
        yield _upgrade_fails(proof)
    elif proof.judgement is Judgement.DECLARED:
        yield _declared(proof)
    else:
        if failed := _failure(proof.down):
            yield _downgrade_fails(proof, failed)
        elif proof.downgrade_missing and proof.losses:
            yield _missing(proof)
        if proof.edge_failure is not None:
            yield _fails_at_edges(proof, proof.edge_failure)
        losses = {id(loss.difference): loss for loss in proof.losses}
        for difference, remedy in in_order([loss.difference for loss in proof.losses]):
            yield _loss(proof, losses[id(difference)], remedy)
        if failed := _failure(proof.again):
            yield _again_fails(proof, failed)
        for difference in proof.drift:
            yield _drift(proof, difference)


def _failure(plan: Plan | None) -> Failure | None:
    return plan.failure if plan is not None else None


def _place(proof: Proof, direction: Direction, failure: Failure | None = None) -> Location:
    line = failure.location.line if failure is not None and failure.location is not None else None
    return Location(path=proof.path, line=line, revision=proof.revision, direction=direction)


def _statement(plan: Plan | None) -> str:
    failed = [statement.sql for statement in plan.statements if statement.failure] if plan is not None else []
    return failed[-1] if failed else ""


def _upgrade_fails(proof: Proof) -> Finding:
    failure = _failure(proof.up)
    return Finding(
        check="upgrade-fails",
        severity=Severity.ERROR,
        confidence=Confidence.OBSERVED,
        message=f"upgrade() fails: {failure}",
        effect="The revision cannot be applied to the state below it, so its way back could not be tried either.",
        location=_place(proof, Direction.UPGRADE, failure),
        subject=proof.revision,
        statement=_statement(proof.up),
    )


def _declared(proof: Proof) -> Finding:
    return Finding(
        check="rollback-declared",
        severity=Severity.INFO,
        confidence=Confidence.PARSED,
        message=f"declared irreversible: {proof.reason}",
        effect="The only way back is a backup taken before the upgrade.",
        remedy="fingood create-backup --type deployment",
        location=_place(proof, Direction.DOWNGRADE),
        subject=proof.revision,
    )


def _downgrade_fails(proof: Proof, failure: Failure) -> Finding:
    if failure.error == "NotImplementedError":
        return Finding(
            check="rollback-missing",
            severity=Severity.ERROR,
            confidence=Confidence.OBSERVED,
            message="downgrade() is not implemented",
            effect="Nobody can go back past this revision, and nothing below it can be reached from above.",
            remedy='write downgrade(), or declare at the top of the file: irreversible = "why, and what to do instead"',
            location=_place(proof, Direction.DOWNGRADE, failure),
            subject=proof.revision,
        )
    when = " as soon as the table holds rows (on empty tables it runs)" if proof.only_with_rows else ""
    return Finding(
        check="rollback-fails",
        severity=Severity.ERROR,
        confidence=Confidence.OBSERVED,
        message=f"downgrade() fails{when}: {failure}",
        effect="In an emergency this revision cannot be taken back; what ran before the failure may stay behind.",
        location=_place(proof, Direction.DOWNGRADE, failure),
        subject=failure.table or proof.revision,
        statement=_statement(proof.down),
    )


def _fails_at_edges(proof: Proof, failure: Failure) -> Finding:
    return Finding(
        check="rollback-fails",
        severity=Severity.WARNING,
        confidence=Confidence.OBSERVED,
        message=f"downgrade() fails on values at the edges of their types: {failure}",
        effect="Where real rows hold such values, the revision cannot be taken back. On plain values it can.",
        location=_place(proof, Direction.DOWNGRADE, failure),
        subject=failure.table or proof.revision,
    )


def _missing(proof: Proof) -> Finding:
    return Finding(
        check="rollback-missing",
        severity=Severity.ERROR,
        confidence=Confidence.OBSERVED,
        message=f"downgrade() does nothing, and {_count(proof)} that upgrade() made stay behind",
        effect="alembic downgrade reports success and steps down the version while the schema stays as it is.",
        remedy='write downgrade(), or declare at the top of the file: irreversible = "why, and what to do instead"',
        location=_place(proof, Direction.DOWNGRADE),
        subject=proof.revision,
    )


def _count(proof: Proof) -> str:
    number = len(proof.losses)
    return "1 change" if number == 1 else f"{number} changes"


_CHECKS = {Grade.LOST: "rollback-lossy", Grade.CHANGED: "rollback-lossy", Grade.LEFT: "rollback-residue"}
_SEVERITIES = {Grade.LOST: Severity.ERROR, Grade.CHANGED: Severity.ERROR, Grade.LEFT: Severity.WARNING}


def _loss(proof: Proof, loss: Loss, remedy: str) -> Finding:
    difference = loss.difference
    return Finding(
        check=_CHECKS.get(difference.grade, "rollback-cosmetic"),
        severity=_SEVERITIES.get(difference.grade, Severity.INFO),
        confidence=Confidence.OBSERVED,
        message=describe(loss),
        effect=_EFFECTS.get((difference.grade, difference.data), ""),
        remedy=remedy,
        location=_place(proof, Direction.DOWNGRADE),
        subject=str(difference.object),
        evidence={
            "grade": str(difference.grade),
            "data": "yes" if difference.data else "no",
            "property": difference.property,
            "before": difference.before,
            "after": difference.after,
        },
    )


_EFFECTS = {
    (Grade.LOST, True): "These values cannot be had back from the database.",
    (Grade.CHANGED, True): "The values before the upgrade cannot be had back from the database.",
    (Grade.LOST, False): "The schema after the way back lacks it.",
    (Grade.CHANGED, False): "The schema after the way back is not the one before.",
    (Grade.LEFT, False): "It stays behind and may stand in the way of the next upgrade.",
    (Grade.LEFT, True): "Data that the upgrade wrote stays behind.",
    (Grade.COSMETIC, False): "Only statements that rely on it notice: INSERT without column names, COPY, SELECT *.",
}


def describe(loss: Loss) -> str:
    """One line: the object, what happened to it, and up to three rows that show it."""
    return _headline(loss) + _rows(loss)


def _headline(loss: Loss) -> str:
    d = loss.difference
    if d.data:
        return _data(loss)
    if not d.property:
        what = "is lost" if d.grade is Grade.LOST else "is left behind"
        detail = d.before or d.after
        return f"{d.object} {what}{': ' + _short(detail) if detail else ''}"
    if d.property == "column order":
        return f"{d.object}: the columns come back in another order: {_short(d.after)}"
    return f"{d.object}: {d.property} was {_short(d.before) or 'not set'}, comes back as {_short(d.after) or 'not set'}"


def _data(loss: Loss) -> str:
    d = loss.difference
    if d.property == "rows" and d.before.isdigit() and d.after.isdigit():
        number = int(d.after) - int(d.before)
        return f"{d.object}: {abs(number)} {'rows too many' if number > 0 else f'of {d.before} rows are lost'}"
    if d.property == "rows":
        return f"{d.object}: {d.before}, {d.after}"
    if d.grade is Grade.LOST:
        return f"{d.object}: it held {d.before} values, it comes back with {d.after.partition(' ')[0]}"
    if " of " in d.after:
        return f"{d.object}: it held {d.before} values, it comes back with {d.after}"
    return f"{d.object}: {_counted(loss)}values come back changed"


def _counted(loss: Loss) -> str:
    if not loss.rows:
        return ""
    return f"{'' if loss.complete else 'at least '}{loss.rows} of {loss.total} "


def _rows(loss: Loss) -> str:
    shown = "; ".join(f"{example.key}: {example.before} → {example.after}" for example in loss.examples)
    return (f", {loss.detail}" if loss.detail else "") + (f", for example {shown}" if shown else "")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else line[:157] + "..."


def _again_fails(proof: Proof, failure: Failure) -> Finding:
    return Finding(
        check="reupgrade-fails",
        severity=Severity.ERROR,
        confidence=Confidence.OBSERVED,
        message=f"after the way back upgrade() fails: {failure}",
        effect="Once taken back, the revision cannot be applied again without work by hand.",
        location=_place(proof, Direction.UPGRADE, failure),
        subject=failure.table or proof.revision,
        statement=_statement(proof.again),
    )


def _drift(proof: Proof, difference: Difference) -> Finding:
    return Finding(
        check="reupgrade-differs",
        severity=Severity.WARNING,
        confidence=Confidence.OBSERVED,
        message=f"the second upgrade leads elsewhere: {_headline(Loss(difference=difference))}",
        effect="A database that went back and forth is not the one that only went forth.",
        location=_place(proof, Direction.UPGRADE),
        subject=str(difference.object),
    )
