"""Projects whose revisions are applied through the guard, so that the audit log knows them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.guard.project import GuardedProject

from fingood.commands.history import validate_migrations
from fingood.model.finding import Finding
from fingood.model.report import CheckRun
from fingood.settings import load


class History:
    """A project's history and what the checks say of it."""

    def __init__(self, project: GuardedProject) -> None:
        self.project = project

    def revision(self, id_: str, upgrade: str = "op.execute('SELECT 1')", downgrade: str = "op.execute('SELECT 2')"):
        return self.project.revision(id_, upgrade, downgrade)

    def upgrade(self, target: str = "head") -> None:
        done = self.project.alembic("upgrade", target)
        assert done.returncode == 0, done.stderr

    def runs(self, *, database: bool = True, **options) -> dict[str, CheckRun]:
        url = {"database_url": self.project.url} if database else {}
        report = validate_migrations(load(start=self.project.root, options=url, environ={}), **options)
        return {run.check: run for run in report.runs}

    def findings(self, check: str, *, database: bool = True) -> tuple[Finding, ...]:
        return self.runs(database=database, select=(check,))[check].findings


@pytest.fixture
def history(tmp_path: Path) -> History:
    """A history of two revisions on SQLite."""
    return two_revisions(GuardedProject(tmp_path / "bank", f"sqlite:///{tmp_path}/ledger.db"))


@pytest.fixture
def new_history(tmp_path: Path) -> Callable[[str], History]:
    return lambda url: two_revisions(GuardedProject(tmp_path / "bank on a server", url))


def two_revisions(project: GuardedProject) -> History:
    made = History(project)
    made.revision(
        "a1",
        'op.create_table("accounts", sa.Column("id", sa.BigInteger(), primary_key=True))',
        'op.drop_table("accounts")',
    )
    made.revision("b2", 'op.add_column("accounts", sa.Column("memo", sa.Text()))', 'op.drop_column("accounts", "memo")')
    return made
