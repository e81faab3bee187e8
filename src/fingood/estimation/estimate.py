"""The estimate: the revision run on a sample like the target's tables, its times scaled to the target's sizes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.catalog import connect, read_column_statistics, read_statistics
from fingood.estimation.blocking import blocked_tables, held_locks
from fingood.estimation.demands import Demands, demanded_columns, demands_of, touched, works_on_rows
from fingood.estimation.filling import Filled, fill_tables
from fingood.estimation.room import Files, disk_interval, new_bytes
from fingood.estimation.scaling import base_seconds, constant, ratio_of, scaled, unknown, worked_on
from fingood.estimation.sizes import Scale, changed_rows
from fingood.model.estimate import NOTHING, Estimate, Interval, StatementEstimate
from fingood.model.names import RelationName, quote_always
from fingood.model.plan import Plan, Statement
from fingood.model.statistics import Statistics, TableStatistics
from fingood.sandbox import SandboxDatabase
from fingood.statements import Recorder
from fingood.statements.compat import make_engine, sqlstate_of

SAMPLE_BYTES = 32 << 20
"""Heap of one table's sample: large enough for times of tenths of a second, small enough to be filled in a few."""

LARGE = 1 << 20
"""Heap in bytes below which a table is read, sorted or written in a few milliseconds on any server."""

_SESSION = ("maintenance_work_mem", "work_mem", "max_parallel_maintenance_workers", "max_parallel_workers_per_gather")
_UNITS = {"kB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40, "B": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One revision: its plan on next to no rows, the same on the sample, and what the sample holds."""

    plan: Plan
    measured: Plan
    sample: Statistics
    filled: Filled
    before: Files
    after: Files


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    """A sandbox database with rows like the target's: what was filled, and its statistics at the beginning."""

    database: SandboxDatabase
    filled: Filled
    statistics: Statistics


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimator:
    """Estimates revisions for one target. ``url`` is the target's, read for the statistics of the tables in question;
    ``schema`` is the one that names without a schema are in."""

    recorder: Recorder
    url: str
    statistics: Statistics
    schema: str = "public"
    sample_bytes: int = SAMPLE_BYTES
    watch: Callable[[str], None] = lambda label: None

    def worth_it(self, plan: Plan) -> bool:
        """Whether the plan's times depend on the rows of a table that the target has."""
        tables = touched(plan, self.schema, self.statistics)
        return works_on_rows(plan) and any(self.statistics.tables[name].heap_bytes >= LARGE for name in tables)

    def estimate(self, below: SandboxDatabase | None, plan: Plan) -> Estimate:
        """What the plan will cost. ``below`` is a database of the state below the revision, which is ruined: its
        tables are filled and the revision is run there. Without one only statements that work on no rows are
        estimated, and the reason says so."""
        if plan.failure is not None:
            return Estimate(reason="the upgrade failed on a copy without rows")
        if not self.worth_it(plan):
            return self._put_together(plan, [constant(one) for one in plan.statements])
        if reason := _unfit(below):
            return self._unmeasured(plan, reason)
        assert below is not None
        try:
            sample = self._sampled(below, (plan,))
            return self._measure(sample, plan, lambda: self.recorder.upgrade(below.url, plan.revision))
        except DBAPIError as error:
            return self._unmeasured(plan, f"the sample could not be made [SQLSTATE {_state(error)}]")

    def there_and_back(
        self, below: SandboxDatabase | None, up: Plan, down: Plan, back: str
    ) -> tuple[Estimate, Estimate]:
        """What the upgrade and the downgrade after it will cost, one run after the other on one sample; ``back`` is
        Alembic's word for where the downgrade ends. ``below`` and what is not measured: as in :meth:`estimate`."""
        if not (self._holds_rows(up) or self._holds_rows(down)):
            return self._without_rows(up), self._without_rows(down)
        if reason := _unfit(below):
            return self._unmeasured(up, reason), self._unmeasured(down, reason)
        assert below is not None
        try:
            sample = self._sampled(below, (up, down))
            scale = Scale.of(self.statistics, sample.statistics, sample.filled.rows)
            there = self._measure(sample, up, lambda: self.recorder.upgrade(below.url, up.revision), scale)
            with _writing(below.url, isolation_level="AUTOCOMMIT") as connection:
                _run(connection, "ANALYZE")
            scale = scale.after(there.sizes)
            return there, self._measure(sample, down, lambda: self.recorder.downgrade(below.url, back), scale)
        except DBAPIError as error:
            reason = f"the sample could not be made [SQLSTATE {_state(error)}]"
            return self._unmeasured(up, reason), self._unmeasured(down, reason)

    def _without_rows(self, plan: Plan) -> Estimate:
        """Of a plan that finds no rows to work on: what it took is what it takes."""
        wal = sum(one.observed.wal_bytes for one in plan.statements if one.observed is not None)
        found = self._put_together(
            plan, [constant(one) for one in plan.statements], room=(NOTHING, Interval.exactly(float(wal)))
        )
        return replace(found, changed=NOTHING)

    def _holds_rows(self, plan: Plan) -> bool:
        """Whether the plan works on rows of a table that holds any on the target."""
        tables = touched(plan, self.schema, self.statistics)
        return works_on_rows(plan) and any(self.statistics.tables[name].heap_bytes for name in tables)

    def _unmeasured(self, plan: Plan, reason: str) -> Estimate:
        """Only what does not depend on rows."""
        known = [
            unknown(one, reason) if worked_on(one, self.schema, self.statistics) else constant(one)
            for one in plan.statements
        ]
        return replace(self._put_together(plan, known), reason=reason)

    def _sampled(self, below: SandboxDatabase, plans: Sequence[Plan]) -> _Sample:
        """The database, its tables filled as far as the plans have to do with them."""
        tables: dict[RelationName, RelationName] = {}
        for plan in plans:
            tables |= touched(plan, self.schema, self.statistics)
        number = f"{len(tables)} sampled table{'s' if len(tables) > 1 else ''}"
        self.watch(f"measuring {plans[0].revision} on {number}")
        filled = self._fill(below, plans, tables)
        with connect(below.url) as connection:
            return _Sample(database=below, filled=filled, statistics=read_statistics(connection))

    def _measure(
        self, sample: _Sample, plan: Plan, run: Callable[[], Iterable[Plan]], scale: Scale | None = None
    ) -> Estimate:
        """Runs the plan on the sample and scales what it took. With a ``scale`` rows and sizes are told too."""
        with connect(sample.database.url) as connection:
            before = Files.of(connection)
            existed = frozenset(read_statistics(connection).tables)
        with sample.database.durable():
            plans = run()
        with connect(sample.database.url) as connection:
            after = Files.of(connection)
        done = _Run(
            plan=plan,
            measured=_own(plans, plan),
            sample=sample.statistics,
            filled=sample.filled,
            before=before,
            after=after,
        )
        estimates = [self._of(number, done) for number in range(len(plan.statements))]
        found = self._put_together(plan, estimates, filled=sample.filled, room=self._room(done), existed=existed)
        if scale is None:
            return found
        changed = changed_rows(done.measured, self.schema, self.statistics, sample.statistics)
        return replace(found, changed=changed, sizes=scale.changes(before, after))

    def _fill(
        self, below: SandboxDatabase, plans: Sequence[Plan], tables: Mapping[RelationName, RelationName]
    ) -> Filled:
        demands = demands_of(plans, self.schema)
        known = self._known(tables, demands)
        with _writing(below.url) as connection:
            self._adopt_settings(connection)
            filled = fill_tables(
                connection,
                known,
                sample_bytes=self.sample_bytes,
                statements=[one.sql for plan in plans for one in plan.statements],
                shaped=lambda shape: demands.shape(shape, tables.get(shape.name, shape.name)),
            )
        with _writing(below.url, isolation_level="AUTOCOMMIT") as connection:
            for name in filled.rows:
                _run(connection, f"VACUUM (ANALYZE) {name.sql}")
            _run(connection, "CHECKPOINT")
        return filled

    def _known(
        self, tables: Mapping[RelationName, RelationName], demands: Demands
    ) -> dict[RelationName, TableStatistics]:
        """The tables with their columns' statistics, which are read now: of these tables alone."""
        with connect(self.url, application_name="fingood check") as connection:
            columns = read_column_statistics(connection, tables)
        return {
            name: replace(
                self.statistics.tables[name], columns=demanded_columns(columns.get(name, {}), demands, parent)
            )
            for name, parent in tables.items()
        }

    def _adopt_settings(self, connection: Connection) -> None:
        """The sessions of the run sort and parallelise as the target's would."""
        database = connection.exec_driver_sql("SELECT current_database()").scalar()
        for key in _SESSION:
            if key in self.statistics.settings:
                value = self.statistics.settings[key].replace("'", "''")
                _run(connection, f"ALTER DATABASE {quote_always(str(database))} SET {key} = '{value}'")

    def _of(self, number: int, run: _Run) -> StatementEstimate:
        statement = run.plan.statements[number]
        measured = run.measured.statements[number] if number < len(run.measured.statements) else None
        if measured is None or measured.failure is not None or measured.duration is None:
            failed = run.measured.failure
            return unknown(statement, str(failed) if failed is not None else "it did not run on the sample")
        worked = worked_on(measured, self.schema, self.statistics)
        if not worked and (strange := self._strange(measured, run)):
            return unknown(statement, f"{strange} is not in the target yet, so that its size there is not known")
        if not worked:
            return replace(constant(measured), index=statement.index)
        refused = next((run.filled.refused[name] for name in worked if name in run.filled.refused), "")
        ratio = ratio_of(worked, self.statistics, run.sample)
        if refused or ratio is None:
            return unknown(statement, refused or "the sample holds no rows")
        return replace(scaled(measured, base_seconds(measured, run.plan), ratio), index=statement.index)

    def _strange(self, measured: Statement, run: _Run) -> RelationName | None:
        """A table of some size that the statement reads or writes whole and that the target does not have: one that the
        upgrade has renamed or filled."""
        seen = measured.observed
        names = [] if seen is None else [*seen.rewritten, *(name for name, _ in seen.scanned)]
        sizes = run.before.of_tables()
        return next((name for name in names if sizes[name.within(self.schema)] >= LARGE), None)

    def _room(self, run: _Run) -> tuple[Interval, Interval]:
        """Bytes of new files, and bytes of WAL."""
        ratios = {}
        for name in run.filled.rows:
            ratio = ratio_of({name: None}, self.statistics, run.sample)
            ratios[name] = max(1.0, ratio.bytes) if ratio else 1.0
        tables, indexes = new_bytes(run.before, run.after, ratios, max(ratios.values(), default=1.0))
        memory = _bytes(self.statistics.settings.get("maintenance_work_mem", "64MB"))
        wal = 0.0
        for one in run.measured.statements:
            worked = worked_on(one, self.schema, self.statistics)
            written = one.observed.wal_bytes if one.observed else 0
            wal += written * max((ratios.get(name, 1.0) for name in worked), default=1.0)
        return disk_interval(tables, indexes, memory), Interval(wal * 0.7, wal, wal * 1.5 + tables)

    def _put_together(
        self,
        plan: Plan,
        estimates: list[StatementEstimate],
        *,
        filled: Filled | None = None,
        room: tuple[Interval, Interval] = (NOTHING, NOTHING),
        existed: frozenset[RelationName] = frozenset(),
    ) -> Estimate:
        known = [one.seconds for one in estimates if one.seconds is not None]
        there = frozenset((*self.statistics.tables, *self.statistics.leaves))
        return Estimate(
            statements=tuple(estimates),
            seconds=sum(known, NOTHING) if len(known) == len(estimates) else None,
            blocked=blocked_tables(plan, estimates, self.schema, there),
            held=held_locks(plan, estimates, self.schema, there | existed),
            disk=room[0],
            wal=room[1],
            rows=filled.rows if filled else {},
            notes=tuple(f"{name} was not sampled: {why}" for name, why in (filled.refused if filled else {}).items()),
        )


def _own(plans: Iterable[Plan], plan: Plan) -> Plan:
    """The revision's own plan; an empty one where it was not reached."""
    return next((one for one in plans if one.revision == plan.revision), replace(plan, statements=()))


def _unfit(below: SandboxDatabase | None) -> str:
    """Why nothing can be measured on this database, '' where it can."""
    if below is None:
        return "there was no database to measure on"
    return "" if below.is_private else "times are measured on a private server; sandbox.server names another one"


def _state(error: DBAPIError) -> str:
    return sqlstate_of(error) or "unknown"


@contextmanager
def _writing(url: str, **options: str) -> Iterator[Connection]:
    engine = make_engine(url, **options)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _run(connection: Connection, sql: str) -> None:
    connection.exec_driver_sql(sql, execution_options={"no_parameters": True})


def _bytes(setting: str) -> float:
    """``64MB`` as a number."""
    found = re.match(r"(\d+)\s*(\w*)\Z", setting)
    return float(found[1]) * _UNITS.get(found[2] or "B", 1) if found else 0.0
