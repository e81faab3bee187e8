"""`validate-all`: the safety check and the rollback proof of every revision of a history, the bad ones all named."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from fingood.checks import Subject, choose, run_checks
from fingood.commands import broken_files
from fingood.commands.check_record import record_check
from fingood.commands.proving import Pace, Proving, Watch, workers_for
from fingood.commands.scope import Scope, choose_revisions
from fingood.commands.target import Target, look_at_target, with_sizes
from fingood.commands.test_rollback import data_of, record_proof
from fingood.model.finding import Finding
from fingood.model.plan import Plan
from fingood.model.report import CheckRun, Outcome, Report, Table, Text, tally
from fingood.model.severity import SafetyLevel
from fingood.revisions import History, Problem, Revision, load_without_broken
from fingood.rollback import Judged, Judgement, Proof, runs_of
from fingood.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was found out about one revision."""

    revision: Revision
    proof: Proof
    runs: tuple[CheckRun, ...]


def validate_all(
    settings: Settings,
    *,
    level: SafetyLevel | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    scope: Scope | None = None,
    pace: Pace | None = None,
    watch: Watch = lambda label, done, total: None,
) -> Report:
    """Replays the whole history from empty and judges each revision on the state below it.

    It goes on after failures: what stands on a revision that cannot be applied is errored, with that reason. ``watch``
    hears each revision's id and how far it is; ``pace`` says how many processes prove, and whether what was proven
    before counts. Raises HistoryError, SandboxUnavailable, EnvironmentFailed, ConfigError.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    pace, scope = pace or Pace(), scope if scope and scope.given else Scope(everything=True)
    target = look_at_target(settings)
    with workers_for(settings, target, pace, everything=scope.everything) as workers:
        project, history, broken = load_without_broken(settings.project)
        settings = replace(settings, project=project)
        review = Review(
            settings=settings,
            history=history,
            broken=broken,
            target=target,
            level=level or settings.level,
            select=tuple(select) or settings.select,
            ignore=tuple(ignore) or settings.ignore,
        )
        choose(review.select, review.ignore)
        chosen = choose_revisions(settings, history, target, scope)
        unloaded = broken_files.reports(broken, (), review.level, settings.fail_on)
        if chosen.nothing:
            return _nothing(review, chosen.nothing, started, unloaded)
        tested, left_out = above_minimum(history, chosen.revisions, pace.minimum or settings.rollback.minimum)
        if not tested:
            return _nothing(review, left_out, started, unloaded)
        proving = Proving(settings=settings, history=history, target=target, pace=pace, workers=workers)
        answers = _answers(review, proving, tested, watch)
    told = [answers[revision.id] for revision in history.ordered() if revision.id in answers]
    report = _report(review, told, unloaded, len(tested), proving.kept)
    notes = Text(title="notes", lines=(*proving.notes, *([left_out] if left_out else [])))
    return replace(report, started=started, duration=time.monotonic() - clock, sections=(*report.sections, notes))


def _answers(review: Review, proving: Proving, tested: Sequence[Revision], watch: Watch) -> dict[str, Answer]:
    """What was found out, by revision, recorded and told as it comes."""
    answers: dict[str, Answer] = {}
    for revision, judged in proving.run(tested):
        own = (*review.checked(revision, judged), *runs_of(judged.proof))
        answers[revision.id] = Answer(revision=revision, proof=judged.proof, runs=own)
        record_proof(review.settings, revision, judged.proof)
        watch(revision.id, len(answers), len(tested))
    return answers


def _report(review: Review, told: Sequence[Answer], unloaded: Iterable[Report], total: int, kept: int) -> Report:
    runs = [run for child in unloaded for run in child.runs] + [run for answer in told for run in answer.runs]
    rows = [_row(answer.revision, answer.proof, answer.runs) for answer in told]
    verdicts: list[dict[str, object]] = [
        {**data_of(answer.proof), "findings": [_as_data(f) for run in answer.runs for f in run.findings]}
        for answer in told
    ]
    judged_as = Counter(answer.proof.judgement for answer in told)
    columns = ("revision", "up s", "down s", "way back", "findings")
    return Report(
        command="validate-all",
        subject=f"{total} revisions",
        target=f"{review.target.line} · level {review.level}",
        started=datetime.now(UTC),
        duration=0.0,
        headline=_headline(judged_as, runs, total, review.broken),
        runs=tuple(runs),
        sections=(Table(title="revisions", columns=columns, rows=tuple(rows)),),
        recommendations=_next(verdicts),
        data={
            "revisions": verdicts,
            "judgements": {str(j): judged_as[j] for j in Judgement if judged_as[j]},
            "kept": kept,
            "strength": str(review.settings.rollback.strength),
        },
        fail_on=review.settings.fail_on,
    )


def above_minimum(history: History, revisions: Sequence[Revision], minimum: str) -> tuple[tuple[Revision, ...], str]:
    """The revisions without the minimum and what lies below it, and the words for those left out. Raises HistoryError
    for a minimum that the history does not have."""
    if not minimum:
        return tuple(revisions), ""
    below = history.ancestors(revision.id for revision in history.resolve(minimum))
    tested = tuple(revision for revision in revisions if revision.id not in below)
    number = len(revisions) - len(tested)
    words = f"{number} revision{'s' if number > 1 else ''} not tested: at or below the minimum, {minimum}"
    return tested, words if number else ""


def _nothing(review: Review, why: str, started: datetime, unloaded: Iterable[Report]) -> Report:
    return Report(
        command="validate-all",
        subject="0 revisions",
        target=f"{review.target.line} · level {review.level}",
        started=started,
        duration=0.0,
        headline=f"nothing to check: {why}",
        runs=tuple(run for child in unloaded for run in child.runs),
        data={"revisions": [], "judgements": {}},
        fail_on=review.settings.fail_on,
    )


@dataclass(kw_only=True)
class Review:
    """The safety check's part: what each revision's Plans look like to the checks, on the facts right below it."""

    settings: Settings
    history: History
    broken: tuple[Problem, ...]
    target: Target
    level: SafetyLevel
    select: tuple[str, ...]
    ignore: tuple[str, ...]

    def checked(self, revision: Revision, judged: Judged) -> tuple[CheckRun, ...]:
        """The checks on one revision; none where it could not be reached, which the proof says."""
        proof = judged.proof
        if proof.judgement is Judgement.UNJUDGED and proof.up is None:
            return ()
        subject = Subject(
            revision=revision.id,
            path=revision.path,
            source=(self.settings.project.root / revision.path).read_text(encoding="utf-8"),
            dialect=self.target.dialect if proof.up is None else proof.up.dialect,
            upgrade=proof.up,
            downgrade=proof.down,
            facts=None if judged.facts is None else with_sizes(judged.facts, self.target.facts),
            heads=self.history.heads,
            protected=self.settings.protected,
            money=self.settings.money,
            shape=revision.shape,
            level=self.level,
            today=datetime.now(UTC).date(),
        )
        runs = run_checks(subject, level=self.level, select=self.select, ignore=self.ignore)
        self._record(revision, runs)
        return runs

    def _record(self, revision: Revision, runs: tuple[CheckRun, ...]) -> None:
        answer = Report(
            command="validate-all",
            subject=revision.id,
            started=datetime.now(UTC),
            duration=0.0,
            runs=runs,
            fail_on=self.settings.fail_on,
        )
        record_check(
            self.settings,
            answer,
            subject=revision.id,
            path=revision.path,
            level=self.level,
            content_hash=revision.content_hash,
        )


def _row(revision: Revision, proof: Proof, runs: Iterable[CheckRun]) -> tuple[str, ...]:
    findings = [finding for run in runs for finding in run.findings]
    counts = ", ".join(f"{number} {severity}" for severity, number in tally(findings).items())
    return (revision.id, _seconds(proof.up), _seconds(proof.down), str(proof.judgement), counts or "none")


def _seconds(plan: Plan | None) -> str:
    if plan is None:
        return "–"
    return "fails" if plan.failure is not None else f"{plan.duration or 0.0:.2f}"


def _as_data(finding: Finding) -> dict[str, str]:
    return {"check": finding.check, "severity": str(finding.severity), "subject": finding.subject}


def _headline(judged: Counter[Judgement], runs: Iterable[CheckRun], total: int, broken: tuple[Problem, ...]) -> str:
    good = judged[Judgement.LOSSLESS] + judged[Judgement.COSMETIC]
    rest = [f"{judged[j]} {j}" for j in Judgement if judged[j] and j not in (Judgement.LOSSLESS, Judgement.COSMETIC)]
    errored = sum(run.outcome is Outcome.ERRORED and not run.check.startswith("rollback") for run in runs)
    words = [f"{good} of {total} revisions can be undone", *rest]
    words += [broken_files.count(broken)] if broken else []
    return " · ".join([*words, f"{errored} checks could not look"] if errored else words)


def _next(verdicts: list[dict[str, object]]) -> tuple[str, ...]:
    bad = [v for v in verdicts if v["judgement"] not in (Judgement.LOSSLESS.value, Judgement.COSMETIC.value)]
    return (f"fingood test-rollback {bad[0]['revision']}",) if bad else ()
