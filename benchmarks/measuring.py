"""What the benchmarks measure with: CPU of a backend or of a whole server, wall time, and a process's memory.

Nothing here imports more than the standard library at its top, so that scripts of other environments can use it too.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TICK = 1 / os.sysconf("SC_CLK_TCK")
"""Seconds: the least that CPU time is told in."""


@dataclass(kw_only=True)
class Cost:
    """``cpu`` seconds of the server, ``wall`` seconds: the least of the rounds."""

    name: str
    run: Callable[[Any], object] = field(repr=False)
    cpu: float = float("inf")
    wall: float = float("inf")

    def add(self, *, cpu: float = float("inf"), wall: float = float("inf")) -> None:
        self.cpu, self.wall = min(self.cpu, cpu), min(self.wall, wall)


def measure(call: Callable[[], object], cpu: Callable[[], float]) -> tuple[float, float]:
    """CPU and wall seconds of one call; ``cpu`` tells what was spent up to now."""
    before, began = cpu(), time.perf_counter()
    call()
    wall = time.perf_counter() - began
    return cpu() - before, wall


def sql(text: str) -> Callable[[Any], object]:
    """A run of one statement on a connection, all of its rows fetched."""
    return lambda connection: connection.exec_driver_sql(text, execution_options={"no_parameters": True}).all()


def fill(url: str, statements: list[str]) -> None:
    """Makes and fills tables; vacuumed and analysed, so that nothing of it is left to whom is measured."""
    from fingood.catalog import connect

    with connect(url, read_only=False) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
        connection.commit()
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")


def backend_of(connection: Any) -> int:
    """The process that serves a connection."""
    return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def cpu_of(process: int) -> float:
    """User and system seconds of a process (proc(5), stat, fields 14 and 15)."""
    return _seconds(process, 11, 13)


def cpu_of_server(postmaster: int) -> float:
    """Of all that the server's processes spent, those that have ended too: the living children's own time, and what
    the postmaster has gathered of the others (proc(5), stat, fields 16 and 17)."""
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text(encoding="utf-8").split()
    total = _seconds(postmaster, 13, 15)
    for child in children:
        try:
            total += cpu_of(int(child))
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended since; the next reading has it among those gathered
    return total


def _seconds(process: int, first: int, end: int) -> float:
    # The second field, the name, may hold blanks.
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, fields[first:end])) * TICK


def peak_memory() -> float:
    """The most that this process has had in memory, in MB (VmHWM). ru_maxrss would count what its parent had, too."""
    status = Path("/proc/self/status").read_text(encoding="utf-8").split("\n")
    return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024
