"""A real history of 67 revisions (mlflow's): every revision proven by fingood, and pytest-alembic's tests beside it.

    python benchmarks/rollback_history.py [--jobs 2] [--without-peer]

pytest-alembic is installed into a temporary virtual environment, with a pytest that it runs on. Wall time, and CPU time
of all processes: fingood's with the workers' servers, pytest-alembic's without its server.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
import venv
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from fingood.commands.proving import Pace
from fingood.commands.validate_all import validate_all
from fingood.sandbox.server import Server
from fingood.settings import load

ENV = """
from alembic import context
from sqlalchemy import engine_from_config, pool

section = context.config.get_section(context.config.config_ini_section)
given = context.config.attributes.get("connection")
engine = given or engine_from_config(section, prefix="sqlalchemy.", poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
"""
BASELINE = "mlflow.store.tracking.dbmodels.initial_models"
PEER_TEST = """
import pytest
import sqlalchemy
from {baseline} import Base
from pytest_alembic.tests import test_up_down_consistency
from pytest_alembic.tests.experimental import test_downgrade_leaves_no_trace


@pytest.fixture
def alembic_config():
    return {{"script_location": {migrations!r}, "version_locations": {versions!r}}}


@pytest.fixture
def alembic_engine():
    engine = sqlalchemy.create_engine({url!r})
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
        Base.metadata.create_all(connection)
    return engine
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--without-peer", action="store_true")
    options = parser.parse_args()
    spec = find_spec("mlflow")
    assert spec is not None
    assert spec.submodule_search_locations
    versions = Path(spec.submodule_search_locations[0], "store/db_migrations/versions")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        lay_project(root, versions)
        prove(root, options.jobs)
        if not options.without_peer:
            run_peer(root, versions)


def lay_project(root: Path, versions: Path) -> None:
    (root / "migrations").mkdir()
    (root / "migrations" / "env.py").write_text(ENV)
    (root / "alembic.ini").write_text(
        f"[alembic]\nscript_location = %(here)s/migrations\nversion_locations = {versions}\n"
    )
    (root / "pyproject.toml").write_text(f'[tool.fingood.sandbox]\nbaseline = "{BASELINE}:Base"\n')


def prove(root: Path, jobs: int) -> None:
    settings = load(start=root, environ={})
    for name, use_kept in ((f"fingood, {jobs} workers", False), ("fingood, nothing changed", True)):
        started, before = time.perf_counter(), cpu_seconds()
        report = validate_all(settings, pace=Pace(jobs=jobs, use_kept=use_kept))
        tell(name, time.perf_counter() - started, cpu_seconds() - before, len(report.data["revisions"]))  # type: ignore[arg-type]
        print(f"  {report.headline}")


def run_peer(root: Path, versions: Path) -> None:
    place = root / "peer"
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    wanted = ["pytest-alembic==0.13.1", "pytest==8.4.2", "psycopg[binary]"]
    wanted += [f"{name}=={version(name)}" for name in ("alembic", "sqlalchemy", "mlflow-skinny")]
    subprocess.run([python, "-m", "pip", "install", "-q", *wanted], check=True, stderr=subprocess.DEVNULL)
    with Server.start() as server:
        test = root / "test_peer.py"
        test.write_text(
            PEER_TEST.format(
                baseline=BASELINE,
                migrations=str(root / "migrations"),
                versions=str(versions),
                url=server.url(server.create_database()),
            )
        )
        started, before = time.perf_counter(), cpu_seconds()
        done = subprocess.run(
            [python, "-m", "pytest", "-q", "--no-header", "--tb=line", "-p", "no:cacheprovider", str(test)],
            cwd=root, capture_output=True, text=True, check=False,
        )  # fmt: skip
        tell("pytest-alembic", time.perf_counter() - started, cpu_seconds() - before, 67)
    print("  " + "\n  ".join(line[:110] for line in done.stdout.strip().splitlines()[-6:]))


def cpu_seconds() -> float:
    """Of this process and of all that it has waited for."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def tell(what: str, seconds: float, cpu: float, revisions: int) -> None:
    print(f"{what:<26}{seconds:8.1f} s wall {cpu:8.1f} s CPU {seconds / revisions:8.2f} s a revision", flush=True)


if __name__ == "__main__":
    sys.exit(main())
