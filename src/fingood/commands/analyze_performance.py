"""`analyze-performance --before-after`: the database's work before an upgrade laid beside its work since."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from fingood.audit import mask_literals
from fingood.catalog import connect
from fingood.catalog.workload import NO_STATEMENTS, read_workload
from fingood.catalog.workload_files import read_workloads, store_workload
from fingood.commands.analyze_file import compare_files
from fingood.errors import CouldNotLook
from fingood.model.finding import Finding
from fingood.model.report import CheckRun, Outcome, Report, Section, Table, Text
from fingood.model.severity import Confidence, Severity
from fingood.model.workload import Moment, Workload
from fingood.monitoring.comparison import (
    LEAST_CALLS,
    Change,
    Noise,
    Stretch,
    Sureness,
    between,
    compare_statements,
    measure_noise,
)
from fingood.revisions import History
from fingood.settings import Settings, dialect_of, require_database_url

_SHOWN = 30
_MORE_BLOCKS = 2.0
_MUCH_SLOWER = 2.0
_READS = 20
_COMMITS = 100
_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """The snapshots around one upgrade, the quiet ones before it, the oldest first, and the end of what followed."""

    before: Workload
    after: Workload
    quiet: tuple[Workload, ...]
    end: Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The two stretches around an upgrade and what differs; ``broken`` are files that are no snapshots."""

    upgrade: Upgrade
    before: Stretch
    after: Stretch
    changes: tuple[Change, ...]
    noise: Noise
    broken: tuple[str, ...] = ()

    @property
    def unseen(self) -> tuple[str, ...]:
        """What either snapshot could not read, each once."""
        return tuple(dict.fromkeys((*self.upgrade.before.unseen, *self.upgrade.end.unseen)))


def compare_before_after(settings: Settings, migration: str = "") -> Report:
    """Compares the time before the newest upgrade, or the one that applied ``migration``, with the time since.

    On SQLite it compares what the guard saw of the file right before and right after. Raises CouldNotLook where no
    upgrade with snapshots is known, CannotConnect.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    url = require_database_url(settings)
    wanted = {one.id for one in History.load(settings.project).resolve(migration)} if migration else set()
    if dialect_of(url) != "postgresql":
        return compare_files(settings, url, wanted)
    now = take_sample(settings, url)
    known, broken = read_workloads(settings.performance_dir, settings.target)
    upgrade = _find(known, now, wanted)
    before = between(upgrade.quiet[0] if upgrade.quiet else None, upgrade.before)
    after = between(upgrade.after, upgrade.end)
    noise = measure_noise((*upgrade.quiet, upgrade.before))
    changes = compare_statements(before, after, noise)
    found = Comparison(upgrade=upgrade, before=before, after=after, changes=changes, noise=noise, broken=broken)
    runs = tuple(_runs(found))
    return Report(
        command="analyze-performance",
        subject=f"before and after {', '.join(upgrade.after.revisions) or 'an upgrade'}",
        target=settings.target,
        started=started,
        duration=time.monotonic() - clock,
        headline=_headline(changes, runs),
        runs=runs,
        sections=tuple(_sections(found)),
        recommendations=_next(noise, changes),
        data=_data(found),
        fail_on=settings.fail_on,
    )


def take_sample(settings: Settings, url: str) -> Workload:
    """The counters right now, stored as one more sample of the quiet time. Raises CannotConnect, CouldNotLook."""
    try:
        with connect(url, application_name="fingood analyze-performance", statement_timeout=_TIMEOUT) as connection:
            now = read_workload(connection, Moment.SAMPLE, target=settings.target, mask=mask_literals)
    except DBAPIError as error:
        raise CouldNotLook(f"the database's counters cannot be read: {type(error.orig).__name__}") from None
    try:
        store_workload(settings.performance_dir, now)
    except OSError as error:
        raise CouldNotLook(f"cannot write {settings.performance_dir}: {error.strerror}") from None
    return now


def _find(known: Sequence[Workload], now: Workload, wanted: set[str]) -> Upgrade:
    after = next(
        (one for one in reversed(known) if one.moment is Moment.AFTER and (not wanted or wanted & set(one.revisions))),
        None,
    )
    before = next((one for one in known if after and one.moment is Moment.BEFORE and one.run == after.run), None)
    if after is None or before is None:
        what = f"the upgrade of {', '.join(sorted(wanted))}" if wanted else "any upgrade of this database"
        raise CouldNotLook(
            f"no snapshots around {what} are in this project",
            hint="a guarded alembic upgrade takes them by itself; they lie beside the audit log, in performance/",
        )
    earlier = [one for one in known if one.taken < before.taken]
    last_change = max((place for place, one in enumerate(earlier) if one.moment is Moment.AFTER), default=0)
    quiet = [one for one in earlier[last_change:] if one.moment is not Moment.BEFORE and one.reset == before.reset]
    later = (one for one in known if one.moment is Moment.BEFORE and one.taken > after.taken)
    return Upgrade(before=before, after=after, quiet=tuple(quiet), end=next(later, now))


def _runs(found: Comparison) -> Iterator[CheckRun]:
    before, after, changes = found.before, found.after, found.changes
    lacking = next((reason for reason in found.unseen if "statements" in reason), "")
    few = lacking or ("" if changes else f"no statement ran {LEAST_CALLS} times before and after")
    yield _run("slower-statements", [_slower(change) for change in changes if change.slower], few)
    more = [_more_blocks(change) for change in changes if change.blocks and change.blocks >= _MORE_BLOCKS]
    yield _run("more-blocks", more, few)
    reads, compared = _table_reads(before, after)
    yield _run("whole-table-reads", reads, "" if compared else f"no table was read {_READS} times before and after")
    used = [name for name, counts in before.indexes.items() if counts.get("scans", 0) >= _READS]
    lacking = "" if used else "no index was read often before"
    if after.database.get("commits", 0) < _COMMITS:
        lacking = f"fewer than {_COMMITS} transactions since the upgrade"
    yield _run("unread-indexes", [] if lacking else list(_unread(used, after)), lacking)


def _run(check: str, findings: list[Finding], unseen: str) -> CheckRun:
    if findings:
        return CheckRun(check=check, outcome=Outcome.FAILED, findings=tuple(findings))
    return CheckRun(check=check, outcome=Outcome.SKIPPED if unseen else Outcome.PASSED, reason=unseen)


def _slower(change: Change) -> Finding:
    much = change.sureness is Sureness.CALIBRATED and change.low >= _MUCH_SLOWER
    return _finding(
        "slower-statements",
        Severity.ERROR if much else Severity.WARNING,
        f"takes {change.ratio:.1f} times as long as before: {_ms(change.seconds[0])} → {_ms(change.seconds[1])} ms",
        change,
        observed=f"{change.ratio:.2f} ({change.low:.2f} to {change.high:.2f})",
        threshold=f"surely above 1.2; {change.sureness}",
        remedy="EXPLAIN (ANALYZE, BUFFERS) with its real values; ANALYZE the tables that the migration touched",
    )


def _more_blocks(change: Change) -> Finding:
    return _finding(
        "more-blocks",
        Severity.WARNING,
        f"reads {change.blocks:.1f} times as many blocks a call as before: its plan has changed, or its rows",
        change,
        observed=f"{change.blocks:.2f}",
        threshold=f"{_MORE_BLOCKS:g}",
        remedy="EXPLAIN (BUFFERS): is an index gone, or the statistics?",
    )


def _finding(
    check: str, severity: Severity, message: str, change: Change, *, observed: str, threshold: str, remedy: str
) -> Finding:
    return Finding(
        check=check,
        severity=severity,
        confidence=Confidence.OBSERVED,
        message=message,
        remedy=remedy,
        statement=change.text,
        evidence={
            "observed": observed,
            "threshold": threshold,
            "calls": f"{change.calls[0]:.0f} before, {change.calls[1]:.0f} after",
        },
    )


def _table_reads(before: Stretch, after: Stretch) -> tuple[list[Finding], int]:
    """Tables that are now read from end to end more often than before, and how many could be compared."""
    found, compared = [], 0
    for name, counts in after.tables.items():
        shares = [_whole(before.tables.get(name, {})), _whole(counts)]
        if shares[0] is None or shares[1] is None:
            continue
        compared += 1
        if shares[1] - shares[0] >= 0.3:
            found.append(
                Finding(
                    check="whole-table-reads",
                    severity=Severity.WARNING,
                    confidence=Confidence.OBSERVED,
                    subject=name,
                    message=f"{shares[1]:.0%} of the reads of {name} read it from end to end, {shares[0]:.0%} before",
                    effect="An index is gone, not valid, or no longer chosen.",
                    remedy=f"ANALYZE {name};  -- then EXPLAIN the statements that read it",
                    evidence={"observed": f"{shares[1]:.0%}", "threshold": f"{shares[0]:.0%} + 30 points"},
                )
            )
    return found, compared


def _whole(counts: Mapping[str, float]) -> float | None:
    whole, by_index = counts.get("seq_scan", 0.0), counts.get("idx_scan", 0.0)
    return whole / (whole + by_index) if whole + by_index >= _READS else None


def _unread(used: Sequence[str], after: Stretch) -> Iterator[Finding]:
    for name in used:
        if name in after.indexes and not after.indexes[name].get("scans"):
            yield Finding(
                check="unread-indexes",
                severity=Severity.INFO,
                confidence=Confidence.OBSERVED,
                subject=name,
                message=f"nobody has read the index {name} since the upgrade; before it was in use",
                effect="Plans have changed; what used it now reads something else.",
                remedy="look at the statements above; ANALYZE its table",
                evidence={"observed": "0 reads", "threshold": f"{_READS} before"},
            )


def _headline(changes: Sequence[Change], runs: tuple[CheckRun, ...]) -> str:
    slower, faster = sum(change.slower for change in changes), sum(change.faster for change in changes)
    unseen = sum(run.outcome is Outcome.SKIPPED for run in runs)
    rest = f", {unseen} of {len(runs)} comparisons could not be made" if unseen else ""
    if not changes:
        return f"no statement could be compared{rest}"
    return f"{len(changes)} statements compared: {slower} slower, {faster} faster{rest}"


def _sections(found: Comparison) -> Iterator[Section]:
    yield Text(title="What was compared", lines=tuple(_stretches(found)))
    if found.changes:
        rows = tuple(_row(change) for change in found.changes[:_SHOWN])
        columns = ("statement", "before", "after", "ratio", "95 % interval", "calls", "blocks", "verdict")
        yield Table(title="Statements, ms a call", columns=columns, rows=rows)
    rates = tuple(_rates(found.before, found.after))
    yield Table(title="Work a second", columns=("what", "before", "after", "ratio"), rows=rates)
    lines = (*found.unseen, *(f"{name} cannot be read as a snapshot" for name in found.broken))
    if lines:
        yield Text(title="Not looked at", lines=lines)


def _stretches(found: Comparison) -> Iterator[str]:
    before, after, noise = found.before, found.after, found.noise
    begun = f"{before.begun:%Y-%m-%d %H:%M:%S} UTC" if before.begun else "the counters' beginning"
    how = "" if before.whole else " (no earlier snapshot: averages since the counters began)"
    yield f"before  {begun} to {before.ended:%Y-%m-%d %H:%M:%S} UTC{how}"
    yield f"after   {after.begun:%Y-%m-%d %H:%M:%S} to {after.ended:%Y-%m-%d %H:%M:%S} UTC ({after.seconds:.0f} s)"
    if noise.comparisons:
        yield f"noise   quiet stretches differ up to {noise.factor:.2f} times (95 of 100, {noise.comparisons} compared)"
    else:
        yield "noise   not known: fewer than three snapshots of the quiet time before"
    yield f"revisions  {', '.join(found.upgrade.after.revisions) or 'not recorded'}"


def _row(change: Change) -> tuple[str, ...]:
    verdict = "slower" if change.slower else "faster" if change.faster else "no change"
    return (
        change.text[:120],
        _ms(change.seconds[0]),
        _ms(change.seconds[1]),
        f"{change.ratio:.2f}",
        f"{change.low:.2f} to {change.high:.2f}",
        f"{change.calls[0]:.0f} → {change.calls[1]:.0f}",
        "" if change.blocks is None else f"{change.blocks:.2f}",
        f"{verdict}, {change.sureness}" if verdict != "no change" else verdict,
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.3f}" if seconds < 0.01 else f"{seconds * 1000:,.1f}"


_RATES = ("commits", "rollbacks", "rows_read", "inserted", "updated", "deleted", "temp_bytes", "deadlocks")


def _rates(before: Stretch, after: Stretch) -> Iterator[tuple[str, str, str, str]]:
    for name in _RATES:
        rates = [part.database.get(name, 0.0) / part.seconds if part.seconds else None for part in (before, after)]
        shown = ["not known" if rate is None else f"{rate:,.2f}" for rate in rates]
        ratio = f"{rates[1] / rates[0]:.2f}" if rates[0] and rates[1] is not None else ""
        yield name.replace("_", " "), shown[0], shown[1], ratio
    hits = [_hits(part) for part in (before, after)]
    first, second = ("none read" if hit is None else f"{hit:.1%}" for hit in hits)
    yield "blocks from cache", first, second, ""


def _hits(part: Stretch) -> float | None:
    blocks = part.database.get("hits", 0.0) + part.database.get("reads", 0.0)
    return part.database.get("hits", 0.0) / blocks if blocks else None


def _next(noise: Noise, changes: Sequence[Change]) -> tuple[str, ...]:
    lines = [] if changes else ["let the application work for a while, then fingood analyze-performance --before-after"]
    if not noise.comparisons:
        lines.append(
            "fingood monitor-performance --duration 10m   # before the next upgrade: it samples the quiet time"
        )
    return tuple(lines)


def _data(found: Comparison) -> dict[str, object]:
    return {
        "revisions": list(found.upgrade.after.revisions),
        "statement_statistics": NO_STATEMENTS not in found.upgrade.end.unseen,
        "seconds": {"before": round(found.before.seconds, 3), "after": round(found.after.seconds, 3)},
        "noise": {"factor": round(found.noise.factor, 4), "comparisons": found.noise.comparisons},
        "statements": [
            {
                "statement": change.text,
                "calls": list(change.calls),
                "seconds": list(change.seconds),
                "ratio": round(change.ratio, 4),
                "interval": [round(change.low, 4), round(change.high, 4)],
                "chance": change.chance,
                "blocks": change.blocks,
                "sureness": change.sureness.name.lower(),
            }
            for change in found.changes
        ],
    }
