"""Runs a revision on the examples' bank and hands the checks what they need."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import fingood.checks
from fingood.catalog import connect, read_facts
from fingood.checks import Subject
from fingood.model.plan import Plan
from fingood.model.project import Project
from fingood.revisions.shape import shape_of
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


def examples_folder() -> Path:
    return Path(fingood.checks.__file__).parent / "examples"


def lay_project(root: Path, revisions: Iterable[Path]) -> Project:
    """A project under ``root`` with these revision files."""
    versions = root / "migrations" / "versions"
    versions.mkdir(parents=True)
    (root / "alembic.ini").write_text("[alembic]\nscript_location = migrations\nprepend_sys_path = .\n")
    (root / "migrations" / "env.py").write_text(ENV)
    (root / "bank_models.py").write_text("NAME_LENGTH = 50\n")
    for path in revisions:
        name = path.name if path.parent.name == "examples" else f"{path.parent.name}_{path.name}".replace("-", "_")
        (versions / name).write_text(path.read_text())
    return Project(
        root=root,
        config_file=root / "alembic.ini",
        pyproject=None,
        ini_section="alembic",
        script_location=root / "migrations",
        version_locations=(versions,),
    )


@dataclass(frozen=True)
class Examples:
    project: Project
    recorder: Recorder
    server: object
    base: str

    def subject(self, check: str, kind: str) -> Subject:
        """The example as the checks see it, after a real run up and down on a copy of the bank."""
        path = self.project.version_locations[0] / f"{check.replace('-', '_')}_{kind}.py"
        return self.run(path, back=kind == "good" or check == "downgrade-fails")

    def run(self, path: Path, *, back: bool) -> Subject:
        source = path.read_text()
        revision = re.search(r'^revision = "(\w+)"', source, re.MULTILINE)[1]
        database = self.server.create_database(template=self.base)
        url = self.server.url(database)
        try:
            with connect(url) as connection:
                facts = read_facts(connection, target=False)
            upgrade = self.recorder.upgrade(url, revision)[-1]
            downgrade: Plan | None = None
            if back and upgrade.failure is None:
                downgrade = self.recorder.downgrade(url, "bank")[-1]
        finally:
            self.server.drop_database(database)
        return Subject(
            revision=revision,
            path=path.relative_to(self.project.root).as_posix(),
            source=source,
            upgrade=upgrade,
            downgrade=downgrade,
            facts=replace(facts, heads=("bank",)),
            shape=shape_of(self.project, ast.parse(source)),
            heads=(revision,),
        )
