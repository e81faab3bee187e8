"""What the guard must leave as it is: every command that does not migrate, sandboxes, and bare programs."""

from __future__ import annotations

import alembic.command
import pytest
from tests.guard.project import GuardedProject
from tests.guard.test_run import ENTRIES, fill

from fingood.statements.compat import HAS_PSYCOPG_DIALECT


def test_commands_that_only_look_or_write_files_are_untouched(project: GuardedProject) -> None:
    fill(project)
    assert project.alembic("upgrade", "head").returncode == 0
    before = len(project.events())
    for command in (["current"], ["history", "-i"], ["heads"], ["show", "current"], ["upgrade", "head", "--sql"]):
        done = project.alembic(*command)
        assert done.returncode == 0, (command, done.stderr)
        assert "fingood" not in done.stderr
    project.env("target_metadata = None", "import sqlalchemy\ntarget_metadata = sqlalchemy.MetaData()")
    project.revision("c3", 'op.drop_table("entries")')
    assert project.alembic("upgrade", "head").returncode == 0
    made = project.alembic("revision", "--autogenerate", "-m", "empty")
    assert made.returncode == 0, made.stderr
    assert project.alembic("upgrade", "head").returncode == 0
    if hasattr(alembic.command, "check"):
        assert project.alembic("check").returncode == 0
    assert len(project.events()) == before + 4


def test_a_stamp_is_recorded_as_a_stamp(project: GuardedProject) -> None:
    fill(project)
    done = project.alembic("stamp", "b2")
    assert done.returncode == 0, done.stderr
    assert {event.payload["migration_type"] for event in project.events()} == {"stamp"}
    assert project.alembic("current").stdout.strip().startswith("b2")


def test_a_sandbox_of_ours_passes_unguarded(project: GuardedProject) -> None:
    fill(project)
    project.variables["FINGOOD_SANDBOX"] = "1"
    assert project.alembic("upgrade", "head").returncode == 0
    assert not project.log.path.exists()


def test_a_switched_off_guard_says_so(project: GuardedProject) -> None:
    fill(project)
    project.variables["FINGOOD_GUARD_ENABLED"] = "false"
    done = project.alembic("upgrade", "head")
    assert done.returncode == 0
    assert "the guard is switched off" in done.stderr
    assert not project.log.path.exists()


def test_alembics_own_errors_stay_its_own(project: GuardedProject) -> None:
    fill(project)
    wrong = project.alembic("upgrade", "nosuch")
    assert wrong.returncode != 0
    assert "Can't locate revision" in wrong.stderr + wrong.stdout


@pytest.mark.parametrize("driver", ["postgresql+psycopg", "postgresql+psycopg_async", "sqlite+aiosqlite"])
def test_an_async_env_py_is_guarded(driver: str, request: pytest.FixtureRequest) -> None:
    if driver.startswith("postgresql") and not HAS_PSYCOPG_DIALECT:
        pytest.skip("SQLAlchemy 1.4 has no async psycopg")
    project: GuardedProject = request.getfixturevalue(
        "project" if driver.startswith("postgresql") else "sqlite_project"
    )
    project.url = f"{driver}:{project.url.partition(':')[2]}"
    project.env("from sqlalchemy import create_engine, pool", ASYNC_IMPORTS)
    text = (project.root / "migrations" / "env.py").read_text()
    head, _, rest = text.partition("def run_migrations_online()")
    (project.root / "migrations" / "env.py").write_text(
        head + ASYNC_RUN + rest[rest.index("\nif context.is_offline") :]
    )
    project.revision("a1", ENTRIES, 'op.drop_table("entries")')
    project.revision(
        "b2",
        """
        with op.get_context().autocommit_block():
            op.create_index("ix", "entries", ["memo"], postgresql_concurrently=True)
        """,
    )
    done = project.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert project.story() == [("start", "a1"), ("complete", "a1"), ("start", "b2"), ("complete", "b2")]
    project.revision("c3", 'op.execute("SELECT nothing FROM nowhere")')
    failed = project.alembic("upgrade", "head")
    assert failed.returncode == 1
    assert "upgrade of c3 failed at migrations/versions/c3.py:12" in failed.stderr
    assert "Traceback" not in failed.stderr


ASYNC_IMPORTS = """import asyncio
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine"""

ASYNC_RUN = """def migrate(connection) -> None:
    with guard.watch(connection):
        context.configure(connection=connection, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()


async def migrate_async() -> None:
    connectable = create_async_engine(guard.database_url(config), poolclass=pool.NullPool)
    async with connectable.connect() as connection:
        await connection.run_sync(migrate)
    await connectable.dispose()


def run_migrations_online() -> None:
    asyncio.run(migrate_async())

"""
