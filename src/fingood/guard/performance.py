"""What the database had counted before an upgrade and after it, stored for `analyze-performance --before-after`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from fingood.audit import mask_literals
from fingood.catalog.workload import read_workload
from fingood.catalog.workload_files import store_workload
from fingood.guard.second import SecondSession
from fingood.model.workload import Moment, Workload


class WorkloadKeeper:
    """Takes the snapshots on the guard's second session. Whatever goes wrong is said and stops nothing."""

    def __init__(
        self, second: SecondSession, folder: Path, *, target: str, run: str, notice: Callable[[str], None]
    ) -> None:
        self._second = second
        self._folder = folder
        self._target = target
        self._run = run
        self._notice = notice
        self._before: Workload | None = None
        self._revisions: list[str] = []

    def step_begins(self, revision: str) -> None:
        """Called before every step; the first one takes the snapshot."""
        self._revisions.append(revision)
        if len(self._revisions) == 1:
            self._before = self._take(Moment.BEFORE)

    def run_ended(self) -> None:
        """Stores both snapshots, now that something was applied."""
        if self._before is None:
            return
        after = self._take(Moment.AFTER)
        if after is None:
            return
        try:
            for workload in (self._before, after):
                store_workload(self._folder, workload)
        except OSError as error:
            self._notice(f"what the database counted is not kept: {self._folder}: {error.strerror}")

    def _take(self, moment: Moment) -> Workload | None:
        try:
            return self._second.look(
                lambda connection: read_workload(
                    connection,
                    moment,
                    target=self._target,
                    mask=mask_literals,
                    run=self._run,
                    revisions=tuple(self._revisions) if moment is Moment.AFTER else (),
                    autocommit=True,
                )
            )
        except (SQLAlchemyError, ValueError, TypeError, KeyError) as error:
            self._notice(f"what the database counted {moment} this run could not be read: {type(error).__name__}")
            return None
