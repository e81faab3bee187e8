"""`init`: lays the scaffold into a project, or says how far a project has drifted from it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from fingood.errors import ConfigError
from fingood.model.finding import Finding
from fingood.model.report import CheckRun, Outcome, Report, Section, Table, Text
from fingood.model.severity import Confidence, Severity
from fingood.scaffold import Layout, State, Step, carry_out, lacks_guard, lines_for, plan_layout


class Mode(Enum):
    """What an init does with its plan. LAY creates what is missing; UPGRADE also rewrites older stubs."""

    LAY = "lay"
    UPGRADE = "upgrade"
    DRY_RUN = "dry run"
    CHECK = "check"


def init(folder: Path, mode: Mode = Mode.LAY, *, upgrade: bool = False) -> Report:
    """Lays the scaffold into ``folder``. ``upgrade`` makes a dry run show what an upgrade would do.

    Raises ConfigError when the folder cannot be used or a file cannot be written.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    if mode is Mode.CHECK and not folder.is_dir():
        raise ConfigError(f"no folder {folder}", hint="name the project's folder: fingood init FOLDER --check")
    layout = plan_layout(folder.absolute(), upgrade=upgrade or mode is Mode.UPGRADE)
    if mode in (Mode.LAY, Mode.UPGRADE):
        carry_out(layout)
    return Report(
        command="init",
        subject=str(layout.root),
        started=started,
        duration=time.monotonic() - clock,
        headline=_headline(layout, mode),
        runs=(_drift_run(layout),) if mode is Mode.CHECK else (),
        sections=tuple(_sections(layout, mode, diffs=upgrade or mode is Mode.UPGRADE)),
        recommendations=tuple(_next(layout, mode)),
        data={step.file.path: step.state.value for step in layout.steps},
    )


def _headline(layout: Layout, mode: Mode) -> str:
    created = len(layout.in_state(State.MISSING))
    rewritten = sum(step.rewrite for step in layout.steps)
    drifted = sum(step.drifted for step in layout.steps)
    if mode is Mode.CHECK:
        return f"{drifted} of {len(layout.steps)} files differ" if drifted else "nothing has drifted"
    if not created and not rewritten:
        return "nothing to do: everything is there"
    would = "would be " if mode is Mode.DRY_RUN else ""
    parts = [f"{_count(created, 'file')} {would}created"] if created else []
    parts += [f"{_count(rewritten, 'stub')} {would}rewritten"] if rewritten else []
    return ", ".join(parts)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _drift_run(layout: Layout) -> CheckRun:
    findings = tuple(_drift(state, steps) for state in _REMEDIES if (steps := layout.in_state(state)))
    return CheckRun(check="scaffold", outcome=Outcome.FAILED if findings else Outcome.PASSED, findings=findings)


_REMEDIES = {
    State.MISSING: "fingood init",
    State.OUTDATED: "fingood init --upgrade",
    State.CHANGED: "fingood init --upgrade   # shows the difference; delete a file and run it again to take ours",
}
_EFFECTS = {
    State.MISSING: "The paths that the documents name do not all exist.",
    State.OUTDATED: "An older version of the library laid them; nobody changed them since.",
    State.CHANGED: "Stubs that were changed by hand are not brought up to date by an upgrade.",
}


def _drift(state: State, steps: tuple[Step, ...]) -> Finding:
    paths = [step.file.path for step in steps]
    return Finding(
        check="scaffold",
        severity=Severity.ERROR,
        confidence=Confidence.OBSERVED,
        message=f"{state}: {', '.join(paths)}",
        effect=_EFFECTS[state],
        remedy=_REMEDIES[state],
        subject=f"{len(paths)} files" if len(paths) > 1 else paths[0],
    )


def _sections(layout: Layout, mode: Mode, *, diffs: bool) -> Iterator[Section]:
    rows = tuple((action, step.file.path) for step in layout.steps if (action := _action(step)))
    if rows and mode is not Mode.CHECK:
        yield Table(title="Plan", columns=("action", "file"), rows=rows)
    changed = layout.in_state(State.CHANGED)
    for step in changed if diffs else ():
        yield Text(title=f"{step.file.path} was changed by hand", lines=tuple(step.difference().splitlines()))
    if layout.alembic is not None and lacks_guard(layout.alembic.env_file):
        yield Text(title=f"Add to {layout.alembic.env_file}", lines=lines_for(layout.alembic.env_file))


def _action(step: Step) -> str:
    if step.rewrite:
        return "rewrite"
    if step.state is State.CHANGED:
        return "keep (changed by hand)"
    if step.state is State.OUTDATED:
        return "keep (older; --upgrade rewrites it)"
    if step.state is State.MISSING:
        return "create"
    return ""


def _next(layout: Layout, mode: Mode) -> Iterator[str]:
    created = bool(layout.in_state(State.MISSING))
    if mode is Mode.DRY_RUN and created:
        yield "fingood init"
    if mode is not Mode.LAY:
        return
    if layout.in_state(State.OUTDATED) or layout.in_state(State.CHANGED):
        yield "fingood init --upgrade"
    if created and layout.alembic is None:
        yield "export DATABASE_URL=postgresql+psycopg://user@localhost/database"
        yield 'alembic revision -m "first"'
        yield "python migrations/safety/safety_cli.py check head"
