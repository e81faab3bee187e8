"""The frame of every watch over a while: a sample a second at a cost that is measured, each kept at once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from fingood.errors import CouldNotLook
from fingood.monitoring.waits import Session
from fingood.settings import Settings

_INTERVAL = 1.0
_LONGEST = 60.0
_OVERHEAD = 0.01
_SAMPLES_TO_CATCH_UP = 10
_DRAWN = 300


class Moment(Protocol):
    """A sample of any database: it can say itself in one line."""

    @property
    def headline(self) -> str: ...


Tick = Callable[[Moment, tuple[Session, ...]], None]
S = TypeVar("S", bound=Moment)


class Besides(Protocol):
    """What else is done after a look: ``at`` is seconds since the beginning, ``last`` says that no look follows."""

    def __call__(self, at: float, *, last: bool) -> None: ...


def nothing(at: float, *, last: bool) -> None:
    """Nothing else is done."""


@dataclass(slots=True, kw_only=True)
class Watch(Generic[S]):
    """What was seen so far. ``clock`` is when it began, ``busy`` the seconds that looking took, ``worst`` the moment
    with most sessions waiting or held up, ``at`` when each sample was taken, in seconds from the beginning, ``seconds``
    how long it has lasted in all."""

    path: Path
    started: datetime
    clock: float
    samples: list[S] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    busy: float = 0.0
    worst: tuple[Session, ...] = ()
    seconds: float = 0.0

    def own_part(self, further: str = "") -> tuple[str, ...]:
        """What the watch itself took, and where its samples lie."""
        return (
            f"looking took {self.busy:.2f} s of {self.seconds:.0f} s: {self.busy / self.seconds:.2%} of one connection",
            f"samples in {self.path.name}{further}",
        )


R = TypeVar("R")


def thinned_out(rows: Sequence[R]) -> tuple[R, ...]:
    """Every so many of the rows, no more than a page can draw."""
    return tuple(rows[:: max(1, len(rows) // _DRAWN)])


def begin_watch(settings: Settings) -> Watch[Any]:
    """A watch, begun now, whose samples go to a new file in .fingood/performance. Raises CouldNotLook where none can be
    written."""
    started = datetime.now(UTC)
    try:
        settings.performance_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(settings.performance_dir, error) from None
    path = settings.performance_dir / f"samples-{started:%Y%m%dT%H%M%S}.jsonl"
    return Watch(path=path, started=started, clock=time.monotonic())


def sample_for(
    watch: Watch[S],
    look: Callable[[], tuple[S, tuple[Session, ...]]],
    duration: float,
    tick: Tick,
    besides: Besides = nothing,
) -> None:
    """Looks for ``duration`` seconds, once a second or as seldom as keeps our own cost below 1 %. ``besides`` is called
    after every look."""
    while True:
        begun = time.monotonic()
        sample, waits = look()
        took = time.monotonic() - begun
        besides(begun - watch.clock, last=begun - watch.clock + took >= duration)
        watch.busy += time.monotonic() - begun
        _note(watch, sample, waits, begun - watch.clock)
        tick(sample, waits)
        watch.seconds = time.monotonic() - watch.clock
        left = duration - watch.seconds
        if left <= 0:
            return
        time.sleep(min(pause_after(took, watch.busy / _OVERHEAD - watch.seconds), left))


def pause_after(took: float, behind: float = 0.0) -> float:
    """How long to wait after a sample that took that long: at least a second, and long enough to stay below 1 %.
    ``behind`` is how many seconds more it would take until all that was done so far is 1 %: made good bit by bit."""
    return min(max(_INTERVAL, took / _OVERHEAD + max(behind, 0.0) / _SAMPLES_TO_CATCH_UP), _LONGEST)


def cannot_write(path: Path, error: OSError) -> CouldNotLook:
    return CouldNotLook(f"cannot write {path}: {error.strerror}")


def _note(watch: Watch[S], sample: S, waits: tuple[Session, ...], at: float) -> None:
    watch.samples.append(sample)
    watch.at.append(at)
    if _badness(waits) > _badness(watch.worst):
        watch.worst = waits
    values: dict[str, Any] = asdict(sample)  # type: ignore[call-overload]
    line = {"at": datetime.now(UTC).isoformat(), **values, "waits": [asdict(one) for one in waits]}
    try:
        with watch.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    except OSError as error:
        raise cannot_write(watch.path, error) from None


def _badness(waits: tuple[Session, ...]) -> tuple[int, float]:
    return len(waits), max((one.seconds for one in waits), default=0.0)
