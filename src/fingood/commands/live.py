"""The moment a check is asked: a look at the live database, and what change control knows. Once for a whole report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from fingood.approval import find_authors, is_author, others_than, read_approvals, standing
from fingood.audit import mask_literals
from fingood.backup import newest_seen
from fingood.catalog import connect, read_live
from fingood.checks import Check, Need, choose
from fingood.commands.approve import docstring_of
from fingood.commands.target import Target
from fingood.errors import ConfigError, FingoodError
from fingood.model.change import ChangeControl
from fingood.model.live import Integrity, LiveFacts, Look, Unseen
from fingood.model.report import CheckRun, Outcome
from fingood.model.severity import SafetyLevel
from fingood.revisions import Revision
from fingood.scaffold import lacks_guard, lines_for
from fingood.settings import Settings
from fingood.statements.compat import sqlstate_of
from fingood.validation import validate

_TIMEOUT = 3.0
NOT_CONFIGURED = "no database configured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """``facts`` are None where nobody looked; ``reason`` says why, where a live check was chosen."""

    settings: Settings
    now: datetime
    facts: LiveFacts | None = None
    reason: str = ""

    def control(self, revision: Revision, source: str) -> ChangeControl:
        """What change control knows of the revision, by the repository and the policy."""
        settings, policy, project = self.settings, self.settings.policy, self.settings.project
        message = docstring_of(source)
        known, unreadable = read_approvals(project.script_location, revision.id)
        valid = standing(known, revision.content_hash)
        needed = bool(policy.approvals or known)
        authors = find_authors(project.root, project.root / revision.path, message) if needed else None
        names = authors.names if authors else frozenset()
        env = project.script_location / "env.py"
        return ChangeControl(
            now=self.now,
            required=policy.approvals,
            counted=others_than(names, valid),
            stale=tuple(approval for approval in known if approval not in valid),
            by_authors=tuple(approval for approval in valid if is_author(approval.approver, names)),
            unreadable=unreadable,
            no_author=authors.reason if authors else "",
            message=message,
            ticket_pattern=policy.ticket_pattern,
            windows=policy.change_windows,
            freezes=policy.freezes,
            retention=settings.retention,
            backup_max_age=policy.backup_max_age,
            backup_state=policy.backup_state,
            guarded=not lacks_guard(env) if env.is_file() else None,
            guard_lines="\n".join(lines_for(env)) if env.is_file() else "",
            env_path=str(env.relative_to(project.root)) if env.is_relative_to(project.root) else str(env),
        )

    @property
    def runs(self) -> tuple[CheckRun, ...]:
        """One line that says why no live check ran; none where they did."""
        if not self.reason:
            return ()
        return (CheckRun(check="live-checks", outcome=Outcome.SKIPPED, reason=self.reason),)


def look_at_moment(
    settings: Settings,
    target: Target,
    *,
    level: SafetyLevel,
    select: Collection[str] = (),
    ignore: Collection[str] = (),
    now: datetime | None = None,
) -> Moment:
    """Looks only as far as a chosen check needs it at the level. Raises CannotConnect."""
    chosen = [check for check in choose(select, ignore) if check.from_level <= level and _looks(check)]
    moment = Moment(settings=settings, now=now or datetime.now(UTC))
    if not chosen:
        return moment
    if not target.url:
        return replace(moment, reason="the database file is not there yet" if target.facts else NOT_CONFIGURED)
    # Its settings must not be read-only: that would hide whether the server is. The look's transaction is read-only.
    with connect(
        target.url,
        read_only=target.dialect == "sqlite",
        application_name="fingood check",
        statement_timeout=_TIMEOUT,
    ) as connection:
        facts = read_live(connection, mask=mask_literals)
    facts = _with_backup(facts, settings, chosen)
    return replace(moment, facts=_with_integrity(facts, target, settings, chosen))


def _looks(check: Check) -> bool:
    return Need.LIVE in check.needs or bool(check.looks)


def _wanted(look: Look, chosen: Iterable[Check]) -> bool:
    return any(look in check.looks for check in chosen)


def _unseen(facts: LiveFacts, look: Look, reason: str, *, failed: bool) -> LiveFacts:
    return replace(facts, unseen={**facts.unseen, look: Unseen(reason, failed)})


def _with_backup(facts: LiveFacts, settings: Settings, chosen: Iterable[Check]) -> LiveFacts:
    """The newest backup of this database that the policy counts; where there is none, the newest that holds its rows.
    Checksums are compared by size alone."""
    if not _wanted(Look.BACKUPS, chosen):
        return facts
    try:
        seen = newest_seen(settings.backup_dir, settings.target, settings.policy.backup_state)
    except FingoodError as error:
        return _unseen(facts, Look.BACKUPS, error.message, failed=True)
    return replace(facts, backup=seen)


def _with_integrity(facts: LiveFacts, target: Target, settings: Settings, chosen: Iterable[Check]) -> LiveFacts:
    """What the validator's quick mode says, in sum."""
    if not _wanted(Look.INTEGRITY, chosen):
        return facts
    try:
        with connect(target.url, application_name="fingood check") as connection:
            runs = validate(connection, "quick", mappings=settings.ledger, money=settings.money)
    except ConfigError as error:
        # A mapping may name what a pending revision makes.
        return _unseen(facts, Look.INTEGRITY, error.message, failed=False)
    except FingoodError as error:
        return _unseen(facts, Look.INTEGRITY, error.message, failed=True)
    except DBAPIError as error:
        state = sqlstate_of(error)
        return _unseen(facts, Look.INTEGRITY, f"the data cannot be validated: SQLSTATE {state}", failed=True)
    findings = sorted((f for run in runs for f in run.findings), key=lambda finding: -finding.severity.rank)
    errored = next((run.reason for run in runs if run.outcome is Outcome.ERRORED), "")
    skipped = "; ".join(sorted({run.reason for run in runs if run.outcome is Outcome.SKIPPED}))
    held = sum(run.outcome is Outcome.PASSED for run in runs)
    summary = Integrity(
        held=held,
        found=Counter(finding.severity for finding in findings),
        worst=findings[0].message if findings else "",
    )
    facts = replace(facts, integrity=summary)
    if errored:
        return _unseen(facts, Look.INTEGRITY, f"not all data was validated: {errored}", failed=True)
    if held or findings:
        return facts
    return _unseen(facts, Look.INTEGRITY, skipped or "nothing was validated", failed=False)
