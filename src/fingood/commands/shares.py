"""How a history is shared out among workers: a stretch for each, and who is done takes over half of another's rest."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

_WORTH_A_NEW_LADDER = 8.0
"""What must be left to somebody for one who stands above to take some over: it begins from empty."""


class Shares:
    """Hands out what is wanted, a name at a time.

    ``weights`` are the names in order, with a guess at what each costs: a common one 1, a heavy one ten. A worker's
    ladder only goes up, so what it gets is in order, and what it takes over is the end of another's stretch, half of
    it by weight: a heavy revision at the end is begun early. Stretches begin equally heavy.
    """

    def __init__(self, weights: Sequence[tuple[str, float]], workers: int) -> None:
        self._wanted = tuple(weights)
        self._left: list[deque[int]] = [deque() for _ in range(workers)]
        self._reached = [-1] * workers
        total, reached = sum(weight for _, weight in weights), 0.0
        for place, (_, weight) in enumerate(weights):
            middle = reached + weight / 2
            self._left[min(workers - 1, int(middle * workers / total))].append(place)
            reached += weight

    def next_for(self, worker: int) -> str | None:
        """What this worker proves next; None where nothing is left that is worth its while."""
        own = self._left[worker]
        if not own:
            self._take_over(worker)
        if not own:
            return None
        self._reached[worker] = own.popleft()
        return self._wanted[self._reached[worker]][0]

    def _take_over(self, worker: int) -> None:
        other = max(self._left, key=lambda left: self._worth(worker, left))
        half = self._worth(worker, other) / 2
        taken = 0.0
        while other and taken < half:
            place = other.pop()
            taken += self._wanted[place][1]
            self._left[worker].appendleft(place)

    def _worth(self, worker: int, left: deque[int]) -> float:
        """What is left there, 0 where it is not worth a new ladder."""
        weight = sum(self._wanted[place][1] for place in left)
        is_above = bool(left) and left[-1] > self._reached[worker]
        return weight if is_above or weight >= _WORTH_A_NEW_LADDER else 0.0
