"""What `check` tells about costs: when an estimate is made, and how it reads in a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fingood.catalog import connect, read_statistics
from fingood.commands.target import Target
from fingood.estimation import LARGE, Estimator
from fingood.model.estimate import BlockedTable, Estimate, Interval
from fingood.model.plan import Plan
from fingood.model.quantities import in_words, seconds_in_words, size_in_words
from fingood.model.report import CheckRun, Section, Table
from fingood.model.severity import Severity
from fingood.sandbox import SandboxDatabase
from fingood.settings import Settings
from fingood.statements import Recorder

COLUMNS = ("where", "statement", "seconds", "from", "to", "known")
_NOTICED = 0.1


@dataclass(frozen=True, slots=True)
class Costs:
    """Makes the estimates of one report. Without an estimator ``reason`` says why there are none."""

    estimator: Estimator | None = None
    reason: str = ""

    @classmethod
    def of(cls, settings: Settings, target: Target, recorder: Recorder, watch: Callable[[str], None]) -> Costs:
        """Reads the target's statistics, unless there is nothing to estimate."""
        if not settings.sandbox.estimate:
            return cls(reason="sandbox.estimate is off")
        if target.facts is None or not target.url:
            return cls(reason="no database is configured")
        if target.dialect != "postgresql":
            return cls(reason="estimates are made for PostgreSQL")
        with connect(target.url, application_name="fingood check") as connection:
            statistics = read_statistics(connection)
        return cls(
            Estimator(
                recorder=recorder,
                url=target.url,
                statistics=statistics,
                schema=target.facts.default_schema,
                watch=watch,
            )
        )

    def spare(self, below: SandboxDatabase) -> SandboxDatabase | None:
        """A copy to measure on; none where the target has no table that is large enough to matter."""
        if self.estimator is None:
            return None
        tables = self.estimator.statistics.tables.values()
        return below.clone() if any(table.heap_bytes >= LARGE for table in tables) else None

    def estimate(self, spare: SandboxDatabase | None, plan: Plan) -> Estimate:
        """The upgrade's estimate. The spare database is gone afterwards."""
        try:
            if self.estimator is None:
                return Estimate(reason=self.reason)
            return self.estimator.estimate(spare, plan)
        finally:
            if spare is not None:
                spare.drop()


@dataclass(frozen=True, slots=True)
class Wait:
    """Sessions that hold what the migration needs: ``first`` in words, ``most`` seconds until the guard gives up (0 for
    never)."""

    first: str
    most: float

    @classmethod
    def of(cls, runs: Iterable[CheckRun], lock_timeout: float) -> Wait | None:
        """What the check lock-conflict saw; None where nobody is in the way now."""
        found = [finding for run in runs if run.check == "lock-conflict" for finding in run.findings]
        real = [finding for finding in found if finding.severity > Severity.INFO]
        return cls(real[0].message, lock_timeout) if real else None

    def __str__(self) -> str:
        until = f"gives up after {seconds_in_words(self.most)}" if self.most else "waits as long as they take"
        return f"other sessions are in the way: it {until}"


def headline_of(estimate: Estimate | None, wait: Wait | None) -> str:
    """``about 41 s (25–70 s) with writes to ledger.entries blocked``; '' where nothing is known."""
    words = [str(wait)] if wait is not None else []
    if estimate is None or (estimate.seconds is None and not estimate.blocked):
        return " · ".join(words)
    worst = worst_of(estimate)
    if worst is not None:
        what = "reads and writes of" if worst.mode.blocks_reads else "writes to"
        more = "" if worst.complete else " or longer"
        words.insert(0, f"{in_words(worst.seconds)}{more} with {what} {worst.table} blocked")
    elif estimate.seconds is not None and wait is None and estimate.statements:
        words.append("nobody has to wait longer than 100 ms")
    return " · ".join(words)


def worst_of(estimate: Estimate) -> BlockedTable | None:
    """The table that is blocked longest, reads weighing more than writes of the same time; None where nobody would
    notice."""
    noticed = [one for one in estimate.blocked if one.seconds.high >= _NOTICED or not one.complete]
    return max(noticed, key=lambda one: (one.seconds.likely, one.mode.blocks_reads), default=None)


def sections_of(estimate: Estimate | None, plan: Plan | None) -> tuple[Section, ...]:
    """A table of the statements that anybody would notice, and one of who has to wait."""
    if estimate is None or plan is None:
        return ()
    rows = tuple(
        (
            str(one.location or ""),
            _verb(plan, one.index),
            seconds_in_words(one.seconds.likely) if one.seconds else "unknown",
            seconds_in_words(one.seconds.low) if one.seconds else "",
            seconds_in_words(one.seconds.high) if one.seconds else "",
            one.reason or (f"{one.basis}, × {one.ratio:.0f}" if one.ratio >= 1.5 else str(one.basis)),
        )
        for one in estimate.statements
        if one.seconds is None or one.seconds.high >= _NOTICED
    )
    waits = tuple(
        (
            str(one.table),
            "reads and writes" if one.mode.blocks_reads else "writes",
            in_words(one.seconds) + ("" if one.complete else " or longer"),
        )
        for one in estimate.blocked
        if one.seconds.high >= _NOTICED or not one.complete
    )
    found: list[Section] = []
    if rows:
        found.append(Table(title="time on the target", columns=COLUMNS, rows=rows))
    if waits:
        found.append(Table(title="who has to wait", columns=("table", "blocked", "for"), rows=waits))
    return tuple(found)


def notes_of(estimate: Estimate | None) -> list[str]:
    """What the numbers rest on, and what is missing."""
    if estimate is None:
        return []
    notes = [f"no estimate of times: {estimate.reason}"] if estimate.reason else []
    if estimate.rows:
        tables = ", ".join(f"{name} ({rows:,} rows)" for name, rows in estimate.rows.items())
        notes.append(f"times were measured on this machine, on made-up rows like the target's: {tables}")
    if estimate.disk is not None and estimate.disk.high >= LARGE:
        wal = f", and writes {_bytes_in_words(estimate.wal)} of WAL" if estimate.wal is not None else ""
        notes.append(f"needs {_bytes_in_words(estimate.disk)} of disk until the old files are gone{wal}")
    return [*notes, *estimate.notes]


def _bytes_in_words(size: Interval) -> str:
    return f"about {size_in_words(size.likely)} ({size_in_words(size.low)}–{size_in_words(size.high)})"


def data_of(estimate: Estimate | None, wait: Wait | None) -> dict[str, object]:
    """The estimate as JSON values: seconds and bytes. The wait for locks comes before the seconds, and is not in
    them."""
    if estimate is None:
        return {"estimated_duration": None, "estimate": None}
    longest = max((one.seconds.likely for one in estimate.blocked), default=0.0)
    known = estimate.seconds is not None
    return {
        "estimated_duration": round(longest, 3) if known else None,
        "estimate": {
            "seconds": interval_of(estimate.seconds),
            "disk_bytes": interval_of(estimate.disk),
            "wal_bytes": interval_of(estimate.wal),
            "reason": estimate.reason,
            "wait": None if wait is None else {"for": wait.first, "low": 0, "high": wait.most or None},
            "statements": [
                {
                    "index": one.index,
                    "basis": one.basis.value,
                    "seconds": interval_of(one.seconds),
                    "ratio": round(one.ratio, 2),
                    "reason": one.reason,
                }
                for one in estimate.statements
            ],
            "blocked": [
                {"table": str(one.table), "lock": str(one.mode), "seconds": interval_of(one.seconds)}
                for one in estimate.blocked
            ],
        },
    }


def interval_of(value: Interval | None) -> dict[str, float] | None:
    """An interval as a JSON value."""
    if value is None:
        return None
    return {"low": round(value.low, 4), "likely": round(value.likely, 4), "high": round(value.high, 4)}


def _verb(plan: Plan, index: int) -> str:
    statement = next((one for one in plan.statements if one.index == index), None)
    return statement.actions[0].verb.value if statement and statement.actions else "statement"
