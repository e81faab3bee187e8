"""A target with rows, a sandbox copy of its schema, and revisions to estimate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import indent

import pytest
from sqlalchemy.engine import Connection

from fingood.catalog import connect, read_statistics
from fingood.estimation import Estimator
from fingood.model.estimate import Estimate
from fingood.model.plan import Plan
from fingood.model.project import Project
from fingood.sandbox import open_sandbox
from fingood.settings.values import SandboxSettings
from fingood.statements import Recorder
from fingood.statements.compat import make_engine

ENV = """
from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""

Estimated = tuple[Plan, Estimate]


@contextmanager
def writing(url: str) -> Iterator[Connection]:
    engine = make_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def run(connection: Connection, sql: str) -> None:
    connection.exec_driver_sql(sql, execution_options={"no_parameters": True})


@pytest.fixture
def estimate(tmp_path: Path, postgres_url: str) -> Callable[..., Estimated]:
    """``estimate("SQL that makes the target", "body of upgrade()")``: the plan, and what it will cost there."""

    def estimated(target: str, body: str, *, sample_bytes: int = 1 << 20, analyse: bool = True) -> Estimated:
        with writing(postgres_url) as connection:
            run(connection, target)
            if analyse:
                run(connection, "VACUUM ANALYZE")
        project = lay(tmp_path, body)
        with connect(postgres_url) as connection:
            statistics = read_statistics(connection)
        with (
            open_sandbox("postgresql", major=None, settings=SandboxSettings(), target_url=postgres_url) as sandbox,
            Recorder(project) as recorder,
        ):
            below = sandbox.copy_of(postgres_url)
            spare = below.clone()
            plan = recorder.upgrade(below.url, "r1")[-1]
            estimator = Estimator(recorder=recorder, url=postgres_url, statistics=statistics, sample_bytes=sample_bytes)
            return plan, estimator.estimate(spare, plan)

    return estimated


def lay(root: Path, body: str) -> Project:
    versions = root / "migrations" / "versions"
    versions.mkdir(parents=True)
    (root / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    (root / "migrations" / "env.py").write_text(ENV)
    (versions / "r1.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = 'r1'\ndown_revision = None\n\n\n"
        f"def upgrade():\n{indent(body, '    ')}\n\n\ndef downgrade():\n    pass\n"
    )
    return Project(
        root=root,
        config_file=root / "alembic.ini",
        pyproject=None,
        ini_section="alembic",
        script_location=root / "migrations",
        version_locations=(versions,),
    )
