"""What shows that revisions were checked, that they can be undone, and that a backup is at hand."""

from __future__ import annotations

from fingood.gate.condition import State
from fingood.gate.question import Question, ago, named, span
from fingood.model.event import AuditEvent, EventKind
from fingood.model.severity import SafetyLevel, Severity

Found = tuple[State, str, str]
"""State, evidence and remedy."""

_CHECK = "python migrations/safety/safety_cli.py check"
_PROVE = "python migrations/safety/safety_cli.py validate-all"
_BACKUP = "python migrations/create_backup.py --type deployment"


def checked(question: Question) -> Found:
    """The newest check of every pending revision, by the audit log: of this content, on this database, as strict as
    the settings, not older than policy.evidence_max_age, with nothing at or above fail_on."""
    settings = question.settings
    wrong, oldest = [], 0.0
    for revision in question.pending:
        event = question.recorded.get((EventKind.SAFETY_CHECK, revision.id))
        reason = "not checked as it is now on this database" if event is None else _why_not(question, event)
        if reason:
            wrong.append((revision.id, reason))
        elif event is not None:
            oldest = max(oldest, question.age(event.at))
    if wrong:
        ids = tuple(id_ for id_, _ in wrong)
        return State.MISSING, _each(wrong), f"{_CHECK} {ids[0]} --level {settings.level}"
    return State.MET, f"level {settings.level}, nothing at or above {settings.fail_on}, {ago(oldest)}", ""


def _why_not(question: Question, event: AuditEvent) -> str:
    settings, payload = question.settings, event.payload
    if payload.get("result") == "not judged":
        return "the newest check could not look at everything"
    levels = {level.value: level for level in SafetyLevel}
    level = levels.get(str(payload.get("level")))
    if level is None or level < settings.level:
        return f"checked at level {payload.get('level')} only"
    if payload.get("static") is not False:
        return "checked by its text only (--static)"
    chosen = (payload.get("select"), payload.get("ignore"))
    if chosen != (sorted(settings.select), sorted(settings.ignore)):
        return "checked with other checks than the settings choose"
    if not isinstance(payload.get("worst"), str):
        return "the check's record does not say what it found"
    severities = {severity.value: severity for severity in Severity}
    worst = severities.get(str(payload["worst"]))
    if worst is not None and worst >= settings.fail_on:
        return f"the check found something of severity {worst}"
    if payload.get("result") != "passed":
        return "the check blocked it"
    limit = settings.policy.evidence_max_age
    age = question.age(event.at)
    return f"checked {ago(age)}; policy allows {span(limit)}" if not -60 <= age <= limit else ""


def proven(question: Question) -> Found:
    """A kept proof of the same history, or else the newest rollback test of the same content in the audit log, with a
    judgement that policy.rollback_accepts holds."""
    accepted = question.settings.policy.rollback_accepts
    wrong, words = [], set()
    for revision, judgement in _judgements(question):
        if judgement is None:
            wrong.append((revision, "not proven as it is now"))
        elif judgement.lower() not in accepted:
            wrong.append((revision, f"judged {judgement.lower().replace('_', ' ')}"))
        else:
            words.add(judgement.lower().replace("_", " "))
    if wrong:
        return State.MISSING, _each(wrong), _PROVE
    return State.MET, f"{len(question.pending)} of {len(question.pending)} {', '.join(sorted(words))}", ""


def _judgements(question: Question) -> list[tuple[str, str | None]]:
    """Each pending revision with its judgement's name; None where there is no proof."""
    from fingood.revisions import History
    from fingood.rollback import Judgement, Shelf, base_of, books_of, keys_of
    from fingood.sandbox import foresee

    settings = question.settings
    history = History.load(settings.project)
    shelf = Shelf(settings.project.root / ".fingood" / "proofs")
    ground = foresee(question.dialect, settings.sandbox, question.major, question.url)
    keys = keys_of(
        history,
        base_of(
            settings.project,
            history,
            dialect=question.dialect,
            major=ground.major,
            baseline=settings.sandbox.baseline,
            strength=settings.rollback.strength,
            books=books_of(settings),
        ),
        settings.project.root,
    )
    names = {judgement.value: judgement.name for judgement in Judgement}
    found: list[tuple[str, str | None]] = []
    for revision in question.pending:
        kept = shelf.find(revision, keys.get(revision.id, ""))
        event = question.recorded.get((EventKind.ROLLBACK_TEST, revision.id))
        if kept is not None:
            found.append((revision.id, kept.proof.judgement.name))
        else:
            found.append((revision.id, names.get(str(event.payload.get("verdict"))) if event else None))
    return found


def backed_up(question: Question) -> Found:
    """The newest backup of this database that is in the wanted state, whole by its files' sizes, and young enough."""
    from fingood.backup import newest_seen  # what dumps and restores is not loaded for runs without a gate

    policy = question.settings.policy
    seen = newest_seen(question.settings.backup_dir, question.target, policy.backup_state)
    if seen is None or not seen.reaches(policy.backup_state):
        return State.MISSING, f"no backup of this database is {policy.backup_state}", _BACKUP
    age, limit = question.age(seen.taken), policy.backup_max_age
    if seen.damage:
        return State.MISSING, f"{seen.id} is damaged: {seen.damage[0]}", _BACKUP
    if not -60 <= age <= limit:
        text = f"the newest that is {policy.backup_state} is of {ago(age)}; policy allows {span(limit)}"
        return State.MISSING, text, _BACKUP
    return State.MET, f"{seen.id}, {seen.state}, {ago(age)}", ""


def _each(wrong: list[tuple[str, str]]) -> str:
    """Revisions by reason: ``4f2a, 91bc: not proven as it is now``."""
    reasons: dict[str, list[str]] = {}
    for revision, reason in wrong:
        reasons.setdefault(reason, []).append(revision)
    return "; ".join(f"{named(tuple(ids))}: {reason}" for reason, ids in reasons.items())
