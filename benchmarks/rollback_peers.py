"""The matrix of ways back (tests/rollback/matrix) through fingood and through what people use today.

    python benchmarks/rollback_peers.py [--every N]

pytest-alembic (its up-down and its downgrade-leaves-no-trace test), the stairway test, Alembic's autogenerate
comparison and a comparison of pg_dump texts run in a virtual environment of their own, made for this run. Each case
is a history of two revisions in a database of its own. ``--every N`` takes every Nth case. For the others any
objection counts as caught (``--show`` prints those of pytest-alembic); for fingood only the finding that names the case's object and property.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "rollback" / "matrix"))
PACKAGES = ("pytest-alembic==0.13.1", "pytest<9", "alembic", "sqlalchemy", "psycopg[binary]")
TOOLS = ("up_down", "no_trace", "stairway", "autogenerate", "dump_schema", "dump_all")
ENV = """
from alembic import context
from sqlalchemy import create_engine, pool
given = context.config.attributes.get("connection", None)
engine = given or create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
def run(connection):
    context.configure(connection=connection, target_metadata=context.config.attributes.get("target_metadata"),
                      transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
if hasattr(engine, "connect"):
    with engine.connect() as connection:
        run(connection)
else:
    run(engine)
"""


def drive(jobs: Path) -> None:  # noqa: PLR0915 - one script for another environment, which knows nothing of fingood
    """Runs in the other environment: for each job each tool's verdict, True for an objection."""
    import psycopg
    import pytest_alembic
    from alembic import command
    from alembic.autogenerate import compare_metadata
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from pytest_alembic.config import Config as Raw
    from pytest_alembic.tests.default import test_up_down_consistency
    from pytest_alembic.tests.experimental.downgrade_leaves_no_trace import test_downgrade_leaves_no_trace
    from sqlalchemy import MetaData, create_engine, pool

    work = json.loads(jobs.read_text())

    def drop_subscriptions(admin: psycopg.Connection, name: str) -> None:
        """A database with subscriptions cannot be dropped."""
        query = "SELECT subname FROM pg_subscription JOIN pg_database d ON d.oid = subdbid WHERE datname = %s"
        found = [subscription for (subscription,) in admin.execute(query, (name,))]
        if not found:
            return
        with psycopg.connect(work["dump"].replace("NAME", name), autocommit=True) as connection:
            for subscription in found:
                connection.execute(f'ALTER SUBSCRIPTION "{subscription}" DISABLE')
                connection.execute(f'ALTER SUBSCRIPTION "{subscription}" SET (slot_name = NONE)')
                connection.execute(f'DROP SUBSCRIPTION "{subscription}"')

    def database(name: str, start: str, schema: str = "") -> str:
        with psycopg.connect(work["admin"], autocommit=True) as admin:
            drop_subscriptions(admin, name)
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{start}"')
            if schema:
                # pytest-alembic looks at the default schema alone, and the case lies in one of its own.
                admin.execute(f'ALTER DATABASE "{name}" SET search_path = {schema}')
        return work["url"].replace("NAME", name)

    def config(root: str, url: str) -> Config:
        found = Config(f"{root}/alembic.ini")
        found.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
        return found

    def dump(name: str, *options: str) -> str:
        text = subprocess.run(
            [work["pg_dump"], *options, work["dump"].replace("NAME", name)], capture_output=True, text=True, check=True
        ).stdout
        return "\n".join(
            line
            for line in text.splitlines()
            if not line.startswith(("\\restrict", "\\unrestrict")) and "alembic_version" not in line
        )

    def objects(test, root: str, url: str) -> bool:
        engine = create_engine(url, poolclass=pool.NullPool)
        try:
            with pytest_alembic.runner(
                config=Raw.from_raw_config({"file": f"{root}/alembic.ini"}), engine=engine
            ) as runner:
                test(runner)
        except BaseException as error:
            if work["show"]:
                print(Path(root).name, test.__name__, type(error).__name__, str(error)[:300], file=sys.stderr)
            if isinstance(error, (KeyboardInterrupt, AttributeError, TypeError, NameError)):
                raise  # a fault of this script is no objection
            return True
        return False

    def stairway(root: str, url: str) -> bool:
        try:
            for revision in ("base_", "case_"):
                command.upgrade(config(root, url), revision)
                command.downgrade(config(root, url), "-1")
                command.upgrade(config(root, url), revision)
        except BaseException:  # noqa: BLE001 - any objection counts
            return True
        return False

    def compared(root: str, name: str, start: str) -> dict[str, bool]:
        url = database(name, start)
        command.upgrade(config(root, url), "base_")
        engine = create_engine(url, poolclass=pool.NullPool)
        metadata = MetaData()
        with engine.connect() as connection:
            metadata.reflect(connection, schema=work_name(root))
        before = dump(name, "-s"), dump(name)
        try:
            command.upgrade(config(root, url), "case_")
            command.downgrade(config(root, url), "base_")
        except BaseException:  # noqa: BLE001 - any objection counts
            return dict.fromkeys(("autogenerate", "dump_schema", "dump_all"), True)
        with engine.connect() as connection:
            schema = work_name(root)
            options = {"compare_type": True, "compare_server_default": True, "include_schemas": True,
                       "include_name": lambda n, kind, parent: kind != "schema" or n == schema}  # fmt: skip
            context = MigrationContext.configure(connection, opts=options)
            differs = bool(compare_metadata(context, metadata))
        return {
            "autogenerate": differs,
            "dump_schema": dump(name, "-s") != before[0],
            "dump_all": dump(name) != before[1],
        }

    def work_name(root: str) -> str:
        return Path(root).name

    for root, statements in work["jobs"]:
        name, start = work_name(root), "start"
        database(start, "template0")
        with psycopg.connect(work["dump"].replace("NAME", start), autocommit=True) as connection:
            connection.execute(statements)
        verdict = {
            "up_down": objects(test_up_down_consistency, root, database("peer", start, name)),
            "no_trace": objects(test_downgrade_leaves_no_trace, root, database("peer", start, name)),
            "stairway": stairway(root, database("peer", start)),
            **compared(root, "peer", start),
        }
        print(json.dumps({"case": name, **verdict}), flush=True)


def main() -> None:
    """Makes the databases and the environment, runs everything, prints the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print what pytest-alembic objects to")
    parser.add_argument("--drive", type=Path)
    given = parser.parse_args()
    if given.drive:
        drive(given.drive)
        return
    from cases import load_cases

    bad, good = load_cases("bad.toml")[:: given.every], load_cases("good.toml")[:: given.every]
    with tempfile.TemporaryDirectory(prefix="peers-") as directory:
        place = Path(directory)
        peers = run_peers(place, bad + good, show=given.show)
    ours = run_fingood(bad + good)
    print_table(bad, good, peers, ours)


def run_peers(place: Path, chosen: list, *, show: bool = False) -> dict[str, dict[str, bool]]:
    """Each case's verdicts by the other tools."""
    from cases import lay_project

    from fingood.sandbox.server import Server
    from fingood.sandbox.supplier import choose_binaries

    venv.create(place / "venv", with_pip=True)
    python = place / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *PACKAGES], check=True)
    binaries = choose_binaries(None)
    jobs = []
    with Server.start(binaries) as server:
        for case in chosen:
            root = place / case.name
            # What the case starts from is there before the history begins, so that going to base leaves it alone.
            lay_project(root, [("base_", None, "pass", "pass"), ("case_", "base_", case.upgrade, case.downgrade)])
            (root / "migrations" / "env.py").write_text(ENV)
            jobs.append((str(root), case.statements))
        url = server.url("NAME")
        plain = url.replace("+psycopg", "")
        work = {
            "jobs": jobs,
            "url": url,
            "admin": plain.replace("NAME", "postgres"),
            "dump": plain,
            "pg_dump": str(binaries.tool("pg_dump")),
            "show": show,
        }
        file = place / "jobs.json"
        file.write_text(json.dumps(work))
        started = time.monotonic()
        run = subprocess.run([python, __file__, "--drive", file], capture_output=True, text=True, check=False)
        print(f"the others: {time.monotonic() - started:.0f} s for {len(chosen)} cases", file=sys.stderr)
    if run.returncode or show:
        print(run.stderr[-100_000:], file=sys.stderr)
    lines = [json.loads(line) for line in run.stdout.splitlines() if line.startswith('{"case"')]
    peers = {line.pop("case"): line for line in lines}
    if missing := [case.name for case in chosen if case.name not in peers]:
        sys.exit(f"no table: {len(missing)} cases were not run by the others: {', '.join(missing[:5])}")
    return peers


def run_fingood(chosen: list) -> dict[str, bool]:
    """Whether the proof names the case's own object and property; for a right case, whether it says anything."""
    from cases import lay_project

    from fingood.catalog import connect
    from fingood.model.severity import Severity
    from fingood.revisions import History
    from fingood.rollback import findings_of, prove
    from fingood.sandbox import open_sandbox
    from fingood.settings import load
    from fingood.statements import Recorder

    found = {}
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ours-") as directory:
        root = Path(directory)
        lay_project(root, ((case.name, None, case.upgrade, case.downgrade) for case in chosen))
        settings = load(start=root)
        history = History.load(settings.project)
        with open_sandbox("postgresql", settings=settings.sandbox) as sandbox, Recorder(settings.project) as recorder:
            for case in chosen:
                below = sandbox.empty()
                with connect(below.url, read_only=False) as connection:
                    connection.exec_driver_sql(case.statements, execution_options={"no_parameters": True})
                    connection.commit()
                findings = list(findings_of(prove(recorder, below, history.get(case.name))))
                below.drop()
                named = {(f.check, f.subject, f.evidence.get("property", "")) for f in findings}
                loud = any(f.severity > Severity.INFO for f in findings)
                found[case.name] = case.finds in named if case.finds else loud
    print(f"fingood: {time.monotonic() - started:.0f} s for {len(chosen)} cases", file=sys.stderr)
    return found


def print_table(bad: list, good: list, peers: dict[str, dict[str, bool]], ours: dict[str, bool]) -> None:
    """Caught by group, and the false alarms."""

    def row(label: str, chosen: list) -> str:
        tools = [sum(peers[c.name][tool] for c in chosen) for tool in TOOLS]
        either = sum(any(peers[c.name][tool] for tool in TOOLS[:2]) for c in chosen)
        return f"| {label} ({len(chosen)}) | {sum(ours[c.name] for c in chosen)} | {either} | {' | '.join(map(str, tools[2:]))} |"

    print("| | fingood | pytest-alembic | stairway | autogenerate | pg_dump -s | pg_dump |")
    print("|---|---|---|---|---|---|---|")
    for group in Counter(case.group for case in bad):
        print(row(group, [case for case in bad if case.group == group]))
    print(row("caught", bad))
    print(row("false alarms", good))
    for case in bad + good:
        if ours[case.name] != bool(case.finds):
            print("fingood is wrong:", case.name, file=sys.stderr)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
