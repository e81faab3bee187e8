"""Runs a revision on the examples' bank and hands the checks what they need."""

from __future__ import annotations

import ast
import pickle
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import fingood.checks
from fingood.catalog import connect, read_facts
from fingood.checks import Subject
from fingood.model.facts import Facts
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


SIZES: dict[str, dict[str, int]] = {"data-migration-unbatched": {"ledger.entries": 84_200_000}}
"""Examples that need to know the target's sizes: the check's id, and the rows of its tables."""


@dataclass(frozen=True)
class Examples:
    """``spare`` are databases that stand as the bank left them: making one costs more than running an example.

    ``kept`` is a folder of the run's, where what one worker has run is found by the others; None keeps nothing.
    """

    project: Project
    recorder: Recorder
    server: object
    base: str
    kept: Path | None = None
    spare: list[str] = field(default_factory=list)

    def subject(self, check: str, kind: str) -> Subject:
        """The example as the checks see it, after a real run up and down on a copy of the bank."""
        path = self.project.version_locations[0] / f"{check.replace('-', '_')}_{kind}.py"
        if self.kept is None:
            return self.run(path, rows=SIZES.get(check, {}))
        file = self.kept / f"{path.stem}.pickle"
        if file.exists():
            return pickle.loads(file.read_bytes())
        subject = self.run(path, rows=SIZES.get(check, {}))
        with tempfile.NamedTemporaryFile(dir=self.kept, delete=False) as fresh:
            fresh.write(pickle.dumps(subject))
        Path(fresh.name).rename(file)
        return subject

    def run(self, path: Path, *, rows: Mapping[str, int]) -> Subject:
        source = path.read_text()
        revision, below = (re.search(rf'^{name} = "(\w+)"', source, re.MULTILINE)[1] for name in NAMES)
        database = self.spare.pop() if self.spare else self.server.create_database(template=self.base)
        url = self.server.url(database)
        if below != "bank":
            self.recorder.upgrade(url, below, observe=False)
        facts, state = read_state(url)
        upgrade = self.recorder.upgrade(url, revision)[-1]
        downgrade: Plan | None = None
        if upgrade.failure is None and "def downgrade" in source:
            downgrade = self.recorder.downgrade(url, below)[-1]
        if below == "bank" and upgrade.failure is None and read_state(url)[1] == state:
            self.spare.append(database)
        else:
            self.server.drop_database(database)
        return Subject(
            revision=revision,
            path=path.relative_to(self.project.root).as_posix(),
            source=source,
            upgrade=upgrade,
            downgrade=downgrade,
            facts=sized(replace(facts, heads=(below,)), rows),
            shape=shape_of(self.project, ast.parse(source)),
            heads=(revision,),
        )


@contextmanager
def open_examples(
    server: object, root: Path, revisions: Iterable[Path], *, kept: Path | None = None
) -> Iterator[Examples]:
    """A project that holds these revisions, and the bank's database on this server."""
    project = lay_project(root, [examples_folder() / "bank.py", *revisions])
    with Recorder(project) as recorder:
        base = server.create_database()
        recorder.upgrade(server.url(base), "bank", observe=False)
        ran = Examples(project, recorder, server, base, kept)
        yield ran
        for database in (*ran.spare, base):
            server.drop_database(database)


NAMES = ("revision", "down_revision")
OBJECTS = """
    SELECT (SELECT string_agg(proname::text, ',' ORDER BY oid) FROM pg_proc WHERE oid >= 16384),
           (SELECT string_agg(typname::text, ',' ORDER BY typname) FROM pg_type WHERE oid >= 16384),
           (SELECT string_agg(concat(relname, relkind, relacl), ',' ORDER BY relname)
              FROM pg_class WHERE oid >= 16384 AND relkind NOT IN ('t', 'i')),
           (SELECT string_agg(concat(tgname, tgenabled), ',' ORDER BY tgname) FROM pg_trigger WHERE NOT tgisinternal),
           (SELECT string_agg(polname::text, ',' ORDER BY polname) FROM pg_policy),
           (SELECT string_agg(extname::text, ',' ORDER BY extname) FROM pg_extension),
           (SELECT string_agg(nspname::text, ',' ORDER BY nspname) FROM pg_namespace WHERE oid >= 16384)
"""


def read_state(url: str) -> tuple[Facts, object]:
    """The facts, and with them what an example may leave behind: whatever makes a database another one."""
    with connect(url) as connection:
        facts = read_facts(connection, target=False)
        objects = tuple(connection.exec_driver_sql(OBJECTS).one())
    shape = {
        name: (set(table.columns.values()), set(table.constraints), {index.name for index in table.indexes})
        for name, table in facts.tables.items()
    }
    return facts, (shape, objects)


def sized(facts: Facts, rows: Mapping[str, int]) -> Facts:
    """The facts with the sizes of a target, where there are any."""
    if not rows:
        return facts
    tables = {name: replace(table, rows=rows.get(str(name), table.rows)) for name, table in facts.tables.items()}
    return replace(facts, target=True, tables=tables)


SMALL_TABLES = """
op.execute("CREATE TABLE small (id bigint PRIMARY KEY, a int, b text)")
op.execute("CREATE TABLE nothing (id bigint PRIMARY KEY, a int)")
op.execute("INSERT INTO small SELECT n, n, 'x' FROM generate_series(1, 500) AS n")
"""
"""Tables beside the bank that a target may say are small."""
