"""fingood's validation of twenty row rules beside Soda Core, Great Expectations and one query a rule; and how it grows.

    python benchmarks/validation_peers.py [--rows 5000000] [--rounds 2] [--environments DIR]
    python benchmarks/validation_peers.py --growth 500000,2000000,5000000,20000000

One private server and one table (peer_rules.py) in its memory, parallel plans off for all, known defects of each rule.
Each run is a process of its own. CPU is that of all of the server's processes from the run's start until its sessions
have gone, wall that from connecting to the answer, without the start of the process; both the least of the rounds.
Memory is the client's at its peak. Soda and Great Expectations are installed into virtual environments made for the
run, or kept in DIR; whoever cannot be installed or fails has a row that says so.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from measuring import TICK, backend_of, cpu_of, cpu_of_server, fill, measure, sql
from peer_rules import LEAST_ROWS, RULES, TABLE, planted, statements
from peer_statement import statement_of
from sqlalchemy.engine import Connection, make_url
from validation_growth import grow

from fingood.catalog import connect
from fingood.sandbox.lease import read_postmaster
from fingood.sandbox.server import Server

HERE = Path(__file__).resolve().parent
PACKAGES = {"soda": ("soda-core-postgres==3.5.6",), "gx": ("great_expectations[postgresql]==1.24.1",)}
MEMORY = {"shared_buffers": "2GB", "max_parallel_workers_per_gather": "0"}
PATIENCE = 3600
"""Seconds that one run may take."""


@dataclass(kw_only=True)
class Contender:
    """``driver`` is its name in peer_drivers.py, ``environment`` one of PACKAGES or '' for fingood's own. ``rules`` are
    handed to it as they stand; ``beside`` says that its counts take in what PeerRule.beside says."""

    name: str
    driver: str
    environment: str = ""
    rules: list[dict[str, Any]] = field(default_factory=list, repr=False)
    beside: bool = False
    cpu: float = float("inf")
    wall: float = float("inf")
    client: float = float("inf")
    memory: float = 0.0
    wrong: list[str] = field(default_factory=list)
    failed: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--environments", type=Path, help="where the others' virtual environments are, or are made")
    parser.add_argument("--only", default="", help="a part of the names of those to run beside the limit and fingood")
    parser.add_argument("--each", action="store_true", help="also what each condition costs alone")
    parser.add_argument("--growth", help="instead: fingood's whole validation at these numbers of rows, by commas")
    options = parser.parse_args()
    if options.growth:
        grow([int(rows) for rows in options.growth.split(",")])
        return
    if options.rows < LEAST_ROWS:
        parser.error(f"--rows: {LEAST_ROWS:,} at least, or the defects have no room")
    with tempfile.TemporaryDirectory(prefix="validation-peers-") as folder:
        place = Path(folder)
        pythons = make_environments(options.environments or place)
        with Server.start(settings=MEMORY) as server:
            contenders = run_all(server, options, place, pythons)
    tell(contenders)
    if any(one.wrong for one in contenders):
        sys.exit("not all found what was planted, see above")


def make_environments(place: Path) -> dict[str, str]:
    """The Python of each environment, or a text that begins with '!' and says why there is none."""
    pythons = {"": sys.executable}
    for name, packages in PACKAGES.items():
        python = place / name / "bin" / "python"
        if not python.exists():
            began = time.perf_counter()
            venv.create(place / name, with_pip=True)
            install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages]
            done = subprocess.run(install, capture_output=True, text=True, check=False)
            if done.returncode:
                pythons[name] = f"!not installed: {last_line(done.stderr)}"
                continue
            print(f"{', '.join(packages)} installed in {time.perf_counter() - began:.0f} s", flush=True)
        pythons[name] = str(python)
    return pythons


def run_all(server: Server, options: argparse.Namespace, place: Path, pythons: dict[str, str]) -> list[Contender]:
    url = server.url(server.create_database())
    began = time.perf_counter()
    fill(url, statements(options.rows))
    with connect(url) as connection:
        contenders = contenders_of(connection)
    contenders = [one for one in contenders if one.driver in ("limit", "fingood") or options.only in one.name]
    with connect(url) as connection:
        # Inside of a transaction pg_stat_activity would show the same sessions for ever (PostgreSQL manual, 27.2.2).
        connection.execution_options(isolation_level="AUTOCOMMIT")
        megabytes = connection.exec_driver_sql(f"SELECT pg_table_size('{TABLE}') / 1000000").scalar()
        print(f"PostgreSQL {server.version}, {options.rows:,} postings, {megabytes} MB, load {os.getloadavg()[0]:.1f}")
        print(
            f"filled in {time.perf_counter() - began:.0f} s, {sum(map(planted, range(len(RULES))))} defects", flush=True
        )
        sql(f"SELECT count(*) FROM {TABLE}")(connection)
        cpu = partial(cpu_when_quiet, connection, read_postmaster(server.base / "data")[0])
        for _ in range(options.rounds):
            for contender in contenders:
                run_one(contender, url, place, pythons[contender.environment], cpu)
        if options.each:
            tell_each(connection, contenders, options.rows)
    return contenders


def tell_each(connection: Connection, contenders: list[Contender], rows: int) -> None:
    """Each rule alone, above a bare count: the condition by hand, and fingood's with whatever stands in it."""
    backend = partial(cpu_of, backend_of(connection))
    bare = measure(partial(sql(f"SELECT count(*) FROM {TABLE}"), connection), backend)[0]
    plain = next(one for one in contenders if one.driver == "fingood").rules
    print("\n| rule | plain, ns a row | fingood's condition, ns a row |\n|---|---|---|")
    for rule, own in zip(plain, with_own_conditions(connection, plain), strict=True):
        nanoseconds = []
        for condition in (rule["condition"], own["condition"]):
            run = partial(sql(f"SELECT count(*) FILTER (WHERE {condition}) FROM {TABLE}"), connection)
            nanoseconds.append((measure(run, backend)[0] - bare) / rows * 1e9)
        print(f"| {rule['name']} | {nanoseconds[0]:,.0f} | {nanoseconds[1]:,.0f} |", flush=True)


def with_own_conditions(connection: Connection, rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rules with fingood's conditions, which stand without its alias."""
    with connect(connection.engine.url) as reading:
        conditions = [rule.condition for rule in statement_of(reading, rules).rules]
    return [
        {**rule, "condition": re.sub(r'\bt\.(?=")', f"{TABLE}.", condition)}
        for rule, condition in zip(rules, conditions, strict=True)
    ]


def contenders_of(connection: Connection) -> list[Contender]:
    """Everybody, with the rules as each is given them."""
    plain = [
        {"name": r.name, "check": r.check, "says": r.says, "condition": r.plain, "expectation": r.expectation,
         "arguments": dict(r.arguments)}
        for r in RULES
    ]  # fmt: skip
    own = with_own_conditions(connection, plain)
    cheap = [rule for rule, one in zip(plain, RULES, strict=True) if not one.text]
    return [
        Contender(name="the limit: count(*), sum(amount)", driver="limit"),
        Contender(name="fingood, 20 rules", driver="fingood", rules=plain),
        Contender(name="fingood, the 14 without texts", driver="fingood", rules=cheap),
        Contender(name="Soda Core 3.5.6, plain conditions", driver="soda", environment="soda", rules=plain),
        Contender(name="Soda Core 3.5.6, fingood's conditions", driver="soda", environment="soda", rules=own),
        Contender(name="Soda Core 3.5.6, the 14 without texts", driver="soda", environment="soda", rules=cheap),
        Contender(name="one query a rule, plain conditions", driver="naive", rules=plain),
        Contender(name="one query a rule, fingood's conditions", driver="naive", rules=own),
        Contender(name="Great Expectations 1.24.1, BOOLEAN_ONLY", driver="gx-boolean", environment="gx", rules=plain, beside=True),
        Contender(name="Great Expectations 1.24.1, BASIC", driver="gx-basic", environment="gx", rules=plain, beside=True),
    ]  # fmt: skip


def run_one(contender: Contender, url: str, place: Path, python: str, cpu: Callable[[], float]) -> None:
    """A process that runs once; what it cost and whether it found what was planted."""
    if contender.failed:
        return
    if python.startswith("!"):
        contender.failed = python[1:]
        return
    at = make_url(url)
    job = {
        "url": url, "table": TABLE, "rules": contender.rules, "limit": f"SELECT count(*), sum(amount) FROM {TABLE}",
        "database": at.database, "user": at.username, "socket": at.query["host"],
        "psycopg2": at.set(drivername="postgresql+psycopg2", host="localhost").render_as_string(hide_password=False),
    }  # fmt: skip
    file = place / "job.json"
    file.write_text(json.dumps(job), encoding="utf-8")
    done: list[subprocess.CompletedProcess[str]] = []

    def run() -> None:
        done.append(
            subprocess.run(
                [python, str(HERE / "peer_drivers.py"), contender.driver, str(file)], cwd=place, env=environment(place),
                capture_output=True, text=True, check=False, timeout=PATIENCE,
            )
        )  # fmt: skip

    try:
        spent, _ = measure(run, cpu)
    except subprocess.TimeoutExpired:
        contender.failed = f"not done after {PATIENCE} s"
        return
    if done[0].returncode:
        contender.failed = f"failed: {last_line(done[0].stderr)}"
        print(done[0].stderr[-3000:], file=sys.stderr)
        return
    outcome = json.loads(done[0].stdout.strip().split("\n")[-1])
    contender.cpu, contender.wall = min(contender.cpu, spent), min(contender.wall, outcome["wall"])
    contender.client = min(contender.client, outcome["client"])
    contender.memory = max(contender.memory, outcome["memory"])
    contender.wrong = wrong_in(contender, outcome["counts"])
    print(f"  {contender.name}: CPU {spent:.2f} s, wall {outcome['wall']:.2f} s", flush=True)


def environment(place: Path) -> dict[str, str]:
    """What the others find around them: a home of their own, and no word to anybody outside."""
    home = place / "home"
    (home / ".soda").mkdir(parents=True, exist_ok=True)
    (home / ".soda" / "config.yml").write_text("send_anonymous_usage_stats: false\nuser_cookie_id: none\n")
    quiet = {"GX_ANALYTICS_ENABLED": "False", "OTEL_SDK_DISABLED": "true", "DO_NOT_TRACK": "1"}
    return {**os.environ, **quiet, "HOME": str(home), "TMPDIR": str(place), "PYTHONDONTWRITEBYTECODE": "1"}


def cpu_when_quiet(connection: Connection, postmaster: int) -> float:
    """The server's CPU once all sessions but this one have gone."""
    mine, end = backend_of(connection), time.monotonic() + 30
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type IN ('client backend', 'parallel worker') AND pid <> pg_backend_pid()"
    )
    while connection.exec_driver_sql(others).scalar_one():
        if time.monotonic() > end:
            raise SystemExit(f"a session does not end (this one is {mine})")
        time.sleep(0.02)
    return cpu_of_server(postmaster)


def wrong_in(contender: Contender, counts: dict[str, int | None]) -> list[str]:
    """What it did not count as planted. Without counts, a rule has to be broken at least."""
    number = {rule.name: planted(n) for n, rule in enumerate(RULES)}
    wrong = []
    for rule in RULES:
        if rule.name not in {one["name"] for one in contender.rules}:
            continue
        wanted = number[rule.name] + sum(number[one] for one in rule.beside if contender.beside)
        if (found := counts[rule.name]) != wanted and found is not None:
            wrong.append(f"{rule.name}: {found}, not {wanted}")
    return wrong


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.strip().split("\n") if line.strip()]
    return next(
        (line for line in reversed(lines) if line.startswith("ERROR")), lines[-1] if lines else "no reason given"
    )[:160]


def tell(contenders: list[Contender]) -> None:
    limit, ours = contenders[0], contenders[1]
    print(
        "\n| | CPU of the server | of the limit | of fingood | wall | of fingood | CPU of the client | its memory | counts |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for one in contenders:
        if one.failed:
            print(f"| {one.name} | {one.failed.replace('|', '/')} | | | | | | | |")
            continue
        told = (
            "" if not one.rules else "; ".join(one.wrong) or ("told by name" if one.driver == "gx-boolean" else "exact")
        )
        print(
            f"| {one.name} | {one.cpu:.2f} s | {one.cpu / max(limit.cpu, TICK):.1f} | {one.cpu / max(ours.cpu, TICK):.2f}"
            f" | {one.wall:.2f} s | {one.wall / ours.wall:.2f} | {one.client:.1f} s | {one.memory:.0f} MB | {told} |"
        )
    for other, aim in (("Soda Core 3.5.6, plain", 2), ("Great Expectations 1.24.1, BOOLEAN_ONLY", 3)):
        peer = next((one for one in contenders if one.name.startswith(other) and not one.failed), None)
        if peer and not ours.failed:
            print(f"CPU of {peer.name}: {peer.cpu / max(ours.cpu, TICK):.2f} times that of fingood, the aim is {aim}")


if __name__ == "__main__":
    main()
