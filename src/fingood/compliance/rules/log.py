"""Rules about the audit log itself."""

from __future__ import annotations

from datetime import timedelta

from fingood.compliance.evidence import Evidence
from fingood.compliance.rule import rule
from fingood.compliance.verdict import (
    Answer,
    EvidenceKind,
    Reference,
    no_evidence,
    not_applicable,
    not_satisfied,
    satisfied,
)

_YEAR = timedelta(days=365)


def _head(evidence: Evidence) -> Reference:
    found = evidence.log.verification
    count = f"{found.count} events" if found else evidence.log.reason
    last = found.last if found else ""
    return Reference(kind=EvidenceKind.FILES, name=evidence.log.path, observed=f"{count}, last line", sha256=last)


@rule("Every line of the audit log is as it was written, and none is missing between.", EvidenceKind.FILES)
def log_whole(evidence: Evidence) -> Answer:
    found = evidence.log.verification
    if found is None:
        return no_evidence(evidence.log.reason)
    if not found.ok:
        bad = [problem for problem in found.problems if not problem.harmless]
        return not_satisfied(f"line {bad[0].line}: {bad[0].message} ({len(bad)} problems)", _head(evidence))
    return satisfied(f"{found.count} events, the chain is unbroken", _head(evidence))


@rule("Every event says who, on which host, in which session, when, and about what.", EvidenceKind.EVENTS)
def events_attributed(evidence: Evidence) -> Answer:
    events = [one for one in evidence.events if evidence.in_period(one)]
    if not events:
        return not_applicable("no event in the period")
    lacking = [
        one for one in events if not (one.event.actor and one.event.host and one.event.session and one.event.subject)
    ]
    if lacking:
        return not_satisfied(f"{len(lacking)} events lack a field", *(one.reference for one in lacking[:20]))
    return satisfied(f"all {len(events)} events of the period do", events[0].reference, events[-1].reference)


@rule("Only the owner of the audit log may read or write it.", EvidenceKind.FILES)
def log_protected(evidence: Evidence) -> Answer:
    if evidence.log.verification is None:
        return no_evidence(evidence.log.reason)
    if evidence.log.open_to_others:
        return not_satisfied(f"open to others: {', '.join(evidence.log.open_to_others)}", _head(evidence))
    return satisfied("file and folder are the owner's alone", _head(evidence))


@rule("The audit log reaches back twelve months.", EvidenceKind.EVENTS)
def log_kept_a_year(evidence: Evidence) -> Answer:
    first = evidence.log.first
    if first is None:
        return no_evidence("the audit log has no event")
    if evidence.until - first.event.at < _YEAR:
        return no_evidence(f"it begins on {first.event.at:%Y-%m-%d} and cannot show a year yet", first.reference)
    return satisfied(f"its oldest event is of {first.event.at:%Y-%m-%d}", first.reference)


@rule("Every migration that began has an end in the log: complete, taken back or failed.", EvidenceKind.EVENTS)
def changes_have_ends(evidence: Evidence) -> Answer:
    if not evidence.changes:
        return not_applicable("no migration in the period")
    open_ones = [change for change in evidence.changes if change.end is None]
    if open_ones:
        names = ", ".join(change.revision for change in open_ones[:5])
        return not_satisfied(f"no end of {names}", *(change.start.reference for change in open_ones[:20]))
    ends = [change.end.reference for change in evidence.changes if change.end]
    return satisfied(f"all {len(evidence.changes)} migrations of the period do", *ends[:20])


@rule("The log names what every migration changed: tables, statements or rows.", EvidenceKind.EVENTS)
def changes_described(evidence: Evidence) -> Answer:
    done = [change.end for change in evidence.changes if change.done and change.end]
    if not done:
        return not_applicable("no migration was completed in the period")
    keys = ("affected_tables", "statements", "rows")
    silent = [end for end in done if not any(key in end.event.payload for key in keys)]
    if silent:
        return not_satisfied(
            f"{len(silent)} of {len(done)} ends say nothing of it", *(end.reference for end in silent[:20])
        )
    return satisfied(f"all {len(done)} completed migrations do", *(end.reference for end in done[:20]))


@rule("The log's clock never goes backwards from one event to the next.", EvidenceKind.EVENTS)
def log_times_in_order(evidence: Evidence) -> Answer:
    if len(evidence.events) < 2:
        return no_evidence("fewer than two events")
    for before, after in zip(evidence.events, evidence.events[1:], strict=False):
        if after.event.at < before.event.at - timedelta(seconds=1):
            return not_satisfied("a later event has an earlier time", before.reference, after.reference)
    return satisfied("times and sequence agree", evidence.events[0].reference, evidence.events[-1].reference)


@rule("What checks found and somebody accepted has a reason on record.", EvidenceKind.EVENTS)
def acceptances_have_reasons(evidence: Evidence) -> Answer:
    accepted = [one for one in evidence.events if one.says("result") == "accepted" and evidence.in_period(one)]
    if not accepted:
        return not_applicable("nothing was accepted in the period")
    bare = [one for one in accepted if not one.says("reason").strip()]
    if bare:
        return not_satisfied(f"{len(bare)} acceptances have no reason", *(one.reference for one in bare[:20]))
    return satisfied(f"all {len(accepted)} acceptances have one", *(one.reference for one in accepted[:20]))
