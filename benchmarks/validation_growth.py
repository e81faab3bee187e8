"""How fingood's whole validation grows with a ledger: run by validation_peers.py ``--growth``.

Each size has a database of its own, on a server as users have it: parallel plans on, the table larger than the server's
memory from some size on. Every invariant with two workers, then the totals by account and currency as a migration takes
them before and after; each in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial

from measuring import cpu_of_server, fill, measure, peak_memory, sql
from validation import MAPPING, statements

from fingood.catalog import connect
from fingood.sandbox.lease import read_postmaster
from fingood.sandbox.server import Server
from fingood.validation import look_over, validate
from fingood.validation.jobs import hold_snapshot
from fingood.validation.reconcile import compare_totals
from fingood.validation.totals import Totals, sum_up, take_totals

MEMORY = {"shared_buffers": "2GB", "max_parallel_workers": "2"}


def grow(sizes: list[int]) -> None:
    """Prints a row a size."""
    print(
        "| postings | on disk | bytes a posting | every invariant, wall | CPU of the server | of the client | ns a row | memory | sums before and after | totals once | totals before and after, compared |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for rows in sizes:
        with Server.start(settings=MEMORY) as server:
            database = server.create_database()
            url = server.url(database)
            fill(url, statements(rows))
            with connect(url) as connection:
                disk = connection.exec_driver_sql("SELECT pg_database_size(current_database()) / 1e6").scalar_one()
                table = connection.exec_driver_sql("SELECT pg_table_size('postings')").scalar_one()
                sql("SELECT count(*) FROM postings")(connection)
            cpu = partial(cpu_of_server, read_postmaster(server.base / "data")[0])
            found: list[dict[str, float]] = []
            spent, _ = measure(lambda url=url, found=found: found.append(_in_a_process("whole", url)), cpu)  # type: ignore[misc]
            whole, totals = found[0], _in_a_process("totals", url)
        print(
            f"| {rows:,} | {disk:,.0f} MB | {table / rows:.0f} | {whole['wall']:.1f} s | {spent:.1f} s | {whole['client']:.1f} s"
            f" | {whole['wall'] / rows * 1e9:,.0f} | {max(whole['memory'], totals['memory']):.0f} MB"
            f" | {totals['sums']:.1f} s | {totals['once']:.1f} s | {totals['wall']:.1f} s |",
            flush=True,
        )


def _in_a_process(what: str, url: str) -> dict[str, float]:
    done = subprocess.run([sys.executable, __file__, what, url], stdout=subprocess.PIPE, text=True, check=True)
    outcome: dict[str, float] = json.loads(done.stdout)
    return outcome


def measure_whole(url: str) -> dict[str, float]:
    """The command as users run it."""
    with connect(url) as connection:
        snapshot, began = hold_snapshot(connection), time.perf_counter()
        runs = validate(
            connection, "full", mappings=MAPPING, workers=2, snapshot=snapshot, another=partial(connect, url)
        )
        wall = time.perf_counter() - began
    errored = [f"{run.check}: {run.reason}" for run in runs if run.outcome.value == "errored"]
    if errored:
        raise SystemExit(f"not evaluated, so no time: {'; '.join(errored)}")
    return {"wall": wall}


def measure_totals(url: str) -> dict[str, float]:
    """Before and after a migration that changes nothing, and compared: ``sums`` by account and currency alone, as the
    guard takes them, ``wall`` with a hash of every column, of which ``once`` is the first look."""
    with connect(url) as connection:
        known = look_over(connection, mappings=MAPPING)
        began = time.perf_counter()
        _compare(*(tuple(sum_up(connection, table) for table in known.tables if table.money) for _ in range(2)))
        sums = time.perf_counter() - began
        began = time.perf_counter()
        before = take_totals(connection, known)
        once = time.perf_counter() - began
        _compare(before, take_totals(connection, known))
    return {"sums": sums, "once": once, "wall": time.perf_counter() - began}


def _compare(before: Sequence[Totals], after: Sequence[Totals]) -> None:
    different = compare_totals(before, after)
    if different:
        raise SystemExit(f"nothing was changed, and yet: {different[0].message}")


if __name__ == "__main__":
    outcome = {"whole": measure_whole, "totals": measure_totals}[sys.argv[1]](sys.argv[2])
    spent = os.times()
    print(json.dumps({**outcome, "client": spent.user + spent.system, "memory": peak_memory()}))
