"""Rules about backups, restores and validated data."""

from __future__ import annotations

from datetime import timedelta

from fingood.compliance.evidence import Change, Evidence, Recorded
from fingood.compliance.rule import rule
from fingood.compliance.verdict import Answer, EvidenceKind, no_evidence, not_applicable, not_satisfied, satisfied
from fingood.model.event import EventKind

_QUARTER = timedelta(days=92)
_CARD_CHECKS = ("card-number-stored", "card-secret-stored")
_SHOWN = 20
_RESTORED = {EventKind.RESTORE: ("complete", ""), EventKind.BACKUP: ("restored", "proven")}
"""Outcomes that tell of a restore: a backup is restored where it is proven."""


def _whole_backups(evidence: Evidence) -> list[Recorded]:
    return [one for one in evidence.of_kind(EventKind.BACKUP) if one.says("outcome") in ("complete", "")]


@rule("A backup no older than the policy allows stood before each migration.", EvidenceKind.EVENTS)
def backup_before_change(evidence: Evidence) -> Answer:
    if not evidence.forward:
        return not_applicable("no migration in the period")
    backups = _whole_backups(evidence)
    used: list[Recorded] = []
    without: list[Change] = []
    for change in evidence.forward:
        began = change.start.event.at
        fit = [
            one for one in backups if timedelta(0) <= began - one.event.at <= timedelta(seconds=evidence.backup_max_age)
        ]
        if fit:
            used.append(fit[-1])
        else:
            without.append(change)
    if without:
        names = ", ".join(change.revision for change in without[:5])
        says = f"none within {evidence.backup_max_age / 3600:g} h before {names}"
        return not_satisfied(says, *(change.start.reference for change in without[:_SHOWN]))
    shown = tuple(dict.fromkeys(one.reference for one in used))
    return satisfied(f"so it was for {len(evidence.forward)} migrations", *shown[:_SHOWN])


@rule("The newest backup's files are as its manifest says.", EvidenceKind.BACKUPS)
def backup_files_whole(evidence: Evidence) -> Answer:
    if not evidence.backups:
        return no_evidence(evidence.no_backups or "there is no backup of this database")
    newest = evidence.backups[0]
    if newest.problems is None:
        return no_evidence("its files were not read", newest.reference)
    if newest.problems:
        return not_satisfied("; ".join(newest.problems[:5]), newest.reference)
    return satisfied("sizes and checksums agree", newest.reference)


@rule("A backup was restored within the last three months.", EvidenceKind.EVENTS, EvidenceKind.BACKUPS)
def restore_tried(evidence: Evidence) -> Answer:
    begin = evidence.until - _QUARTER
    events = [
        one
        for one in evidence.of_kind(EventKind.BACKUP, EventKind.RESTORE)
        if one.event.at >= begin and one.says("outcome") in _RESTORED[one.event.kind]
    ]
    kept = [one for one in evidence.backups if one.state in ("restored", "proven") and one.taken >= begin]
    if events or kept:
        shown = [one.reference for one in events] + [one.reference for one in kept]
        return satisfied("a restore is on record", *shown[:_SHOWN])
    if not evidence.backups and not _whole_backups(evidence):
        return no_evidence(evidence.no_backups or "there is no backup of this database")
    return not_satisfied("no restore is on record", *(one.reference for one in evidence.backups[:1]))


@rule("Only the owner may read the backups.", EvidenceKind.BACKUPS, EvidenceKind.FILES)
def backups_protected(evidence: Evidence) -> Answer:
    if not evidence.backups:
        return no_evidence(evidence.no_backups or "there is no backup of this database")
    if evidence.open_backups:
        return not_satisfied(
            f"open to others: {', '.join(evidence.open_backups[:5])}", *(one.reference for one in evidence.backups[:1])
        )
    return satisfied("folder and backups are the owner's alone", evidence.backups[0].reference)


def _validations(evidence: Evidence) -> list[Recorded]:
    """Validations that looked at all data, the newest last."""
    whole = ("full", "post_migration", "pre_migration")
    return [one for one in evidence.of_kind(EventKind.VALIDATION) if one.says("mode") in whole]


@rule("The newest validation of all data found nothing that blocks.", EvidenceKind.EVENTS, EvidenceKind.VALIDATION)
def data_validated(evidence: Evidence) -> Answer:
    runs = _validations(evidence)
    if not runs:
        return no_evidence("no validation of all data is on record: fingood validate")
    last = runs[-1]
    if last.says("result") in ("passed", "pass"):
        return satisfied("the money adds up", last.reference)
    if last.says("result") in ("blocked", "fail"):
        return not_satisfied(f"it found {last.says('findings') or 'faults'} findings", last.reference)
    return no_evidence(f"it says {last.says('result') or 'nothing'}", last.reference)


@rule("All data was validated after the last migration.", EvidenceKind.EVENTS, EvidenceKind.VALIDATION)
def validated_after_change(evidence: Evidence) -> Answer:
    ends = [change.end for change in evidence.changes if change.end]
    if not ends:
        return not_applicable("no migration in the period")
    last = max(ends, key=lambda end: end.event.sequence)
    after = [one for one in _validations(evidence) if one.event.sequence > last.event.sequence]
    if not after:
        return not_satisfied("no validation of all data is on record since", last.reference)
    return satisfied("a validation followed", last.reference, after[-1].reference)


@rule(
    "The newest validation of all data found no card number and no card code in the clear.",
    EvidenceKind.EVENTS,
    EvidenceKind.VALIDATION,
)
def no_card_data_found(evidence: Evidence) -> Answer:
    runs = _validations(evidence)
    if not runs:
        return no_evidence("no validation of all data is on record: fingood validate")
    last = runs[-1]
    named = last.event.payload.get("checks")
    if not isinstance(named, list):
        return no_evidence("it does not say what it found", last.reference)
    found = [check for check in _CARD_CHECKS if check in named]
    if found:
        return not_satisfied(f"it found {', '.join(found)}", last.reference)
    if last.says("result") == "not judged":
        return no_evidence("parts of the data could not be looked at", last.reference)
    return satisfied("it found none", last.reference)
