"""Runs checks on a subject: hits become findings, weighed by what they fall on."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date

from fingood.checks._check import Check, Family, Hit, Need
from fingood.checks.catalogue import CHECKS, choose
from fingood.checks.observed import confidence, evidence, refuted
from fingood.checks.subject import SMALL_TABLE, Subject
from fingood.checks.suppressions import Suppression
from fingood.errors import FingoodError
from fingood.model.finding import Direction, Finding
from fingood.model.live import Look
from fingood.model.names import RelationName
from fingood.model.quantities import in_words
from fingood.model.report import Acceptance, CheckRun, Outcome
from fingood.model.severity import Confidence, SafetyLevel, Severity

_NOTICED = 0.1
"""Seconds of waiting that a person at a screen notices."""

_RAISED = {Severity.INFO: Severity.WARNING, Severity.WARNING: Severity.ERROR, Severity.ERROR: Severity.CRITICAL}


def run_checks(
    subject: Subject,
    *,
    level: SafetyLevel = SafetyLevel.MEDIUM,
    select: Collection[str] = (),
    ignore: Collection[str] = (),
) -> tuple[CheckRun, ...]:
    """Every chosen check that knows the subject's dialect, run once. ``select`` and ``ignore`` are globs of ids.

    Raises ConfigError when an id fits no check.
    """
    return run_chosen(choose_for(subject.dialect, level=level, select=select, ignore=ignore), subject, level=level)


def choose_for(
    dialect: str, *, level: SafetyLevel, select: Collection[str], ignore: Collection[str]
) -> tuple[Check, ...]:
    """The chosen checks that know the dialect and run at the level; for many subjects they are chosen once."""
    return tuple(check for check in choose(select, ignore) if dialect in check.dialects and check.from_level <= level)


def run_chosen(chosen: Collection[Check], subject: Subject, *, level: SafetyLevel) -> tuple[CheckRun, ...]:
    """These checks, each run once; those of the live database and of change control where they were asked for."""
    unasked, lacking = frozenset(_not_asked(subject)), subject.lacking
    blind, plain = frozenset(lacking), subject.is_plain_sql
    runs = []
    for check in chosen:
        needs = check.needs
        if not unasked.isdisjoint(needs):
            continue
        if plain and not _OF_REVISIONS.isdisjoint(needs):
            runs.append(_not_run(check, subject, Outcome.SKIPPED, _NOT_APPLICABLE))
        elif blind.isdisjoint(needs):
            runs.append(_run(check, subject, level))
        else:
            outcome = Outcome.ERRORED if check.essential else Outcome.SKIPPED
            runs.append(_not_run(check, subject, outcome, missing(check, subject)))
    return tuple(_suppress(runs, subject, level))


def _not_run(check: Check, subject: Subject, outcome: Outcome, reason: str) -> CheckRun:
    return CheckRun(check=check.id, outcome=outcome, reason=reason, subject=subject.revision)


def _not_asked(subject: Subject) -> Iterator[Need]:
    """What nobody asked for: the live database and change control, where they were not."""
    if subject.live is None and not subject.no_live:
        yield Need.LIVE
    if subject.control is None:
        yield Need.CONTROL


def _run(check: Check, subject: Subject, level: SafetyLevel) -> CheckRun:
    started = time.perf_counter()
    try:
        findings, wrong = _findings(check, subject, level)
    except Exception as error:  # noqa: BLE001 - one check's fault must not hide what the others found
        return CheckRun(
            check=check.id,
            outcome=Outcome.ERRORED,
            duration=time.perf_counter() - started,
            reason=_fault(error),
            subject=subject.revision,
        )
    outcome, reason = _outcome(check, subject, findings)
    reason = "; ".join(filter(None, (reason, *wrong)))
    return CheckRun(
        check=check.id,
        outcome=outcome,
        findings=findings,
        duration=time.perf_counter() - started,
        reason=reason,
        subject=subject.revision,
    )


def _fault(error: Exception) -> str:
    detail = f": {error.message}" if isinstance(error, FingoodError) else ", a fault of the check itself"
    return f"{type(error).__name__}{detail}"


def _outcome(check: Check, subject: Subject, findings: tuple[Finding, ...]) -> tuple[Outcome, str]:
    if findings:
        return Outcome.FAILED, ""
    if check.looks and subject.live:
        for look in Look:
            if look in check.looks and (unseen := subject.live.unseen.get(look)):
                return Outcome.ERRORED if unseen.failed else Outcome.SKIPPED, unseen.reason
    gap = subject.incomplete if Need.PLAN in check.needs and check.family is not Family.RUN else ""
    return (Outcome.SKIPPED, gap) if gap else (Outcome.PASSED, "")


def missing(check: Check, subject: Subject) -> str:
    """Why the check cannot look at the subject; '' where it can."""
    lacking = subject.lacking
    if lacking.keys().isdisjoint(check.needs):
        return ""
    return next(reason for need, reason in lacking.items() if need in check.needs)


_OF_REVISIONS = frozenset({Need.SOURCE, Need.DOWNGRADE, Need.HISTORY})
_NOT_APPLICABLE = "not applicable: a plain SQL file has no revision's source, downgrade or history"


def _findings(check: Check, subject: Subject, level: SafetyLevel) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """The findings, and what the statements' text would have said but the run refutes."""
    findings, wrong = [], []
    for hit in check.function(subject):
        if check.family.spares_new_tables and hit.place and hit.place.world.has_new(hit.table):
            continue
        if refutation := refuted(check, hit, subject):
            wrong.append(refutation)
        else:
            findings.append(_finding(check, subject, hit, level))
    return tuple(findings), tuple(wrong)


def _finding(check: Check, subject: Subject, hit: Hit, level: SafetyLevel) -> Finding:
    statement = hit.place.statement if hit.place else None
    return Finding(
        check=check.id,
        severity=_severity(check, subject, hit, level),
        confidence=confidence(check, hit, subject),
        message=hit.message,
        effect=_effect(check, subject, hit),
        remedy=hit.remedy,
        location=hit.location
        or (statement.location if statement else None)
        or subject.location(direction=Direction.UPGRADE if statement else None),
        subject=hit.subject or (str(hit.table) if hit.table else ""),
        statement=statement.sql if statement else "",
        evidence={**hit.evidence, **dict(evidence(hit))} if check.family is Family.LOCK else hit.evidence,
    )


def _severity(check: Check, subject: Subject, hit: Hit, level: SafetyLevel) -> Severity:
    """Lighter on small tables, where locks last milliseconds; heavier on protected ones, but a lock is no loss."""
    severity = hit.severity or check.severity_at(level)
    if hit.table is None:
        return severity
    if check.family is Family.LOCK:
        rows = subject.rows(hit.table)
        if rows is not None and rows < SMALL_TABLE:
            return Severity.INFO
    if hit.severity is None and check.family is not Family.ROLLBACK and subject.is_protected(hit.table):
        raised = _RAISED.get(severity, severity)
        return min(raised, Severity.ERROR) if check.family is Family.LOCK else raised
    return severity


def _effect(check: Check, subject: Subject, hit: Hit) -> str:
    weight = describe_size(subject, hit.table) if check.family in (Family.LOCK, Family.LOSS) else ""
    cost = describe_cost(subject, hit) if check.family is Family.LOCK else ""
    return " ".join(part for part in (hit.effect, weight, cost) if part)


def describe_cost(subject: Subject, hit: Hit) -> str:
    """``There the statement takes about 38 s (23 s–61 s).``; '' where that was not measured or nobody would notice."""
    if subject.estimate is None or hit.place is None:
        return ""
    known = subject.estimate.of(hit.place.statement.index)
    if known is None or known.seconds is None or known.seconds.high < _NOTICED:
        return ""
    return f"On the target the statement takes {in_words(known.seconds)}."


def describe_size(subject: Subject, table: RelationName | None) -> str:
    """``accounts holds about 84.2 million rows (31.0 GB).``; '' where the target was not looked at."""
    known = subject.table(table) if subject.facts and subject.facts.target else None
    if known is None or known.rows is None:
        return ""
    size = f" ({_bytes(known.total_bytes)})" if known.total_bytes is not None else ""
    return f"{table} holds about {_number(known.rows)} rows{size}."


def _number(value: int) -> str:
    for limit, word in ((10**9, "billion"), (10**6, "million")):
        if value >= limit:
            return f"{value / limit:.1f} {word}"
    return f"{value:,}"


def _bytes(value: int) -> str:
    size = float(value)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TB"


def _suppress(runs: list[CheckRun], subject: Subject, level: SafetyLevel) -> Iterator[CheckRun]:
    """Takes accepted findings out, and reports the acceptances that nothing needed."""
    allowed = subject.allowed
    if not allowed:
        yield from runs
        return
    used: set[Suppression] = set()
    spoken = [without_accepted(run, allowed, used, path=subject.path, today=subject.today) for run in runs]
    judged = {run.check for run in runs if run.outcome in (Outcome.PASSED, Outcome.FAILED)}
    unused = [item for item in allowed if item.is_complete(subject.today) and item.check in judged and item not in used]
    for run in spoken:
        if run.check == "suppression" and unused:
            extra = tuple(_unused(item, subject, level) for item in unused)
            yield replace(run, outcome=Outcome.FAILED, findings=run.findings + extra)
        else:
            yield run


def without_accepted(
    run: CheckRun,
    allowed: Collection[Suppression],
    used: set[Suppression],
    *,
    path: str,
    today: date,
    among: Collection[Finding] | None = None,
) -> CheckRun:
    """The run without the findings that a comment in the file ``path`` accepts; those comments are added to ``used``.
    ``among`` are the findings that this file can be about, where the run is about several files.

    A check of the history (``history-frozen-default``) is also accepted under the name that the check of the revision
    has (``frozen-default``).
    """
    kept: list[Finding] = []
    accepting: dict[Suppression, int] = {}
    for finding in run.findings:
        if among is not None and finding not in among:
            kept.append(finding)
            continue
        names = {finding.check, finding.check.removeprefix("history-")}
        line = finding.location.line if finding.location else None
        covering = [item for item in allowed if any(item.covers(name, line, today) for name in names)]
        for item in covering:
            accepting[item] = accepting.get(item, 0) + 1
        if not covering:
            kept.append(finding)
    if not accepting:
        return run
    used.update(accepting)
    accepted = tuple(_acceptance(run.check, item, path, number) for item, number in accepting.items())
    reason = f"{len(run.findings) - len(kept)} accepted by a comment in the file"
    outcome = Outcome.FAILED if kept else Outcome.PASSED
    return replace(run, findings=tuple(kept), outcome=outcome, reason=reason, accepted=run.accepted + accepted)


def _acceptance(check: str, item: Suppression, path: str, findings: int) -> Acceptance:
    return Acceptance(
        check=check,
        path=path,
        line=item.line,
        reason=item.reason,
        until=item.until,
        ticket=item.ticket,
        findings=findings,
    )


def _unused(item: Suppression, subject: Subject, level: SafetyLevel) -> Finding:
    return Finding(
        check="suppression",
        severity=CHECKS["suppression"].severity_at(level),
        confidence=Confidence.PARSED,
        message=f"The comment allows {item.check}, which finds nothing there.",
        effect="It would hide the next real finding.",
        remedy=f"{'#' if subject.suppressions is None else '--'} delete the comment",
        location=subject.location(item.line),
        subject=item.check,
    )
