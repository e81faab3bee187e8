"""`test-migrations`: the safety check, the rollback proof and the data's validation under one roof."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from fingood.commands.check import check_revisions
from fingood.commands.proving import Pace, Watch
from fingood.commands.scope import Scope
from fingood.commands.test_rollback import test_rollback
from fingood.commands.validate import validate_data
from fingood.commands.validate_all import validate_all
from fingood.model.report import Outcome, Report
from fingood.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be tested: one migration with its rollback, one rollback, the data, or everything."""

    migration: str = ""
    rollback: str = ""
    data: bool = False
    everything: bool = False


def run_tests(
    settings: Settings,
    wanted: Wanted,
    *,
    scope: Scope | None = None,
    pace: Pace | None = None,
    watch: Callable[[str], None] = lambda label: None,
    count: Watch = lambda label, done, total: None,
) -> Report:
    """Runs what is wanted and puts the reports under one. ``scope`` and ``pace`` are those of the whole history.

    Raises what the commands raise.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    children = tuple(_children(settings, wanted, scope, pace, watch=watch, count=count))
    if len(children) == 1:
        return children[0]
    bad = sum(bool(child.blocking) for child in children)
    blind = sum(child.count(Outcome.ERRORED) for child in children)
    words = f"{len(children) - bad} of {len(children)} tests passed" if bad else f"all {len(children)} tests passed"
    return Report(
        command="test-migrations",
        subject=", ".join(child.command for child in children),
        target=settings.target,
        started=started,
        duration=time.monotonic() - clock,
        headline=f"{words} · {blind} checks could not look" if blind else words,
        children=children,
        data={"tests": [child.command for child in children]},
        fail_on=settings.fail_on,
    )


def _children(
    settings: Settings,
    wanted: Wanted,
    scope: Scope | None,
    pace: Pace | None,
    *,
    watch: Callable[[str], None],
    count: Watch,
) -> Iterator[Report]:
    if wanted.migration:
        yield check_revisions(settings, (wanted.migration,), watch=watch)
        yield test_rollback(settings, (wanted.migration,), watch=watch)
    if wanted.rollback:
        yield test_rollback(settings, (wanted.rollback,), watch=watch)
    if wanted.everything:
        yield validate_all(settings, scope=scope, pace=pace, watch=count)
    # Without a database there is no data to look at; with --test-all that is no fault of the migrations.
    if wanted.data or (wanted.everything and settings.database_url):
        yield validate_data(settings, watch=watch)
