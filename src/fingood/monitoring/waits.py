"""Who waits for whom, as a tree with whoever holds up others at its root."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from fingood.audit import mask_literals
from fingood.catalog.queries import run_sql
from fingood.monitoring.check import read_sql

_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session that waits for ``blockers``, or that holds up others. ``seconds`` is how long it has waited, or how old
    its transaction is; ``statement`` has no literals."""

    pid: int
    application: str
    state: str
    seconds: float
    statement: str
    blockers: tuple[int, ...] = ()

    def __str__(self) -> str:
        what = f"waits {self.seconds:.0f} s" if self.blockers else f"{self.state or 'hidden'}, {self.seconds:.0f} s"
        return f"pid {self.pid} ({self.application}) {what}: {self.statement or 'its statement cannot be seen'}"


@dataclass(frozen=True, slots=True)
class Branch:
    """A session and those that wait for it."""

    session: Session
    waiting: tuple[Branch, ...] = ()


def read_waits(connection: Connection) -> tuple[Session, ...]:
    """The sessions that wait for a lock, and those that hold them up."""
    return tuple(
        Session(
            pid=int(row["pid"]),
            application=str(row["application"]),
            state=str(row["state"]),
            seconds=float(row["seconds"]),
            statement=" ".join(mask_literals(str(row["query"])).split())[:_SHOWN],
            blockers=tuple(sorted(set(map(int, row["blockers"])))),
        )
        for row in run_sql(connection, read_sql("postgresql", "waits"))
    )


def tree_of(sessions: Sequence[Session]) -> tuple[Branch, ...]:
    """The roots are who waits for nobody that is seen; of sessions in a circle the first one is."""
    known = {session.pid: session for session in sessions}
    roots = [session for session in sessions if not set(session.blockers) & known.keys()] or list(sessions[:1])
    return tuple(_branch(root, sessions, frozenset()) for root in roots)


def _branch(session: Session, sessions: Sequence[Session], above: frozenset[int]) -> Branch:
    above = above | {session.pid}
    waiting = [one for one in sessions if session.pid in one.blockers and one.pid not in above]
    return Branch(session, tuple(_branch(one, sessions, above) for one in waiting))


def lines_of(branches: Sequence[Branch], depth: int = 0) -> Iterator[str]:
    """The tree in plain lines."""
    for branch in branches:
        yield f"{'   ' * (depth - 1)}{'└─ ' if depth else ''}{branch.session}"
        yield from lines_of(branch.waiting, depth + 1)
