"""How long it takes to trace a history of 300 revisions on an empty database, beside Alembic alone on the same history.

    python benchmarks/history.py [--revisions 300]

Prints seconds, and milliseconds a revision, for ``alembic upgrade head`` as it is and for the recorder with every look
at locks, rewrites, scans and definitions.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fingood.sandbox.server import Server
from fingood.settings import load
from fingood.statements import Recorder

ENV = """
from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""

REVISION = '''"""Step {number}."""

import sqlalchemy as sa
from alembic import op

revision = "{id}"
down_revision = {down!r}


def upgrade() -> None:
    {up}


def downgrade() -> None:
    pass
'''


def body(number: int) -> str:
    """One of six kinds of change; every sixth makes the table that the next five change."""
    table = f"t{number // 6}"
    return (
        f'op.create_table("{table}", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("name", sa.Text()))',
        f'op.add_column("{table}", sa.Column("amount", sa.Numeric(18, 4)))',
        f'op.create_index("ix_{table}", "{table}", ["name"])',
        f'op.create_check_constraint("ck_{table}", "{table}", "amount >= 0")',
        f'op.execute("UPDATE {table} SET name = upper(name)")',
        f'op.alter_column("{table}", "amount", nullable=False)',
    )[number % 6]


def lay_history(root: Path, revisions: int) -> None:
    """An Alembic project with that many revisions in a row."""
    versions = root / "migrations" / "versions"
    versions.mkdir(parents=True)
    (root / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    (root / "migrations" / "env.py").write_text(ENV)
    for number in range(revisions):
        text = REVISION.format(
            number=number, id=f"r{number:04}", down=f"r{number - 1:04}" if number else None, up=body(number)
        )
        (versions / f"r{number:04}_step.py").write_text(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--revisions", type=int, default=300)
    count: int = parser.parse_args().revisions
    with tempfile.TemporaryDirectory() as folder, Server.start() as server:
        root = Path(folder)
        lay_history(root, count)
        print(f"PostgreSQL {server.version}, {count} revisions")
        alone = time.perf_counter()
        url = server.url(server.create_database()).replace("%", "%%")
        code = "import sys; from alembic.config import main; sys.exit(main(argv=['upgrade', 'head']))"
        (root / "alembic.ini").write_text(f"[alembic]\nscript_location = migrations\nsqlalchemy.url = {url}\n")
        subprocess.run([sys.executable, "-c", code], cwd=root, check=True, capture_output=True)
        tell("alembic upgrade head", time.perf_counter() - alone, count)
        traced = time.perf_counter()
        with Recorder(load(start=root, options={}, environ={}).project) as recorder:
            plans = recorder.upgrade(server.url(server.create_database()), "head")
        spent = time.perf_counter() - traced
        assert len(plans) == count
        assert plans[-1].failure is None, plans[-1].failure
        tell("traced", spent, count)


def tell(what: str, seconds: float, revisions: int) -> None:
    print(f"{what:<22}{seconds:8.2f} s{1000 * seconds / revisions:8.1f} ms a revision")


if __name__ == "__main__":
    main()
