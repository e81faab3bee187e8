"""Rules about the migrations of the period: checked, approved by others, proven, as in the repository."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fingood.approval.authors import known_as
from fingood.approval.judgement import is_author, others_than, standing
from fingood.compliance.evidence import Change, Evidence, Recorded, RevisionSeen
from fingood.compliance.rule import rule
from fingood.compliance.verdict import (
    Answer,
    EvidenceKind,
    Reference,
    Verdict,
    no_evidence,
    not_applicable,
    not_satisfied,
    satisfied,
)
from fingood.model.change import Approval
from fingood.model.event import EventKind

_NONE = "no migration in the period"
_SHOWN = 20
Judge = Callable[[Change], Answer]


def _each(changes: Iterable[Change], judge: Judge, all_hold: str) -> Answer:
    """One answer for all: the worst one counts, and what cannot be told is not counted as good."""
    answers = [(change, judge(change)) for change in changes]
    if not answers:
        return not_applicable(_NONE)
    for verdict in (Verdict.NOT_SATISFIED, Verdict.NO_EVIDENCE):
        bad = [(change, answer) for change, answer in answers if answer.verdict is verdict]
        if bad:
            says = "; ".join(f"{change.revision}: {answer.says}" for change, answer in bad[:5])
            more = f"; and {len(bad) - 5} more" if len(bad) > 5 else ""
            shown = tuple(reference for _, answer in bad for reference in answer.references)
            return Answer(verdict=verdict, says=says + more, references=shown[:_SHOWN])
    shown = tuple(reference for _, answer in answers for reference in answer.references)
    return satisfied(f"{all_hold} ({len(answers)})", *shown[:_SHOWN])


def _approval(approval: Approval) -> Reference:
    seen = f"{approval.approver}, {approval.at:%Y-%m-%d %H:%M} UTC"
    return Reference(kind=EvidenceKind.APPROVALS, name=approval.path, observed=seen, sha256=approval.content_hash)


def _revision(seen: RevisionSeen) -> Reference:
    return Reference(
        kind=EvidenceKind.FILES, name=seen.path, observed="content as in the repository", sha256=seen.content_hash
    )


@rule(
    "Each migration passed a safety check of the very content that ran, before it ran.",
    EvidenceKind.EVENTS,
    EvidenceKind.CHECKS,
)
def changes_checked(evidence: Evidence) -> Answer:
    def judge(change: Change) -> Answer:
        checks = evidence.about(change, (EventKind.SAFETY_CHECK,))
        answers = [one for one in checks if one.says("result") != "accepted"]
        if not answers:
            return not_satisfied("no check of it is on record", change.start.reference)
        last = answers[-1]
        if last.says("result") not in ("passed", "pass"):
            return not_satisfied(f"its last check says {last.says('result') or 'nothing'}", last.reference)
        return satisfied("checked", last.reference)

    return _each(evidence.forward, judge, "every migration of the period was")


@rule(
    "Each migration's way back was proven in a copy before it ran, without loss.",
    EvidenceKind.EVENTS,
    EvidenceKind.PROOFS,
)
def way_back_proven(evidence: Evidence) -> Answer:
    def judge(change: Change) -> Answer:
        tests = evidence.about(change, (EventKind.ROLLBACK_TEST,))
        if tests:
            return _judge_test(tests[-1])
        kept = [proof for proof in evidence.proofs if proof.revision == change.revision]
        if kept:
            says = "a proof is kept, but nothing says that it was made before, of what ran"
            return no_evidence(says, *(proof.reference for proof in kept))
        return not_satisfied("no rollback test of it is on record", change.start.reference)

    return _each(evidence.forward, judge, "every migration of the period was")


def _judge_test(test: Recorded) -> Answer:
    if test.says("result") == "proven":
        return satisfied(test.says("verdict") or "proven", test.reference)
    return not_satisfied(f"its way back is {test.says('verdict') or 'not proven'}", test.reference)


@rule(
    "Each migration was approved before it ran, for the content that ran, by somebody who did not write it.",
    EvidenceKind.EVENTS,
    EvidenceKind.APPROVALS,
)
def changes_approved(evidence: Evidence) -> Answer:
    needed = max(1, evidence.required_approvals)

    def judge(change: Change) -> Answer:
        seen = evidence.revisions.get(change.revision)
        if seen is None:
            return no_evidence(evidence.no_history or "it is not in the repository", change.start.reference)
        if seen.no_author:
            return no_evidence(f"nobody knows who wrote it: {seen.no_author}", _revision(seen))
        valid = [one for one in standing(seen.approvals, change.content_hash) if one.at <= change.start.event.at]
        counted = others_than(seen.authors, valid)
        if len(counted) < needed:
            return not_satisfied(
                f"{len(counted)} of {needed} approvals before it ran", change.start.reference, *map(_approval, counted)
            )
        return satisfied("approved", change.start.reference, *map(_approval, counted))

    return _each(evidence.forward, judge, "every migration of the period was")


@rule("Nobody approved what they wrote themselves.", EvidenceKind.APPROVALS)
def approver_is_not_author(evidence: Evidence) -> Answer:
    if evidence.no_history:
        return no_evidence(evidence.no_history)
    approved = [seen for seen in evidence.revisions.values() if seen.approvals]
    if not approved:
        return no_evidence("no approval is recorded in the repository")
    own = [(seen, one) for seen in approved for one in seen.approvals if is_author(one.approver, seen.authors)]
    if own:
        says = "; ".join(f"{one.approver} wrote {seen.id} and approved it" for seen, one in own[:5])
        return not_satisfied(says, *(_approval(one) for _, one in own[:_SHOWN]))
    unknown = [seen for seen in approved if seen.no_author]
    if unknown:
        return no_evidence(f"nobody knows who wrote {unknown[0].id}: {unknown[0].no_author}", _revision(unknown[0]))
    given = [one for seen in approved for one in seen.approvals]
    return satisfied(f"{len(given)} approvals, none by an author", *map(_approval, given[:_SHOWN]))


@rule(
    "Who ran a migration is not the only one who approved it.",
    EvidenceKind.EVENTS,
    EvidenceKind.APPROVALS,
)
def approver_is_not_operator(evidence: Evidence) -> Answer:
    def judge(change: Change) -> Answer:
        seen = evidence.revisions.get(change.revision)
        valid = standing(seen.approvals, change.content_hash) if seen else ()
        if not valid:
            return no_evidence("no approval of it is recorded", change.start.reference)
        event = change.start.event
        operators = known_as(event.actor) | known_as(event.os_user)
        others = [one for one in valid if known_as(one.approver).isdisjoint(operators)]
        if not others:
            return not_satisfied(f"{event.actor} ran it and alone approved it", change.start.reference)
        return satisfied("another approved it", change.start.reference, _approval(others[0]))

    return _each(evidence.forward, judge, "so it is for every migration of the period")


@rule("What ran is what the repository holds.", EvidenceKind.EVENTS, EvidenceKind.FILES)
def ran_as_in_repository(evidence: Evidence) -> Answer:
    if evidence.no_history:
        return no_evidence(evidence.no_history)

    def judge(change: Change) -> Answer:
        seen = evidence.revisions.get(change.revision)
        if seen is None:
            return not_satisfied("it is not in the repository", change.start.reference)
        if not change.content_hash:
            return no_evidence("its content is not on record", change.start.reference)
        if seen.content_hash != change.content_hash:
            return not_satisfied("its file was changed since", change.start.reference, _revision(seen))
        return satisfied("the same", change.start.reference, _revision(seen))

    return _each(evidence.changes, judge, "every migration of the period is")


@rule(
    "The database stands at revisions whose migration is on record: none came past the log.",
    EvidenceKind.EVENTS,
    EvidenceKind.DATABASE,
)
def database_as_recorded(evidence: Evidence) -> Answer:
    if evidence.heads is None:
        return no_evidence("which revisions are applied is not known")
    look = evidence.looks.get("version_table")
    if look is not None and look.reason:
        return no_evidence(f"version_table: {look.reason}")
    if look is not None and not all(row["readable"] for row in look.rows):
        return no_evidence("this user may not read alembic_version")
    seen = Reference(
        kind=EvidenceKind.DATABASE, name="alembic_version", observed=", ".join(evidence.heads) or "no revision"
    )
    if not evidence.heads:
        return not_applicable("no revision is applied", seen)
    ended = {one.event.subject: one for one in evidence.of_kind(EventKind.MIGRATION_COMPLETE)}
    missing = [head for head in evidence.heads if head not in ended]
    if missing:
        return not_satisfied(f"no completed migration of {', '.join(missing)} is on record", seen)
    return satisfied("it does", seen, *(ended[head].reference for head in evidence.heads))


@rule("No migration was taken back or failed in the period without a reason on record.", EvidenceKind.EVENTS)
def failures_explained(evidence: Evidence) -> Answer:
    bad = [change.end for change in evidence.changes if change.end and not change.done and change.forward]
    bad = [end for end in bad if end.event.kind is EventKind.MIGRATION_FAILED]
    if not evidence.changes:
        return not_applicable(_NONE)
    if not bad:
        return satisfied("none failed", *(change.start.reference for change in evidence.changes[:_SHOWN]))
    silent = [end for end in bad if not (end.says("reason") or end.says("sqlstate") or end.says("error"))]
    if silent:
        return not_satisfied(f"{len(silent)} failures say no reason", *(end.reference for end in silent[:_SHOWN]))
    return satisfied(f"{len(bad)} failed, each with its reason", *(end.reference for end in bad[:_SHOWN]))
