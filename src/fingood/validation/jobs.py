"""The statements of a validation as jobs: collected first, then run one after another or by several workers at once.

Workers read through connections of their own that share one snapshot, so they see one instant. The rows of a large
table are read in stretches of its pages, whose counts add up. PostgreSQL manual: 9.28.5 (snapshot synchronization),
13.2.2 (repeatable read).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.errors import CannotConnect, CouldNotLook
from fingood.statements.compat import cancel_query
from fingood.validation.blocks import WHOLE, Stretch
from fingood.validation.judging import Counted, added_up, count
from fingood.validation.query import CannotRead, reason_of
from fingood.validation.statement import Statement

PAGES = 16_384
"""Pages a stretch: 128 MB of 8 kB pages."""

Open = Callable[[], AbstractContextManager[Connection]]
Watch = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One statement; ``checks`` are its rules' ids, in their order. ``only`` is a condition that leaves out what was
    looked at before; empty where everything is looked at."""

    statement: Statement
    checks: tuple[str, ...]
    only: str = ""

    @property
    def weight(self) -> int:
        """How much there is to read, for the time that is left."""
        return max(1, self.statement.table.rows or 1) * (1 + len(self.checks))


@dataclass(slots=True)
class Done:
    """What came of a job: what was counted, and by a rule's number why it was not; ``seconds`` of the database's
    time."""

    job: Job
    counted: Counted | None = None
    reasons: dict[int, str] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(slots=True)
class Pace:
    """How far it is, said in words."""

    total: int
    watch: Watch
    began: float = field(default_factory=time.monotonic)
    done: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, job: Job) -> None:
        """Says what is looked at now, how much of all is behind, and how long the rest takes at this rate."""
        self.watch(f"{job.statement.source.noun} of {job.statement.table.name}{self._rest()}")

    def add(self, weight: float) -> None:
        """A job, or a stretch of one, is behind."""
        with self.lock:
            self.done += int(weight)

    def _rest(self) -> str:
        spent = time.monotonic() - self.began
        if not self.done or spent < 1:
            return ""
        left = spent * (self.total - self.done) / self.done
        return f" · {self.done / self.total:.0%} · about {left:.0f} s left"


def hold_snapshot(connection: Connection) -> str:
    """Makes the transaction see one instant, and gives the snapshot's name to others; '' where there is none to give
    (SQLite). Has to be the transaction's first statement. Raises CouldNotLook."""
    if connection.dialect.name != "postgresql":
        return ""
    try:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return str(connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one())
    except DBAPIError as error:
        raise CouldNotLook(f"no snapshot can be held: {reason_of(error)}", hint="fingood doctor") from None


def run_jobs(
    connection: Connection,
    jobs: Sequence[Job],
    *,
    watch: Watch,
    workers: int = 1,
    snapshot: str = "",
    another: Open | None = None,
) -> Iterator[Done]:
    """Each job's outcome, as they end. More than one worker needs a snapshot and a way to open ``another`` connection.

    A KeyboardInterrupt ends the statements that run on the server, too.
    """
    pace = Pace(total=sum(job.weight for job in jobs) or 1, watch=watch)
    _settle(connection)
    if workers < 2 or not snapshot or another is None or not jobs:
        yield from (_run(connection, job, pace, Stretch(only=job.only)) for job in jobs)
        return
    with ExitStack() as stack:
        connections = [connection]
        # Where the role or the server has no more connections to give, the work is done on those there are.
        with suppress(CannotConnect):
            while len(connections) < workers:
                connections.append(_join(stack, another, snapshot))
        yield from _shared(connections, sorted(jobs, key=lambda job: -job.weight), pace)


def _join(stack: ExitStack, another: Open, snapshot: str) -> Connection:
    connection = stack.enter_context(another())
    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    connection.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
    _settle(connection)
    return connection


def _shared(connections: list[Connection], jobs: Sequence[Job], pace: Pace) -> Iterator[Done]:
    free = list(connections)
    lock = threading.Lock()
    parts = [(job, stretch) for job in jobs for stretch in stretches(job)]
    wanted = {id(job): len(stretches(job)) for job in jobs}
    gathered: dict[int, list[Done]] = {}

    def work(job: Job, stretch: Stretch) -> Done:
        with lock:
            mine = free.pop()
        try:
            return _run(mine, job, pace, stretch, share=1 / wanted[id(job)])
        finally:
            with lock:
                free.append(mine)

    with ThreadPoolExecutor(len(connections)) as pool:
        futures = [pool.submit(work, job, stretch) for job, stretch in parts]
        try:
            for future in as_completed(futures):
                done = future.result()
                mine = gathered.setdefault(id(done.job), [])
                mine.append(done)
                if len(mine) == wanted[id(done.job)]:
                    yield _together(mine)
        except BaseException:
            for future in futures:
                future.cancel()
            for connection in connections:
                cancel_query(connection)
            raise


def stretches(job: Job) -> tuple[Stretch, ...]:
    """A large table's pages, cut into stretches; one alone where it is read at once."""
    pages = (job.statement.table.shape.bytes or 0) // 8192
    if not job.statement.pointed or pages <= PAGES or job.only:
        return (Stretch(only=job.only),)
    starts = range(0, pages, PAGES)
    return tuple(Stretch(first=start, end=start + PAGES if start != starts[-1] else None) for start in starts)


def _settle(connection: Connection) -> None:
    """Sums over many groups stay in memory, no time goes into compiling, and pages are asked for by their numbers: all
    for this transaction alone."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL work_mem = '64MB'")
        connection.exec_driver_sql("SET LOCAL jit = off")
        connection.exec_driver_sql("SET LOCAL enable_tidscan = on")


def _run(connection: Connection, job: Job, pace: Pace, stretch: Stretch = WHOLE, share: float = 1.0) -> Done:
    pace.tell(job)
    began = time.monotonic()
    done = Done(job)
    try:
        done.counted = count(connection, job.statement, stretch)
    except CannotRead as error:
        if error.of_the_query and len(job.statement.rules) > 1:
            _one_by_one(connection, done, stretch)
        else:
            done.reasons = dict.fromkeys(range(len(job.statement.rules)), str(error))
    done.seconds = time.monotonic() - began
    pace.add(job.weight * share)
    return done


def _one_by_one(connection: Connection, done: Done, stretch: Stretch) -> None:
    """A rule that the database does not take is found by asking each alone, so that it takes no other along."""
    statement, counted = done.job.statement, Counted()
    for number, rule in enumerate(statement.rules):
        alone = Statement(table=statement.table, source=statement.source, rules=(rule,))
        try:
            mine = count(connection, alone, stretch)
        except CannotRead as error:
            done.reasons[number] = str(error)
            mine = Counted(bad=[0], samples=[[]])
        counted.total = max(counted.total, mine.total)
        counted.void = counted.void or mine.void
        counted.bad += mine.bad
        counted.samples += mine.samples
    done.counted = counted


def _together(parts: list[Done]) -> Done:
    reasons = {number: reason for part in parts for number, reason in part.reasons.items()}
    counted = [part.counted for part in parts if part.counted is not None]
    return Done(
        parts[0].job,
        counted=added_up(counted) if len(counted) == len(parts) else None,
        reasons=reasons,
        seconds=sum(part.seconds for part in parts),
    )
