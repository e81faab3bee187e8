"""How long the static check of one revision takes in a process that is already running.

    python benchmarks/one_revision.py

Takes every example of the checks, renders it once by Alembic's offline mode, and measures the judgement: all checks on
the rendered statements. The rendering is measured too.
"""

from __future__ import annotations

import re
import statistics
import tempfile
import time
from pathlib import Path

import fingood.checks
from fingood.checks import Subject, run_checks
from fingood.model.finding import Direction
from fingood.settings import load
from fingood.statements import Recorder

EXAMPLES = Path(fingood.checks.__file__).parent / "examples"
ENV = """
from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool
if context.is_offline_mode():
    context.configure(dialect_name="postgresql", as_sql=True, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=NullPool).connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"""


def lay_examples(root: Path) -> None:
    """A project with the bank and every example on it."""
    versions = root / "migrations" / "versions"
    versions.mkdir(parents=True)
    (root / "alembic.ini").write_text("[alembic]\nscript_location = migrations\nprepend_sys_path = .\n")
    (root / "migrations" / "env.py").write_text(ENV)
    (root / "bank_models.py").write_text("NAME_LENGTH = 50\n")
    (versions / "bank.py").write_text((EXAMPLES / "bank.py").read_text())
    for path in sorted(EXAMPLES.glob("*/*.py")):
        (versions / f"{path.parent.name}_{path.name}".replace("-", "_")).write_text(path.read_text())


def revision_of(path: Path) -> str:
    """The id that a revision file declares."""
    found = re.search(r'^revision = "(\w+)"', path.read_text(), re.MULTILINE)
    assert found, path
    return found[1]


def main() -> None:
    rendering, judging = [], []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        lay_examples(root)
        project = load(start=root, options={}, environ={}).project
        with Recorder(project) as recorder:
            for path in sorted(project.version_locations[0].glob("*_*.py")):
                revision = revision_of(path)
                begun = time.perf_counter()
                plan = recorder.render(revision, Direction.UPGRADE, "postgresql")
                rendered = time.perf_counter()
                run_checks(Subject(revision=revision, path=plan.path, source=path.read_text(), upgrade=plan))
                rendering.append(1000 * (rendered - begun))
                judging.append(1000 * (time.perf_counter() - rendered))
    for what, times in (("rendering", rendering[1:]), ("judging", judging[1:])):
        worst = max(times)
        print(f"{what:<12}{len(times)} revisions  median {statistics.median(times):.1f} ms  slowest {worst:.1f} ms")
    print(f"{'first':<12}rendering {rendering[0]:.1f} ms (a worker starts)  judging {judging[0]:.1f} ms")


if __name__ == "__main__":
    main()
