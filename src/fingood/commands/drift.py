"""Models against the database, on a copy of its schema: the database itself is only read."""

from __future__ import annotations

from collections.abc import Callable

from fingood.checks.past import Drift
from fingood.commands.target import Target
from fingood.errors import FingoodError, UnknownRevision
from fingood.revisions import History
from fingood.sandbox import SandboxDatabase, open_sandbox
from fingood.settings import Settings
from fingood.statements import Recorder


def look_for_drift(
    settings: Settings, history: History, target: Target | None, why: str, watch: Callable[[str], None]
) -> Drift:
    """What ``alembic check`` would say of the target once it is at the heads; or why nobody knows."""
    if target is None or target.facts is None:
        return Drift(unknown=why)
    if not history.heads:
        return Drift(unknown="the history has no revisions yet")
    watch("comparing the models with the database")
    try:
        with (
            open_sandbox(
                target.dialect, major=target.major, settings=settings.sandbox, target_url=settings.database_url
            ) as sandbox,
            Recorder(settings.project, baseline=settings.sandbox.baseline) as recorder,
        ):
            if target.facts.tables:
                copy = sandbox.copy_of(target.url, content="schema")
            else:
                copy = sandbox.empty()
                recorder.prepare(copy.url)
            return _compared(recorder, history, target, copy)
    except FingoodError as error:
        return Drift(unknown=error.message)


def _compared(recorder: Recorder, history: History, target: Target, copy: SandboxDatabase) -> Drift:
    heads = target.facts.heads if target.facts else ()
    try:
        pending = history.pending(heads)
    except UnknownRevision as error:
        return Drift(unknown=f"the database is at a revision that the history does not have: {error.wanted}")
    for head in heads:
        recorder.stamp(copy.url, head)
    if pending:
        plans = recorder.upgrade(copy.url, "heads")
        if plans and plans[-1].failure is not None:
            return Drift(unknown=f"the pending revision {plans[-1].revision} fails on a copy of the database")
    differences = recorder.compare_models(copy.url)
    if differences is None:
        return Drift(unknown="env.py has no target_metadata: there are no models to compare")
    return Drift(differences=differences)
