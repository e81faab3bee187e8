"""What is made of the locks that were read while a statement ran."""

from __future__ import annotations

import pytest

from fingood.model.action import LockMode
from fingood.statements.locks import locks_of
from fingood.statements.observations import World, observe
from fingood.statements.reader import parse
from fingood.statements.wire import Seen

WORLD = World(("public",), {("public", "account"): "r", ("public", "by_name"): "i"})
TAKEN = (
    ("public", "account", "ShareUpdateExclusiveLock"),
    ("public", "by_name", "ShareUpdateExclusiveLock"),
    ("public", "by_name", "AccessExclusiveLock"),
)


@pytest.mark.parametrize(
    ("sql", "mode"),
    [
        ("DROP INDEX CONCURRENTLY by_name", LockMode.SHARE_UPDATE_EXCLUSIVE),
        ("DROP INDEX by_name", LockMode.ACCESS_EXCLUSIVE),
    ],
)
def test_the_last_lock_on_an_index_that_nobody_can_use_any_more_is_left_out(sql: str, mode: LockMode) -> None:
    actions = parse(sql, "postgresql").actions
    seen = Seen(held=TAKEN, taken=TAKEN, refiled=(), scanned=(), rows_changed=0, wal_bytes=0, sampled=True)
    _, locks = observe(seen, WORLD, actions, locks_of(actions))
    assert {str(lock.relation): lock.mode for lock in locks if lock.observed}["by_name"] is mode


def test_a_sample_proves_presence_and_not_absence() -> None:
    actions = parse("ALTER TABLE account ADD x int", "postgresql").actions
    seen = Seen(held=(), taken=(), refiled=(), scanned=(), rows_changed=0, wal_bytes=0, sampled=True)
    observation, (lock,) = observe(seen, WORLD, actions, locks_of(actions))
    assert (lock.mode, lock.observed) == (LockMode.ACCESS_EXCLUSIVE, False)
    assert observation.refuted == ()
