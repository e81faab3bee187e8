"""How a history is shared out among workers: stretches in order, the longest as short as can be."""

from __future__ import annotations

from fingood.commands.proving import share_out


def test_a_heavy_revision_leaves_its_worker_fewer_others():
    light = [(f"light{number}", 1.0) for number in range(20)]
    first, second = share_out([*light, ("heavy", 10.0)], 2)
    assert (*first, *second) == tuple(id_ for id_, _ in (*light, ("heavy", 10.0)))
    assert len(second) < 7
    assert second[-1] == "heavy"


def test_the_climb_to_its_first_revision_counts_for_a_worker():
    first, second = share_out([(str(number), 1.0) for number in range(200)], 2)
    assert len(first) > len(second) > 0


def test_there_are_no_more_stretches_than_workers_and_no_empty_one():
    for number in (1, 2, 3, 7, 50):
        for jobs in (1, 2, 3, 5):
            shares = share_out([(str(place), 1.0 + place % 3) for place in range(number)], jobs)
            assert [id_ for share in shares for id_ in share] == [str(place) for place in range(number)]
            assert len(shares) <= jobs
            assert all(shares)
