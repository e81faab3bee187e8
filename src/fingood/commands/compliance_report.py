"""`generate-compliance-report`: controls, what evidence shows of each, and what is left to a person."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from fingood.audit import redact
from fingood.commands.compliance_evidence import read_evidence
from fingood.compliance import STANDARDS, Evidence, Judged, Reference, Verdict, choose_controls, judge_all
from fingood.errors import ConfigError
from fingood.model.finding import Finding, Location
from fingood.model.report import CheckRun, Outcome, Report, Section, Table, Text
from fingood.model.severity import Confidence, Severity
from fingood.settings import Settings

CHAIN = "audit-chain"
NO_CERTIFICATE = "Verdicts are about evidence. Whether the organisation complies is for its auditors to say."


def report_compliance(
    settings: Settings, standards: Sequence[str], *, since: datetime | None = None, until: datetime | None = None
) -> Report:
    """Judges the controls of the standards by what happened between two moments (``until`` not included) and by what
    the database, the repository and the backups show now.

    Raises ConfigError for a standard that is not known and for a period that ends before it begins.
    """
    controls = choose_controls(standards)
    if since is not None and until is not None and since >= until:
        raise ConfigError(
            "--end-date: the period ends before it begins", key="end_date", hint="--start-date comes first"
        )
    started, clock = datetime.now(UTC), time.monotonic()
    evidence = read_evidence(settings, since=since, until=until or started)
    judged = judge_all(controls, evidence)
    return Report(
        command="generate-compliance-report",
        subject=f"{', '.join(dict.fromkeys(standards))}, {_period(evidence)}",
        target=settings.target,
        started=started,
        duration=time.monotonic() - clock,
        headline=_headline(judged),
        runs=(*_chain(evidence), *(_run(one) for one in judged)),
        sections=_sections(judged, evidence),
        recommendations=_next(judged),
        data=_data(judged, evidence),
        fail_on=settings.fail_on,
        records=_records(judged, evidence),
    )


def _period(evidence: Evidence) -> str:
    begin = f"{evidence.since:%Y-%m-%d %H:%M}" if evidence.since else "the log's beginning"
    return f"{begin} to {evidence.until:%Y-%m-%d %H:%M} UTC"


def _headline(judged: Sequence[Judged]) -> str:
    counts = Counter(one.verdict for one in judged)
    said = ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict])
    return f"{len(judged)} controls: {said}. {NO_CERTIFICATE}"


def _chain(evidence: Evidence) -> tuple[CheckRun, ...]:
    """A broken log comes first: nothing that rests on its events is evidence."""
    found = evidence.log.verification
    if found is None:
        return (CheckRun(check=CHAIN, outcome=Outcome.SKIPPED, reason=evidence.log.reason, subject=evidence.log.path),)
    if found.ok:
        return (CheckRun(check=CHAIN, outcome=Outcome.PASSED, subject=evidence.log.path),)
    findings = tuple(
        Finding(
            check=CHAIN,
            severity=Severity.CRITICAL,
            confidence=Confidence.OBSERVED,
            message=problem.message,
            effect="The log's events are no evidence: every control that rests on them is no-evidence.",
            location=Location(path=evidence.log.path, line=problem.line),
            subject=f"line {problem.line}",
            remedy="python migrations/safety/audit_logger.py verify",
        )
        for problem in found.problems
        if not problem.harmless
    )
    return (CheckRun(check=CHAIN, outcome=Outcome.FAILED, findings=findings, subject=evidence.log.path),)


def _run(judged: Judged) -> CheckRun:
    """A control as a check: only ``satisfied`` passes, ``no-evidence`` is one that could not look."""
    control, verdict = judged.control, judged.verdict
    if verdict is Verdict.SATISFIED:
        return CheckRun(check=control.id, outcome=Outcome.PASSED)
    if verdict is Verdict.NO_EVIDENCE:
        return CheckRun(check=control.id, outcome=Outcome.ERRORED, reason=f"no evidence: {redact(judged.says)}")
    if verdict is not Verdict.NOT_SATISFIED:
        return CheckRun(check=control.id, outcome=Outcome.SKIPPED, reason=redact(judged.says))
    bad = [(id_, answer) for id_, answer in judged.answers if answer.verdict is Verdict.NOT_SATISFIED]
    findings = tuple(
        Finding(
            check=control.id,
            severity=Severity.ERROR,
            confidence=Confidence.OBSERVED,
            message=f"{redact(answer.says)}.",
            effect=f"{control.clause}: {control.text}",
            subject=id_,
            evidence={reference.name: _line(reference) for reference in answer.references},
        )
        for id_, answer in bad
    )
    return CheckRun(check=control.id, outcome=Outcome.FAILED, findings=findings)


def _line(reference: Reference) -> str:
    mark = f"sha256 {reference.sha256}" if reference.sha256 else ""
    return redact("; ".join(part for part in (reference.observed, mark) if part))


def _reference_line(reference: Reference) -> str:
    return f"{redact(reference.name)} {_line(reference)}".strip()


def _sections(judged: Sequence[Judged], evidence: Evidence) -> tuple[Section, ...]:
    counts = Counter((one.control.standard, one.verdict) for one in judged)
    standards = [name for name in STANDARDS if any(one.control.standard == name for one in judged)]
    summary = tuple(
        (name, *(str(counts[name, verdict]) for verdict in Verdict), str(sum(counts[name, v] for v in Verdict)))
        for name in standards
    )
    sections: list[Section] = [
        Table(title="Verdicts", columns=("standard", *map(str, Verdict), "controls"), rows=summary)
    ]
    for name in standards:
        rows = tuple(
            (one.control.id, str(one.verdict), one.control.clause, one.control.text, _because(one), one.control.person)
            for one in judged
            if one.control.standard == name
        )
        columns = ("control", "verdict", "clause", "asks", "because", "left to a person")
        sections.append(Table(title=name.replace("_", " "), columns=columns, rows=rows))
    evidence_rows = _evidence_rows(judged)
    if evidence_rows:
        columns = ("rule", "verdict", "kind", "evidence", "observed", "sha256")
        sections.append(Table(title="Evidence", columns=columns, rows=evidence_rows))
    asked = _queries(judged, evidence)
    sections += [Text(title=f"query {name}", lines=tuple(sql.strip().splitlines())) for name, sql in asked.items()]
    return tuple(sections)


def _because(judged: Judged) -> str:
    return redact(judged.says)


def _evidence_rows(judged: Sequence[Judged]) -> tuple[tuple[str, ...], ...]:
    """Each rule's evidence once, however many controls name the rule."""
    answers = {id_: answer for one in judged for id_, answer in one.every}
    return tuple(
        (id_, str(answer.verdict), str(one.kind), redact(one.name), redact(one.observed), one.sha256)
        for id_, answer in answers.items()
        for one in answer.references
    )


def _queries(judged: Sequence[Judged], evidence: Evidence) -> dict[str, str]:
    shown = (one for each in judged for _, answer in each.every for one in answer.references)
    named = {one.name.removeprefix("query ") for one in shown}
    return {name: look.sql for name, look in evidence.looks.items() if name in named}


def _next(judged: Sequence[Judged]) -> tuple[str, ...]:
    """The commands that would make the evidence that is missing."""
    wanting = {
        id_
        for one in judged
        for id_, answer in one.answers
        if answer.verdict in (Verdict.NOT_SATISFIED, Verdict.NO_EVIDENCE)
    }
    return tuple(command for rule, command in _COMMANDS.items() if rule in wanting)


_COMMANDS = {
    "log-whole": "python migrations/safety/audit_logger.py verify",
    "changes-checked": "python migrations/safety/safety_cli.py check MIGRATION_ID",
    "way-back-proven": "python migrations/safety/safety_cli.py test-rollback MIGRATION_ID",
    "changes-approved": "fingood approve MIGRATION_ID",
    "backup-before-change": "python migrations/create_backup.py --type deployment",
    "data-validated": "fingood validate",
}


def _data(judged: Sequence[Judged], evidence: Evidence) -> dict[str, object]:
    counts = Counter(one.verdict for one in judged)
    log = evidence.log.verification
    return {
        "standards": list(dict.fromkeys(one.control.standard for one in judged)),
        "since": evidence.since.isoformat() if evidence.since else None,
        "until": evidence.until.isoformat(),
        "environment": evidence.environment,
        "chain": {"ok": bool(log and log.ok), "reason": evidence.log.trouble, "last": log.last if log else None},
        "verdicts": {str(verdict): counts[verdict] for verdict in Verdict},
        "controls": [_control_object(one) for one in judged],
        "queries": _queries(judged, evidence),
    }


def _control_object(judged: Judged) -> dict[str, object]:
    control = judged.control
    return {
        "id": control.id,
        "standard": control.standard,
        "clause": control.clause,
        "text": control.text,
        "source": control.source,
        "evidence_kinds": [str(kind) for kind in control.evidence],
        "verdict": str(judged.verdict),
        "because": _because(judged),
        "person": control.person,
        "rules": [
            {
                "rule": id_,
                "verdict": str(answer.verdict),
                "says": redact(answer.says),
                "evidence": [
                    {
                        "kind": str(one.kind),
                        "name": redact(one.name),
                        "observed": redact(one.observed),
                        "sha256": one.sha256,
                    }
                    for one in answer.references
                ],
            }
            for id_, answer in judged.every
        ],
    }


def _records(judged: Sequence[Judged], evidence: Evidence) -> Table:
    """One row a control; where the log is broken the first row says so."""
    columns = ("standard", "control", "verdict", "clause", "text", "because", "left to a person", "evidence", "source")
    rows = [
        (
            one.control.standard,
            one.control.id,
            str(one.verdict),
            one.control.clause,
            one.control.text,
            _because(one),
            one.control.person,
            " | ".join(_reference_line(each) for _, answer in one.every for each in answer.references),
            one.control.source,
        )
        for one in judged
    ]
    if evidence.log.trouble:
        state = ("", CHAIN, str(Verdict.NO_EVIDENCE), "", "The audit log is whole.", evidence.log.trouble, "", "", "")
        rows.insert(0, state)
    return Table(title="controls", columns=columns, rows=tuple(rows))
