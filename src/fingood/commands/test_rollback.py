"""`test-rollback`: whether a migration can be undone, proven on a copy."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from fingood.audit import AuditLog
from fingood.commands.broken_files import left_out
from fingood.commands.costs import Costs
from fingood.commands.ground import Ground, NotReachable, recorder_for
from fingood.commands.impact import Impact, impact_of
from fingood.commands.impact import data_of as impact_data
from fingood.commands.impact import sections_of as impact_sections
from fingood.commands.target import Target, look_at_target
from fingood.errors import ConfigError
from fingood.model.event import EventKind
from fingood.model.report import Outcome, Report, Section, Table, Text
from fingood.model.severity import Severity
from fingood.revisions import Body, Revision, load_for
from fingood.rollback import Judgement, Proof, books_of, prove, runs_of
from fingood.sandbox import open_sandbox
from fingood.settings import Settings

HEADLINES = {
    Judgement.LOSSLESS: "LOSSLESS  the way back restores schema and data",
    Judgement.COSMETIC: "LOSSLESS  the way back restores schema and data, but for their order",
    Judgement.DECLARED: "NO WAY BACK  the revision declares it",
    Judgement.RESIDUE: "RESIDUE  the way back leaves something behind",
    Judgement.REUPGRADE_BROKEN: "BROKEN  after the way back the upgrade fails",
    Judgement.LOSSY: "LOSSY  the way back does not restore what was there",
    Judgement.FAILING_DOWNGRADE: "FAILS  the downgrade raises",
    Judgement.FAILING_UPGRADE: "FAILS  the upgrade raises, so there is no way back to try",
    Judgement.UNJUDGED: "NOT JUDGED",
}


def test_rollback(
    settings: Settings,
    revisions: Sequence[str],
    *,
    watch: Callable[[str], None] = lambda label: None,  # noqa: PT028
) -> Report:
    """Proves revisions: ids, file names or ranges. One report; for several revisions, one child each.

    Each is run up, down and up on a copy of the state below it, with rows to lose, and the result goes into the audit
    log. The configured database is only read. Raises HistoryError, CannotConnect, SandboxUnavailable,
    EnvironmentFailed, ConfigError.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    project, history, broken = load_for(settings.project, revisions)
    settings, target = replace(settings, project=project), look_at_target(settings)
    meant = {revision.id for text in revisions for revision in history.resolve(text)}
    if not meant:
        raise ConfigError("no revision to test", hint="fingood test-rollback head, an id, a file's name or a range A:B")
    children = []
    with (
        open_sandbox(
            target.dialect,
            major=target.major,
            settings=settings.sandbox,
            target_url=settings.database_url,
            # Nothing is copied then, and no time that matters is measured.
            in_memory=target.facts is None,
        ) as sandbox,
        recorder_for(settings) as recorder,
    ):
        ground = Ground(settings, history, sandbox, recorder, target, watch)
        costs = Costs.of(settings, target, recorder, watch)
        for revision in (one for one in history.ordered() if one.id in meant):
            watch(f"testing {revision.id}")
            proof = proof_on(ground, revision)
            impact = impact_of(costs, ground, revision, proof)
            notes = (*sandbox.notes, *ground.notes, *left_out(broken))
            children.append(report_of(settings, target, revision, proof, notes, impact=impact))
            record_proof(settings, revision, proof)
    if len(children) == 1:
        return replace(children[0], started=started, duration=time.monotonic() - clock)
    return _together(settings, target, tuple(children), started, time.monotonic() - clock)


test_rollback.__test__ = False  # type: ignore[attr-defined]  # pytest would take the name for a test


def proof_on(ground: Ground, revision: Revision) -> Proof:
    """The proof on the ground's database; one that cannot be reached is not judged, with the reason."""
    try:
        below = ground.below(revision)
    except NotReachable as error:
        return unjudged(revision, error.message)
    settings = ground.settings
    return prove(ground.recorder, below, revision, strength=settings.rollback.strength, books=books_of(settings))


def unjudged(revision: Revision, reason: str) -> Proof:
    """A proof that could not be made."""
    return Proof(
        revision=revision.id,
        path=revision.path,
        judgement=Judgement.UNJUDGED,
        reason=reason,
        downgrade_missing=revision.shape.downgrade is not Body.CODE,
    )


def report_of(
    settings: Settings,
    target: Target,
    revision: Revision,
    proof: Proof,
    notes: Sequence[str] = (),
    *,
    impact: Impact | None = None,
) -> Report:
    """One revision's proof as a report, with what both directions would cost where that was looked into."""
    runs = runs_of(proof)
    report = Report(
        command="test-rollback",
        subject=f"{revision.id} {revision.doc}".strip(),
        started=datetime.now(UTC),
        duration=proof.duration,
        target=target.line,
        headline=headline(proof),
        runs=runs,
        sections=(*impact_sections(impact), *_sections(proof, notes)),
        data={
            **data_of(proof),
            "strength": str(settings.rollback.strength),
            "impact": impact_data(impact),
        },
        fail_on=settings.fail_on,
    )
    return replace(report, recommendations=_next(report, proof))


def headline(proof: Proof) -> str:
    """The judgement in one line, with what the tables held."""
    if proof.judgement is Judgement.UNJUDGED:
        return f"NOT JUDGED  {proof.reason}"
    times = " · ".join(f"{name} {seconds:.2f} s" for name, seconds in _times(proof))
    return f"{HEADLINES[proof.judgement]} · {times}" if times else HEADLINES[proof.judgement]


def _times(proof: Proof) -> tuple[tuple[str, float], ...]:
    plans = (("up", proof.up), ("down", proof.down), ("up again", proof.again))
    return tuple((name, plan.duration) for name, plan in plans if plan is not None and plan.duration is not None)


def data_of(proof: Proof) -> dict[str, object]:
    """The proof's particulars as JSON values."""
    return {
        "revision": proof.revision,
        "path": proof.path,
        "judgement": proof.judgement.value,
        "rollback_tested": proof.down is not None,
        "seconds": dict(_times(proof)),
        "rows": {
            "real": {str(name): rows for name, rows in proof.seeding.real.items()},
            "seeded": {str(name): rows for name, rows in proof.seeding.seeded.items()},
            "generated": {str(name): rows for name, rows in proof.seeding.generated.items()},
            "empty": {str(name): reason for name, reason in proof.seeding.empty.items()},
        },
        "notes": list(proof.notes),
    }


def _sections(proof: Proof, notes: Sequence[str]) -> tuple[Section, ...]:
    lines = [f"tried on {proof.seeding}"] if proof.judgement is not Judgement.UNJUDGED else []
    sections: list[Section] = []
    if proof.seeding.empty:
        rows = tuple((str(name), reason) for name, reason in proof.seeding.empty.items())
        sections.append(Table(title="tables that stayed empty", columns=("table", "why"), rows=rows))
    sections.append(Text(title="notes", lines=tuple(dict.fromkeys((*lines, *proof.notes, *notes)))))
    return tuple(sections)


def _next(report: Report, proof: Proof) -> tuple[str, ...]:
    if proof.judgement is Judgement.DECLARED:
        return ("fingood create-backup --type deployment",)
    return () if report.exit_code else ("alembic upgrade head",)


def record_proof(settings: Settings, revision: Revision, proof: Proof) -> None:
    """Writes the proof's answer into the audit log."""
    runs = runs_of(proof)
    findings = [finding for run in runs for finding in run.findings]
    AuditLog(settings.audit_log).append(
        EventKind.ROLLBACK_TEST,
        revision.id,
        {
            "migration_id": revision.id,
            "path": revision.path,
            "content_hash": revision.content_hash,
            "target": settings.target,
            "environment": settings.environment,
            "verdict": proof.judgement.value,
            "strength": str(settings.rollback.strength),
            "result": "proven" if proof.proven else "not proven",
            "findings": len(findings),
            "blocking": sum(finding.severity >= settings.fail_on for finding in findings),
            "lost": sum(finding.check == "rollback-lossy" for finding in findings),
            "execution_ms": round(proof.duration * 1000),
        },
    )


def _together(
    settings: Settings, target: Target, children: tuple[Report, ...], started: datetime, duration: float
) -> Report:
    bad = sum(any(f.severity >= Severity.ERROR for f in child.findings) for child in children)
    blind = sum(run.outcome is Outcome.ERRORED for child in children for run in child.runs)
    words = f"{len(children) - bad - blind} of {len(children)} revisions can be undone"
    return Report(
        command="test-rollback",
        subject=f"{len(children)} revisions",
        started=started,
        duration=duration,
        target=target.line,
        headline=f"{words} · {blind} not judged" if blind else words,
        children=children,
        data={"revisions": [child.data["revision"] for child in children]},
        fail_on=settings.fail_on,
    )
