"""`validate-all`: the safety check and the rollback proof of every revision of a history, the bad ones all named."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from fingood.catalog import connect, read_facts
from fingood.checks import Subject, choose, run_checks
from fingood.commands.check_record import record_check
from fingood.commands.ground import recorder_for
from fingood.commands.scope import Scope, choose_revisions
from fingood.commands.target import Target, look_at_target, with_sizes
from fingood.commands.test_rollback import data_of, record_proof
from fingood.model.facts import Facts
from fingood.model.finding import Finding
from fingood.model.plan import Plan
from fingood.model.report import CheckRun, Outcome, Report, Table, Text, tally
from fingood.model.severity import SafetyLevel
from fingood.revisions import History, Revision
from fingood.rollback import Judgement, Proof, climb, runs_of
from fingood.sandbox import SandboxDatabase, open_sandbox
from fingood.settings import Settings

Watch = Callable[[str, int, int], None]


def validate_all(
    settings: Settings,
    *,
    level: SafetyLevel | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    scope: Scope | None = None,
    watch: Watch = lambda label, done, total: None,
) -> Report:
    """Replays the whole history from empty and judges each revision on the state below it.

    It goes on after failures: what stands on a revision that cannot be applied is errored, with that reason. ``watch``
    hears each revision's id and how far it is. Raises HistoryError, SandboxUnavailable, EnvironmentFailed, ConfigError.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    history, target = History.load(settings.project), look_at_target(settings)
    review = Review(
        settings=settings,
        history=history,
        target=target,
        level=level or settings.level,
        select=tuple(select) or settings.select,
        ignore=tuple(ignore) or settings.ignore,
    )
    choose(review.select, review.ignore)
    chosen = choose_revisions(settings, history, target, scope if scope and scope.given else Scope(everything=True))
    if chosen.nothing:
        return _nothing(review, chosen.nothing, started)
    wanted = frozenset(revision.id for revision in chosen.revisions)
    total = len(wanted)
    rows: list[tuple[str, ...]] = []
    runs: list[CheckRun] = []
    verdicts: list[dict[str, object]] = []
    judged: Counter[Judgement] = Counter()
    with (
        open_sandbox(
            target.dialect, major=target.major, settings=settings.sandbox, target_url=settings.database_url
        ) as sandbox,
        recorder_for(settings) as recorder,
    ):

        def start() -> SandboxDatabase:
            ladder = sandbox.empty()
            recorder.prepare(ladder.url)
            return ladder

        for revision, proof in climb(recorder, history, start(), wanted=wanted, before_each=review.look, anew=start):
            own = (*review.checked(revision, proof), *runs_of(proof))
            runs += own
            rows.append(_row(revision, proof, own))
            verdicts.append({**data_of(proof), "findings": [_as_data(f) for run in own for f in run.findings]})
            judged[proof.judgement] += 1
            record_proof(settings, revision, proof)
            watch(revision.id, len(rows), total)
        notes = sandbox.notes
    return Report(
        command="validate-all",
        subject=f"{total} revisions",
        target=f"{target.line} · level {review.level}",
        started=started,
        duration=time.monotonic() - clock,
        headline=_headline(judged, runs, total),
        runs=tuple(runs),
        sections=(
            Table(title="revisions", columns=("revision", "up s", "down s", "way back", "findings"), rows=tuple(rows)),
            Text(title="notes", lines=notes),
        ),
        recommendations=_next(verdicts),
        data={"revisions": verdicts, "judgements": {str(j): judged[j] for j in Judgement if judged[j]}},
        fail_on=settings.fail_on,
    )


def _nothing(review: Review, why: str, started: datetime) -> Report:
    return Report(
        command="validate-all",
        subject="0 revisions",
        target=f"{review.target.line} · level {review.level}",
        started=started,
        duration=0.0,
        headline=f"nothing to check: {why}",
        data={"revisions": [], "judgements": {}},
        fail_on=review.settings.fail_on,
    )


@dataclass(kw_only=True)
class Review:
    """The safety check's part: what each revision's Plans look like to the checks, on the facts right below it."""

    settings: Settings
    history: History
    target: Target
    level: SafetyLevel
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    _facts: Facts | None = None

    def look(self, revision: Revision, ladder: SandboxDatabase) -> None:
        """Called before each revision: reads the facts while the database stands below it."""
        with connect(ladder.url) as connection:
            self._facts = with_sizes(read_facts(connection, target=False), self.target.facts)

    def checked(self, revision: Revision, proof: Proof) -> tuple[CheckRun, ...]:
        """The checks on one revision; none where it could not be reached, which the proof says."""
        if proof.judgement is Judgement.UNJUDGED and proof.up is None:
            return ()
        subject = Subject(
            revision=revision.id,
            path=revision.path,
            source=(self.settings.project.root / revision.path).read_text(encoding="utf-8"),
            dialect=self.target.dialect if proof.up is None else proof.up.dialect,
            upgrade=proof.up,
            downgrade=proof.down,
            facts=self._facts,
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


def _headline(judged: Counter[Judgement], runs: Iterable[CheckRun], total: int) -> str:
    good = judged[Judgement.LOSSLESS] + judged[Judgement.COSMETIC]
    rest = [f"{judged[j]} {j}" for j in Judgement if judged[j] and j not in (Judgement.LOSSLESS, Judgement.COSMETIC)]
    errored = sum(run.outcome is Outcome.ERRORED and not run.check.startswith("rollback") for run in runs)
    words = [f"{good} of {total} revisions can be undone", *rest]
    return " · ".join([*words, f"{errored} checks could not look"] if errored else words)


def _next(verdicts: list[dict[str, object]]) -> tuple[str, ...]:
    bad = [v for v in verdicts if v["judgement"] not in (Judgement.LOSSLESS.value, Judgement.COSMETIC.value)]
    return (f"fingood test-rollback {bad[0]['revision']}",) if bad else ()
