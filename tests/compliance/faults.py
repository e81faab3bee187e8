"""What may be wrong with a bank: each fault spoils one thing, and says which rules answer otherwise than before."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from fingood.compliance import RULES, Verdict
from fingood.compliance.verdict import EvidenceKind
from fingood.model.event import AuditEvent, EventKind

from .bank import REVISION, Bank, edit_manifests, rewrite

MET, NOT_MET = Verdict.SATISFIED, Verdict.NOT_SATISFIED
UNSEEN, NOTHING = Verdict.NO_EVIDENCE, Verdict.NOT_APPLICABLE
Events = Callable[[list[AuditEvent]], list[AuditEvent]]

OF_EVENTS = frozenset(name for name, rule in RULES.items() if EvidenceKind.EVENTS in rule.kinds)
OF_DATABASE = frozenset(name for name, rule in RULES.items() if EvidenceKind.DATABASE in rule.kinds)
OF_A_SERVER = OF_DATABASE - {
    "database-as-recorded", "database-file-protected", "no-card-number-columns", "no-card-code-columns",
    "personal-tables-closed", "personal-columns-listed",
}  # fmt: skip
"""Rules that have no meaning where there is no server."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """``turns`` are the rules that answer otherwise, with their new verdicts; ``says`` stands in one of those answers.
    ``spoil`` is given a copy of the project; ``sql`` runs as the superuser and ``undo`` takes it back,
    ``lets_in`` is a line of pg_hba.conf."""

    turns: Mapping[str, Verdict]
    says: str
    spoil: Callable[[Bank], object] = lambda bank: None
    sql: str = ""
    undo: str = ""
    lets_in: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)


def not_met(*rules: str) -> dict[str, Verdict]:
    return dict.fromkeys(rules, NOT_MET)


def unseen(*rules: str) -> dict[str, Verdict]:
    return dict.fromkeys(rules, UNSEEN)


def in_log(change: Events) -> Callable[[Bank], None]:
    """Another story in the log, whose chain is whole."""
    return lambda bank: rewrite(bank.log, change)


def without(*kinds: EventKind) -> Callable[[Bank], None]:
    return in_log(lambda events: [event for event in events if event.kind not in kinds])


def saying(kind: EventKind, **values: object) -> Callable[[Bank], None]:
    """Events of the kind say this; None takes a key away."""

    def change(events: list[AuditEvent]) -> list[AuditEvent]:
        return [replace(event, payload=_with(event, values)) if event.kind is kind else event for event in events]

    return in_log(change)


def _with(event: AuditEvent, values: Mapping[str, object]) -> dict[str, object]:
    # What was accepted, and the event of long ago, are answers of other checks.
    if event.payload.get("result") == "accepted" or event.subject == "a0":
        return dict(event.payload)
    return {key: value for key, value in {**event.payload, **values}.items() if value is not None}


def moved(kind: EventKind, by: timedelta) -> Callable[[Bank], None]:
    return in_log(lambda events: [replace(one, at=one.at + by) if one.kind is kind else one for one in events])


def _failed(**payload: str) -> Callable[[Bank], None]:
    def change(events: list[AuditEvent]) -> list[AuditEvent]:
        return [
            replace(
                event,
                kind=EventKind.MIGRATION_FAILED,
                payload={"run": event.payload["run"], "content_hash": event.payload["content_hash"], **payload},
            )
            if event.kind is EventKind.MIGRATION_COMPLETE
            else event
            for event in events
        ]

    return in_log(change)


def _accepted_for_no_reason(events: list[AuditEvent]) -> list[AuditEvent]:
    return [
        replace(event, payload={**event.payload, "reason": " "}) if event.payload.get("result") == "accepted" else event
        for event in events
    ]


def _validated_too_early(events: list[AuditEvent]) -> list[AuditEvent]:
    runs = [event for event in events if event.kind is EventKind.VALIDATION]
    return [*(replace(run, at=events[0].at) for run in runs), *(event for event in events if event not in runs)]


def _change_a_line(bank: Bank) -> None:
    stored = bank.log.path.read_bytes()
    bank.log.path.write_bytes(stored.replace(b'"result":"proven"', b'"result":"PROVEN"', 1))


def _lose_a_line(bank: Bank) -> None:
    lines = bank.log.path.read_bytes().splitlines(keepends=True)
    bank.log.path.write_bytes(b"".join(lines[:3] + lines[4:]))


def _edit(bank: Bank, name: str, old: str, new: str) -> None:
    path = bank.root / name
    text = path.read_text()
    assert old in text, (name, old)
    path.write_text(text.replace(old, new))


def edit(name: str, old: str, new: str) -> Callable[[Bank], None]:
    return lambda bank: _edit(bank, name, old, new)


def _backups(bank: Bank) -> list[Path]:
    return sorted((bank.root / ".fingood" / "backups").glob("2*"))


def _cut_dump(bank: Bank) -> None:
    for folder in _backups(bank):
        path = next(path for path in sorted((folder / "dump").rglob("*")) if path.is_file())
        path.write_bytes(path.read_bytes()[:-1])


def _forget_proofs(bank: Bank) -> None:
    shutil.rmtree(bank.root / ".fingood" / "proofs")


def _no_rollback_test(bank: Bank) -> None:
    without(EventKind.ROLLBACK_TEST)(bank)
    _forget_proofs(bank)


def _no_backup_at_all(bank: Bank) -> None:
    without(EventKind.BACKUP)(bank)
    shutil.rmtree(bank.root / ".fingood" / "backups")


def _never_restored(bank: Bank) -> None:
    edit_manifests(bank, state="checksummed")
    told = ("restored", "proven")
    rewrite(bank.log, lambda events: [one for one in events if one.payload.get("outcome") not in told])


def _one_event(bank: Bank) -> None:
    rewrite(bank.log, lambda events: events[-1:])


def _operated_by(name: str) -> Callable[[Bank], None]:
    return in_log(lambda events: [replace(one, actor=name, os_user=name) for one in events])


VERSION = f"migrations/versions/{REVISION}.py"
APPROVAL = f"migrations/approvals/{REVISION}/ben@bank.toml"

OF_FILES: Mapping[str, Fault] = {
    "a line of the log was changed": Fault(
        turns={**unseen(*OF_EVENTS), **not_met("log-whole")}, says="line ", spoil=_change_a_line
    ),
    "a line of the log is gone": Fault(
        turns={**unseen(*OF_EVENTS), **not_met("log-whole")}, says="line 4", spoil=_lose_a_line
    ),
    "there is no log": Fault(
        turns=unseen(*OF_EVENTS, "log-whole", "log-protected"),
        says="no audit log at",
        spoil=lambda bank: bank.log.path.unlink(),
    ),
    "others may read the log": Fault(
        turns=not_met("log-protected"), says="(644)", spoil=lambda bank: bank.log.path.chmod(0o644)
    ),
    "an event names nobody": Fault(
        turns=not_met("events-attributed"),
        says="events lack a field",
        spoil=in_log(lambda events: [*events[:-1], replace(events[-1], actor="")]),
    ),
    "the log begins yesterday": Fault(
        turns=unseen("log-kept-a-year"), says="cannot show a year yet", spoil=in_log(lambda events: events[1:])
    ),
    "the log's clock went backwards": Fault(
        turns=not_met("log-times-in-order"),
        says="a later event has an earlier time",
        spoil=in_log(lambda events: [*events[:-1], replace(events[-1], at=events[-1].at - timedelta(days=1))]),
    ),
    "a migration has no end": Fault(
        turns={
            **not_met("changes-have-ends", "database-as-recorded"),
            **dict.fromkeys(("changes-described", "validated-after-change"), NOTHING),
        },
        says=f"no end of {REVISION}",
        spoil=without(EventKind.MIGRATION_COMPLETE),
    ),
    "nothing says what a migration changed": Fault(
        turns=not_met("changes-described"),
        says="say nothing of it",
        spoil=saying(EventKind.MIGRATION_COMPLETE, affected_tables=None, statements=None, rows=None),
    ),
    "a migration failed and nobody knows why": Fault(
        turns={**not_met("failures-explained", "database-as-recorded"), "changes-described": NOTHING},
        says="1 failures say no reason",
        spoil=_failed(),
    ),
    "a migration failed for a reason": Fault(
        turns={**not_met("database-as-recorded"), "changes-described": NOTHING},
        says=f"no completed migration of {REVISION}",
        spoil=_failed(sqlstate="55P03"),
    ),
    "a finding was accepted without a reason": Fault(
        turns=not_met("acceptances-have-reasons"), says="have no reason", spoil=in_log(_accepted_for_no_reason)
    ),
    "nothing was accepted": Fault(
        turns={"acceptances-have-reasons": NOTHING},
        says="nothing was accepted",
        spoil=in_log(lambda events: [one for one in events if one.payload.get("result") != "accepted"]),
    ),
    "nobody checked": Fault(
        turns={**not_met("changes-checked"), "acceptances-have-reasons": NOTHING, **unseen("log-kept-a-year")},
        says="no check of it is on record",
        spoil=without(EventKind.SAFETY_CHECK),
    ),
    "the check blocked": Fault(
        turns=not_met("changes-checked"),
        says="its last check says blocked",
        spoil=saying(EventKind.SAFETY_CHECK, result="blocked"),
    ),
    "another content was checked": Fault(
        turns=not_met("changes-checked"),
        says="no check of it is on record",
        spoil=saying(EventKind.SAFETY_CHECK, content_hash="0" * 64),
    ),
    "nobody tried the way back": Fault(
        turns=not_met("way-back-proven"), says="no rollback test of it is on record", spoil=_no_rollback_test
    ),
    "a proof without its event": Fault(
        turns=unseen("way-back-proven"), says="a proof is kept, but", spoil=without(EventKind.ROLLBACK_TEST)
    ),
    "the way back loses rows": Fault(
        turns=not_met("way-back-proven"),
        says="its way back is lossy",
        spoil=saying(EventKind.ROLLBACK_TEST, result="failed", verdict="lossy"),
    ),
    "nobody approved": Fault(
        turns={**not_met("changes-approved"), **unseen("approver-is-not-author", "approver-is-not-operator")},
        says="0 of 1 approvals",
        spoil=lambda bank: (bank.root / APPROVAL).unlink(),
    ),
    "the author approved": Fault(
        turns=not_met("changes-approved", "approver-is-not-author"),
        says="ben@bank wrote a1 and approved it",
        spoil=edit(VERSION, "asha@bank", "ben@bank"),
    ),
    "nobody knows who wrote it": Fault(
        turns=unseen("changes-approved", "approver-is-not-author"),
        says="no commit of the file and no 'Author:'",
        spoil=edit(VERSION, "Author: asha@bank", "Somebody."),
    ),
    "who approved ran it": Fault(
        turns=not_met("approver-is-not-operator"), says="ben@bank ran it and alone", spoil=_operated_by("ben@bank")
    ),
    "the file was changed since": Fault(
        turns=not_met("ran-as-in-repository"),
        says="its file was changed since",
        spoil=edit(VERSION, "sa.Numeric(19, 4)", "sa.Numeric(12, 2)"),
    ),
    "what ran is not on record": Fault(
        turns={
            **unseen("ran-as-in-repository", "approver-is-not-operator", "way-back-proven"),
            **not_met("changes-checked", "changes-approved"),
        },
        says="its content is not on record",
        spoil=saying(EventKind.MIGRATION_START, content_hash=None),
    ),
    "the file is gone": Fault(
        turns={
            **not_met("ran-as-in-repository"),
            **unseen("changes-approved", "approver-is-not-author", "approver-is-not-operator"),
        },
        says="it is not in the repository",
        spoil=lambda bank: (bank.root / VERSION).unlink(),
    ),
    "the history cannot be read": Fault(
        turns=unseen("ran-as-in-repository", "changes-approved", "approver-is-not-author", "approver-is-not-operator"),
        says="the history cannot be read",
        spoil=edit(VERSION, "def upgrade", "def def upgrade"),
    ),
    "a password stands in env.py": Fault(
        turns=not_met("no-secrets-in-files"),
        says="migrations/env.py:1 holds a password in a URL",
        spoil=lambda bank: (bank.root / "migrations/env.py").write_text("u = 'postgresql://bank:geheim7@db/x'\n"),
    ),
    "the backup came too early": Fault(
        turns=not_met("backup-before-change", "log-times-in-order"),
        says="none within 24 h before a1",
        spoil=moved(EventKind.BACKUP, timedelta(days=-2)),
    ),
    "the backup's files were cut": Fault(turns=not_met("backup-files-whole"), says="dump/", spoil=_cut_dump),
    "nobody tried to restore": Fault(
        turns=not_met("restore-tried"),
        says="no restore is on record",
        spoil=_never_restored,
    ),
    "there is no backup": Fault(
        turns={**not_met("backup-before-change"), **unseen("backup-files-whole", "restore-tried", "backups-protected")},
        says="there is no backup of this database",
        spoil=_no_backup_at_all,
    ),
    "the backups are gone, and the log tells that one was restored": Fault(
        turns=unseen("backup-files-whole", "backups-protected"),
        says="there is no backup of this database",
        spoil=lambda bank: shutil.rmtree(bank.root / ".fingood" / "backups"),
    ),
    "others may read a backup": Fault(
        turns=not_met("backups-protected"),
        says="(750)",
        spoil=lambda bank: [folder.chmod(0o750) for folder in _backups(bank)],
    ),
    "nobody validated": Fault(
        turns={**unseen("data-validated", "no-card-data-found"), **not_met("validated-after-change")},
        says="no validation of all data is on record",
        spoil=without(EventKind.VALIDATION),
    ),
    "the data was validated before the migration only": Fault(
        turns=not_met("validated-after-change"), says="is on record since", spoil=in_log(_validated_too_early)
    ),
    "the money does not add up": Fault(
        turns=not_met("data-validated"),
        says="it found 3 findings",
        spoil=saying(EventKind.VALIDATION, result="blocked", findings=3),
    ),
    "the validation could not look everywhere": Fault(
        turns=unseen("data-validated", "no-card-data-found"),
        says="could not be looked at",
        spoil=saying(EventKind.VALIDATION, result="not judged"),
    ),
    "card numbers stand in the clear": Fault(
        turns=not_met("no-card-data-found"),
        says="it found card-number-stored",
        spoil=saying(EventKind.VALIDATION, checks=["card-number-stored"]),
    ),
    "the log has one event": Fault(
        turns={
            **dict.fromkeys(
                (
                    "changes-have-ends",
                    "changes-described",
                    "changes-checked",
                    "way-back-proven",
                    "changes-approved",
                    "approver-is-not-operator",
                    "ran-as-in-repository",
                    "failures-explained",
                    "acceptances-have-reasons",
                    "backup-before-change",
                    "validated-after-change",
                ),
                NOTHING,
            ),
            **not_met("database-as-recorded"),
            **unseen("log-times-in-order", "log-kept-a-year"),
        },
        says="no migration in the period",
        spoil=_one_event,
    ),
}
