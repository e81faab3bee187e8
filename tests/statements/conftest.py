"""Small Alembic projects, written into a test's own folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from fingood.model.project import Project
from fingood.statements import Recorder

PLAIN_ENV = """
    from alembic import context
    from sqlalchemy import engine_from_config, pool

    def run_offline():
        context.configure(url=context.config.get_main_option("sqlalchemy.url"), literal_binds=True)
        with context.begin_transaction():
            context.run_migrations()

    def run_online():
        section = context.config.get_section(context.config.config_ini_section)
        engine = engine_from_config(section, prefix="sqlalchemy.", poolclass=pool.NullPool)
        with engine.connect() as connection:
            context.configure(connection=connection OPTIONS)
            with context.begin_transaction():
                context.run_migrations()

    run_offline() if context.is_offline_mode() else run_online()
"""

ASYNC_ENV = """
    import asyncio
    from alembic import context
    from sqlalchemy import pool
    from sqlalchemy.ext.asyncio import create_async_engine

    def migrate(connection):
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()

    async def run():
        url = context.config.get_main_option("sqlalchemy.url")
        engine = create_async_engine(url, poolclass=pool.NullPool)
        async with engine.connect() as connection:
            await connection.run_sync(migrate)
        await engine.dispose()

    asyncio.run(run())
"""

HEAD = """\
import sqlalchemy as sa
from alembic import op

revision = "{id}"
down_revision = {down!r}
"""
"""What every revision begins with: its own code starts on line 7."""


class ProjectFolder:
    """A project's root, written piece by piece."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "migrations/versions").mkdir(parents=True)
        self.config("sqlalchemy.url = driver://user:pass@localhost/dbname")
        self.configure("")

    def config(self, *lines: str) -> ProjectFolder:
        text = "\n".join(["[alembic]", "script_location = migrations", "prepend_sys_path = .", *lines, ""])
        (self.root / "alembic.ini").write_text(text)
        return self

    def env(self, text: str) -> ProjectFolder:
        (self.root / "migrations/env.py").write_text(dedent(text))
        return self

    def configure(self, options: str) -> ProjectFolder:
        """The plain env.py with further options of ``context.configure``."""
        return self.env(PLAIN_ENV.replace("OPTIONS", f", {options}" if options else ""))

    def make_async(self) -> ProjectFolder:
        return self.env(ASYNC_ENV)

    def file(self, name: str, text: str) -> ProjectFolder:
        (self.root / name).write_text(dedent(text))
        return self

    def revision(self, id: str, upgrade: str, downgrade: str = "pass", *, down: object = None) -> ProjectFolder:
        bodies = [f"\n\ndef {name}():\n{_indented(body)}" for name, body in _functions(upgrade, downgrade)]
        text = HEAD.format(id=id, down=down) + "".join(bodies)
        (self.root / f"migrations/versions/{id}_test.py").write_text(text)
        return self

    @property
    def project(self) -> Project:
        return Project(
            root=self.root,
            config_file=self.root / "alembic.ini",
            pyproject=None,
            ini_section="alembic",
            script_location=self.root / "migrations",
            version_locations=(self.root / "migrations/versions",),
        )


def _functions(upgrade: str, downgrade: str) -> list[tuple[str, str]]:
    return [("upgrade", upgrade), ("downgrade", downgrade)]


def _indented(body: str) -> str:
    return "".join(f"    {line}\n" for line in dedent(body).strip("\n").splitlines())


@pytest.fixture
def folder(tmp_path: Path) -> ProjectFolder:
    """An empty project in a folder whose name holds a space."""
    return ProjectFolder(tmp_path / "the project")


@pytest.fixture
def recorder_of() -> Iterator[Callable[..., Recorder]]:
    """Makes recorders that end with the test."""
    made: list[Recorder] = []

    def make(folder: ProjectFolder, **options: object) -> Recorder:
        made.append(Recorder(folder.project, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for recorder in made:
        recorder.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A fresh SQLite file."""
    return f"sqlite:///{tmp_path / 'sandbox.db'}"
