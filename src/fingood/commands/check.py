"""`check`: what a migration locks, breaks and loses, seen by running it in a sandbox."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from fingood.catalog import connect, read_facts
from fingood.checks import Subject, choose, run_checks
from fingood.checks.observed import disagreements
from fingood.checks.pages import describe_rules
from fingood.commands import broken_files, lock_table
from fingood.commands.check_record import record_check
from fingood.commands.common_findings import lift_common
from fingood.commands.costs import Costs, Wait, data_of, headline_of, notes_of, sections_of
from fingood.commands.ground import Ground, NotReachable, recorder_for, way_on
from fingood.commands.live import Moment, look_at_moment
from fingood.commands.scope import Chosen, Scope, choose_revisions
from fingood.commands.target import Target, look_at_target, version_words, with_sizes
from fingood.model.facts import Facts
from fingood.model.finding import Direction
from fingood.model.plan import Plan
from fingood.model.report import Outcome, Report, Section, Table, Text, tally
from fingood.model.severity import SafetyLevel, Severity
from fingood.revisions import Body, History, Problem, Revision, load_without_broken
from fingood.rollback import target_below
from fingood.sandbox import open_sandbox
from fingood.settings import Settings
from fingood.statements import Recorder


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What is asked about every revision. ``broken`` are files that cannot be loaded; the history is without them."""

    settings: Settings
    history: History
    broken: tuple[Problem, ...]
    target: Target
    level: SafetyLevel
    fail_on: Severity
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    moment: Moment | None = None


def check_revisions(
    settings: Settings,
    revisions: Sequence[str] = (),
    *,
    scope: Scope | None = None,
    level: SafetyLevel | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    static: bool = False,
    now: datetime | None = None,
    watch: Callable[[str], None] = lambda label: None,
) -> Report:
    """Judges revisions: ids, file names or ranges, or those of a scope. One report; for several, one child each.

    Runs each of them in a sandbox, up and down, on the state below it; with ``static`` only renders its SQL. The
    configured database is read, for its sizes, its schema and what goes on in it, and never written to; ``now`` is the
    moment that change control judges by. Raises HistoryError, CannotConnect, SandboxUnavailable, EnvironmentFailed,
    ConfigError.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    question = _ask(settings, level, tuple(select), tuple(ignore))
    asked = scope or Scope(words=tuple(revisions))
    words = asked.words
    asked = replace(asked, words=broken_files.without(words, question.broken))
    if asked.given or not question.broken:
        chosen = choose_revisions(settings, question.history, question.target, asked)
    else:
        chosen = Chosen(revisions=())
    wanted = chosen.revisions
    if not static and wanted:
        question = replace(question, moment=_look(question, now))
    render = _static if static else _recorded
    children: tuple[Report, ...] = (
        *broken_files.reports(question.broken, words, question.level, question.fail_on),
        *(render(question, wanted, watch) if wanted else ()),
    )
    if len(children) == 1:
        return replace(children[0], started=started, duration=time.monotonic() - clock)
    report = _together(children, question, started, time.monotonic() - clock)
    return replace(report, headline=f"nothing to check: {chosen.nothing}") if chosen.nothing else report


def _ask(settings: Settings, level: SafetyLevel | None, select: tuple[str, ...], ignore: tuple[str, ...]) -> _Question:
    select, ignore = select or settings.select, ignore or settings.ignore
    choose(select, ignore)
    strict = level or settings.level
    project, history, broken = load_without_broken(settings.project)
    return _Question(
        settings=replace(settings, project=project),
        history=history,
        broken=broken,
        target=look_at_target(settings),
        level=strict,
        fail_on=settings.fail_on if level in (None, settings.level) else strict.blocks_at,
        select=select,
        ignore=ignore,
    )


def _look(question: _Question, now: datetime | None) -> Moment:
    """Once for the whole report: the moment is the same for all of its revisions."""
    return look_at_moment(
        question.settings,
        question.target,
        level=question.level,
        select=question.select,
        ignore=question.ignore,
        now=now,
    )


def _static(question: _Question, wanted: Sequence[Revision], watch: Callable[[str], None]) -> Iterator[Report]:
    """By Alembic's offline mode alone: quick, and blind to what a revision asks the database."""
    dialect = question.target.dialect
    with Recorder(question.settings.project) as recorder:
        for revision in wanted:
            clock = time.monotonic()
            watch(f"rendering {revision.id}")
            up = recorder.render(revision.id, Direction.UPGRADE, dialect)
            subject = _subject(question, revision, facts=question.target.facts, upgrade=up)
            notes = ["rendered by Alembic's offline mode; nothing was run"]
            yield _report(question, subject, revision, notes, time.monotonic() - clock)


def _recorded(question: _Question, wanted: Sequence[Revision], watch: Callable[[str], None]) -> Iterator[Report]:
    with _ground(question, watch) as ground:
        costs = Costs.of(question.settings, question.target, ground.recorder, watch)
        for revision in wanted:
            clock = time.monotonic()
            watch(f"checking {revision.id}")
            subject = _tried(question, ground, revision, costs)
            notes = [*ground.sandbox.notes, *ground.notes, *_mismatch(question, ground)]
            if subject.upgrade is not None:
                notes += [*subject.upgrade.notes, *notes_of(subject.estimate)]
            yield _report(question, subject, revision, notes, time.monotonic() - clock)


@contextmanager
def _ground(question: _Question, watch: Callable[[str], None]) -> Iterator[Ground]:
    settings, target = question.settings, question.target
    with (
        open_sandbox(
            target.dialect, major=target.major, settings=settings.sandbox, target_url=settings.database_url
        ) as sandbox,
        recorder_for(settings) as recorder,
    ):
        yield Ground(settings, question.history, sandbox, recorder, target, watch)


def _tried(question: _Question, ground: Ground, revision: Revision, costs: Costs) -> Subject:
    """The revision run up on the ground's database, down again on a clone of it, and up on a sample like the target."""
    try:
        below = ground.below(revision)
    except NotReachable as error:
        return _subject(question, revision, facts=None, no_plan=error.message)
    earlier = tuple(ground.pending)
    with connect(below.url) as connection:
        facts = with_sizes(read_facts(connection, target=False), question.target.facts)
    spare = costs.spare(below)
    upgrade = ground.applied(ground.recorder.upgrade(below.url, revision.id), revision.id)
    downgrade = None
    if upgrade.failure is None and revision.shape.downgrade is not Body.MISSING:
        clone = below.clone()
        downgrade = _own(ground.recorder.downgrade(clone.url, target_below(revision)), revision)
        clone.drop()
    estimate = costs.estimate(spare, upgrade)
    subject = _subject(question, revision, facts=facts, upgrade=upgrade, downgrade=downgrade, earlier=earlier)
    return replace(subject, estimate=estimate)


def _own(plans: Iterable[Plan], revision: Revision) -> Plan | None:
    return next((plan for plan in plans if plan.revision == revision.id), None)


def _subject(
    question: _Question,
    revision: Revision,
    *,
    facts: Facts | None,
    upgrade: Plan | None = None,
    downgrade: Plan | None = None,
    earlier: tuple[Plan, ...] = (),
    no_plan: str = "",
) -> Subject:
    settings, moment = question.settings, question.moment
    source = (settings.project.root / revision.path).read_text(encoding="utf-8")
    return Subject(
        revision=revision.id,
        path=revision.path,
        source=source,
        dialect=question.target.dialect if upgrade is None else upgrade.dialect,
        upgrade=upgrade,
        downgrade=downgrade,
        no_plan=no_plan,
        facts=facts,
        earlier=earlier,
        heads=question.history.heads,
        protected=settings.protected,
        money=settings.money,
        shape=revision.shape,
        level=question.level,
        live=moment.facts if moment else None,
        no_live=moment.reason if moment and question.select else "",
        control=moment.control(revision, source) if moment else None,
        today=datetime.now(UTC).date(),
    )


def _report(question: _Question, subject: Subject, revision: Revision, notes: Iterable[str], duration: float) -> Report:
    runs = run_checks(subject, level=question.level, select=question.select, ignore=question.ignore)
    runs += question.moment.runs if question.moment and not question.select else ()
    wait = Wait.of(runs, question.settings.guard.lock_timeout)
    locks, back = lock_table.lock_rows(subject, subject.upgrade), lock_table.lock_rows(subject, subject.downgrade)
    different = disagreements(subject, runs)
    report = Report(
        command="check",
        subject=f"{revision.id} {revision.doc}".strip(),
        started=datetime.now(UTC),
        duration=duration,
        target=f"{question.target.line} · level {question.level}",
        runs=runs,
        sections=(*sections_of(subject.estimate, subject.upgrade), *_sections(locks, back, different, notes)),
        data={
            "revision": revision.id,
            "path": revision.path,
            "level": str(question.level),
            "rendering": subject.upgrade.rendering.value if subject.upgrade else None,
            "statements": len(subject.upgrade.statements) if subject.upgrade else None,
            "locks": [dict(zip(Locks.columns, row, strict=True)) for row in locks],
            "locks_of_downgrade": [dict(zip(Locks.columns, row, strict=True)) for row in back],
            "disagreements": list(different),
            "notes": list(notes),
            **data_of(subject.estimate, wait),
        },
        fail_on=question.fail_on,
        rules=describe_rules((run.check for run in runs), question.level),
    )
    words = " · ".join(filter(None, (headline(report), headline_of(subject.estimate, wait))))
    unrecorded = record_check(
        question.settings,
        report,
        subject=revision.id,
        path=revision.path,
        level=question.level,
        content_hash=revision.content_hash,
        static=question.moment is None,
        chosen=(question.select, question.ignore),
    )
    if unrecorded:
        report = replace(report, sections=(*report.sections, Text(title="record", lines=(unrecorded,))))
    return replace(report, headline=words, recommendations=_next(report, revision))


Rows = tuple[tuple[str, ...], ...]
Locks = Table(title="locks", columns=lock_table.COLUMNS, rows=())


def _sections(locks: Rows, back: Rows, different: tuple[str, ...], notes: Iterable[str]) -> tuple[Section, ...]:
    sections: list[Section] = [replace(Locks, rows=locks)] if locks else []
    sections += [replace(Locks, title="locks on the way back", rows=back)] if back else []
    sections += [Text(title="where the run and the text differ", lines=different, detail=True)] if different else []
    lines = tuple(dict.fromkeys(notes))
    return (*sections, Text(title="notes", lines=lines)) if lines else tuple(sections)


def headline(report: Report) -> str:
    """``BLOCKED 2 errors, 1 warning``; ``clean``; or what was found though it blocks nothing."""
    counts = ", ".join(
        f"{number} {severity}{'s' if number > 1 and severity is not Severity.INFO else ''}"
        for severity, number in tally(report.findings).items()
    )
    blind = next((run.reason for run in report.all_runs if run.outcome is Outcome.ERRORED), "")
    if report.blocking:
        return f"BLOCKED  {counts}" + (f" · not judged: {blind}" if blind else "")
    if blind:
        return f"NOT JUDGED  {blind}"
    return f"nothing blocks · {counts}" if counts else "clean"


def _next(report: Report, revision: Revision) -> tuple[str, ...]:
    if report.blocking:
        return (f"fingood check --explain {report.blocking[0].check}",)
    if report.count(Outcome.ERRORED):
        failure = next((run.reason for run in report.runs if "below it fails" in run.reason), "")
        return (way_on(failure),) if failure else ()
    return (f"fingood test-rollback {revision.id}",)


def _said_anew(whole: Report, lean: Report) -> Report:
    """The report without what all have in common, with the verdict that is left."""
    if len(whole.runs) == len(lean.runs):
        return whole
    first = f"fingood check --explain {lean.blocking[0].check}" if lean.blocking else ""
    rest = whole.headline.removeprefix(headline(whole))
    return replace(lean, headline=headline(lean) + rest, recommendations=(first,) if first else ())


def _mismatch(question: _Question, ground: Ground) -> list[str]:
    target, sandbox = question.target.facts, ground.sandbox.server_version
    if target is None or not target.server_version or target.server_version // 10000 == sandbox // 10000:
        return []
    return [
        f"the sandbox runs PostgreSQL {version_words(sandbox)}, the target {version_words(target.server_version)}: "
        "what differs between the two was not seen"
    ]


def _together(children: tuple[Report, ...], question: _Question, started: datetime, duration: float) -> Report:
    runs, lean = lift_common(children)
    report = Report(
        command="check",
        subject=f"{len(children)} revisions",
        started=started,
        duration=duration,
        target=f"{question.target.line} · level {question.level}",
        runs=runs,
        children=tuple(_said_anew(*pair) for pair in zip(children, lean, strict=True)) if runs else children,
        data={"revisions": [child.data["revision"] for child in children], "level": str(question.level)},
        fail_on=question.fail_on,
        rules=describe_rules((run.check for run in runs), question.level),
    )
    blocked = sum(bool(child.blocking) for child in report.children)
    words = f"{headline(report)} · {blocked} of {len(children)} revisions" if blocked else headline(report)
    return replace(report, headline=words)
