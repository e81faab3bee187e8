"""Alembic projects written file by file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fingood.model.project import Project

BODY = '''"""{doc}

Revision ID: {id}
"""
from alembic import op

revision = {id!r}
down_revision = {down!r}
branch_labels = {labels!r}
depends_on = {depends!r}


def upgrade() -> None:
    op.execute("select 1")


def downgrade() -> None:
    pass
'''


class Workshop:
    """Writes revision files into a project's versions folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.versions = root / "migrations" / "versions"
        self.versions.mkdir(parents=True)

    @property
    def project(self) -> Project:
        return Project(
            root=self.root,
            config_file=None,
            pyproject=None,
            ini_section="alembic",
            script_location=self.root / "migrations",
            version_locations=(self.versions,),
        )

    def add(
        self, id: str, down: object = None, *, doc: str = "", labels: object = None, depends: object = None
    ) -> Path:
        doc = doc or f"step {id}"
        path = self.versions / f"{id}_{doc.replace(' ', '_')}.py"
        path.write_text(BODY.format(id=id, down=down, doc=doc, labels=labels, depends=depends))
        return path

    def write(self, name: str, text: str) -> Path:
        path = self.versions / name
        path.write_text(text)
        return path


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


@pytest.fixture
def chain(workshop: Workshop) -> Workshop:
    """a1b2 → b2c3 → c3d4 → d4e5, one line."""
    workshop.add("a1b2", doc="create accounts")
    workshop.add("b2c3", "a1b2", doc="add currency")
    workshop.add("c3d4", "b2c3", doc="add settlement")
    workshop.add("d4e5", "c3d4", doc="index entries")
    return workshop


@pytest.fixture
def tree(workshop: Workshop) -> Workshop:
    """root → (left1 → left2) and (right1); other is a base of its own that left2 depends on."""
    workshop.add("root01")
    workshop.add("left01", "root01", labels=("left",))
    workshop.add("rght01", "root01", labels="right")
    workshop.add("other1", labels=("other",))
    workshop.add("left02", "left01", depends="other")
    return workshop


Maker = Callable[..., Workshop]
