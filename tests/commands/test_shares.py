"""How a history is shared out among workers: in order, everything once, and nobody idles beside much work."""

from __future__ import annotations

import os
import threading
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingood.commands.shares import Shares
from fingood.commands.workers import receive, send


def drawn(costs: list[float], weights: list[float], workers: int) -> tuple[list[list[int]], list[float]]:
    """What each worker proves, and when it has nothing left: each takes the next as soon as it is done."""
    shares = Shares([(str(place), weight) for place, weight in enumerate(weights)], workers)
    proven: list[list[int]] = [[] for _ in range(workers)]
    clocks, idle = [0.0] * workers, set[int]()
    while len(idle) < workers:
        worker = min((worker for worker in range(workers) if worker not in idle), key=clocks.__getitem__)
        id_ = shares.next_for(worker)
        if id_ is None:
            idle.add(worker)
            continue
        proven[worker].append(int(id_))
        clocks[worker] += costs[int(id_)]
    return proven, clocks


@given(st.lists(st.floats(0.1, 20), max_size=60), st.integers(1, 5))
def test_everything_is_proven_once_whatever_it_costs(costs: list[float], workers: int):
    proven, _ = drawn(costs, [1.0] * len(costs), workers)
    assert sorted(place for places in proven for place in places) == list(range(len(costs)))


def test_both_begin_with_a_stretch_of_their_own_and_go_up():
    proven, _ = drawn([1.0] * 20, [1.0] * 20, 2)
    assert proven == [list(range(10)), list(range(10, 20))]


def test_who_is_done_early_takes_over_the_end_of_what_another_has_left():
    costs = [1.0] * 20 + [9.0] * 20
    proven, clocks = drawn(costs, [1.0] * 40, 2)
    assert proven[0][:20] == list(range(20))
    assert proven[0] == sorted(proven[0])
    assert max(clocks) < sum(costs) / 2 + 10


def test_who_stands_above_takes_over_where_much_is_left_below_and_leaves_a_little_alone():
    much, _ = drawn([9.0] * 20 + [1.0] * 20, [1.0] * 40, 2)
    assert any(place < 20 for place in much[1])
    little, _ = drawn([9.0] * 6 + [1.0] * 6, [1.0] * 12, 2)
    assert little[1] == list(range(6, 12))


def test_a_heavy_revision_at_the_end_is_begun_early():
    weights = [1.0] * 19 + [10.0]
    proven, clocks = drawn(weights, weights, 2)
    assert proven[1][-1] == 19
    assert len(proven[1]) < 7
    assert max(clocks) < 17


def test_a_message_that_comes_in_pieces_is_read_whole():
    message = "revision" * 50_000
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        threading.Thread(target=send, args=(SimpleNamespace(stdin=pipe), message), daemon=True).start()
        try:
            assert receive(reading) == message
        finally:
            os.close(reading)


def test_the_end_of_the_run_is_no_message():
    reading, writing = os.pipe()
    os.close(writing)
    with pytest.raises(EOFError):
        receive(reading)
    os.close(reading)
