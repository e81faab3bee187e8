"""What a bank asks of its ledger all day long, so that there is work to compare before and after an upgrade."""

from __future__ import annotations

import random
from collections.abc import Sequence

from fingood.catalog import connect
from fingood.sandbox.driver import run

_QUESTIONS = (
    "SELECT count(*), sum(amount) FROM ledger.postings WHERE account_id = %s",
    "SELECT balance FROM ledger.account_balances WHERE account_id = %s",
    "SELECT line, account_id, amount FROM ledger.postings"
    " WHERE entry_id = (SELECT max(entry_id) FROM ledger.postings WHERE account_id = %s)",
)


def ask_the_ledger(url: str, *, times: int, seed: int) -> int:
    """Reads accounts, each question ``times`` times, about accounts that the seed chooses. Returns how many statements
    ran. Raises CannotConnect."""
    chance = random.Random(seed)
    with connect(url, application_name="bookings") as connection:
        accounts: Sequence[int] = [int(row[0]) for row in run(connection, "SELECT id FROM ledger.accounts ORDER BY id")]
        for _ in range(times):
            for question in _QUESTIONS:
                run(connection, question, [chance.choice(accounts)])
                # Each by itself, as an application's are.
                connection.rollback()
    return times * len(_QUESTIONS)
