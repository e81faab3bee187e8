"""Verifies a log's lines: each line's own sum, the chain from line to line, and the sequence.

A chain finds what was changed, removed or put between. It cannot find that whole lines were cut from the end, nor that
the file's owner wrote the chain anew from some line on: that takes a copy of a line's hash kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from fingood.audit.record import FIRST, decode, hash_of, sum_holds


class ProblemKind(Enum):
    """What is wrong with a line."""

    TORN = "torn"
    CHANGED = "changed"
    CHAIN = "chain"
    SEQUENCE = "sequence"

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """``line`` counts from 1. ``harmless`` marks an interrupted write that the next line's chain vouches for."""

    line: int
    kind: ProblemKind
    message: str
    harmless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """``count`` is the number of whole events; ``last`` the hash of the last stored line, to be kept elsewhere."""

    count: int
    problems: tuple[Problem, ...] = ()
    last: str = FIRST

    @property
    def ok(self) -> bool:
        return all(problem.harmless for problem in self.problems)


def verify_lines(lines: Iterable[bytes]) -> Verification:
    """Verifies stored lines, each with its line end, the last perhaps without."""
    verifier = _Verifier()
    for number, line in enumerate(lines, 1):
        verifier.take(number, line)
    return verifier.finish()


class _Verifier:
    def __init__(self) -> None:
        self.count = 0
        self.previous = FIRST
        self.sequence = 0
        self.pending: Problem | None = None
        self.problems: list[Problem] = []

    def take(self, number: int, stored: bytes) -> None:
        line = stored.removesuffix(b"\n")
        if not stored.endswith(b"\n"):
            self._unended(number, line)
        elif sum_holds(line):
            self._whole(number, line)
        else:
            self._unsound(number, line)
        self.previous = hash_of(line)

    def finish(self) -> Verification:
        if self.pending is not None:
            self.problems.append(self.pending)
        return Verification(count=self.count, problems=tuple(self.problems), last=self.previous)

    def _whole(self, number: int, line: bytes) -> None:
        try:
            event = decode(line)
        except ValueError as error:
            self._report(number, ProblemKind.CHANGED, f"cannot be read: {error}")
            return
        chained = event.previous == self.previous
        self._judge_pending(chained=chained)
        if not chained:
            self._report(number, ProblemKind.CHAIN, "does not continue the line before: a line was changed or removed")
        if event.sequence != self.sequence + 1:
            self._report(number, ProblemKind.SEQUENCE, f"sequence {event.sequence} follows {self.sequence}")
        self.sequence = event.sequence
        self.count += 1

    def _unsound(self, number: int, line: bytes) -> None:
        """Torn by a crash or changed afterwards: the next line's chain tells which."""
        self._judge_pending(chained=False)
        self.pending = Problem(
            line=number, kind=ProblemKind.CHANGED, message=f"its {len(line)} bytes are not those that were written"
        )

    def _unended(self, number: int, line: bytes) -> None:
        self._judge_pending(chained=False)
        self._report(number, ProblemKind.TORN, f"the last write was cut off after {len(line)} bytes; no line end")

    def _judge_pending(self, *, chained: bool) -> None:
        pending, self.pending = self.pending, None
        if pending is not None and chained:
            self._report(pending.line, ProblemKind.TORN, "a write was cut off here; the chain goes on", harmless=True)
        elif pending is not None:
            self.problems.append(pending)

    def _report(self, line: int, kind: ProblemKind, message: str, *, harmless: bool = False) -> None:
        self.problems.append(Problem(line=line, kind=kind, message=message, harmless=harmless))
