"""What stands on a revision that fails by itself, but passes in one run from the beginning, is judged too."""

from __future__ import annotations

from pathlib import Path

from fingood.commands.check import check_revisions
from fingood.commands.validate_all import validate_all
from fingood.settings import load

REVISION = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = {id!r}, {down!r}
def upgrade():
    op.create_table("t_{id}", sa.Column("mood", sa.Enum("glad", name="mood", create_type=True)))
def downgrade():
    op.drop_table("t_{id}")
"""
LAST = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "c3", "b2"
def upgrade():
    op.add_column("t_a1", sa.Column("note", sa.Text()))
def downgrade():
    op.drop_column("t_a1", "note")
"""
ENV = """
from alembic import context
from sqlalchemy import create_engine
with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


def project(root: Path):
    versions = root / "migrations" / "versions"
    versions.mkdir(parents=True)
    (root / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/migrations\n", encoding="utf-8")
    (root / "migrations" / "env.py").write_text(ENV, encoding="utf-8")
    for id_, down in (("a1", None), ("b2", "a1")):
        (versions / f"{id_}.py").write_text(REVISION.format(id=id_, down=down), encoding="utf-8")
    (versions / "c3.py").write_text(LAST, encoding="utf-8")
    return load(start=root, environ={})


def test_validate_all_judges_what_stands_on_it(tmp_path: Path) -> None:
    report = validate_all(project(tmp_path))
    verdicts = {row[0]: row[3] for row in report.sections[0].rows}
    assert (verdicts["b2"], verdicts["c3"]) == ("failing upgrade", "lossless")


def test_check_judges_what_stands_on_it_and_says_how(tmp_path: Path) -> None:
    report = check_revisions(project(tmp_path), ["base:head"])
    last = report.children[-1]
    assert last.data["revision"] == "c3"
    assert "NOT JUDGED" not in last.headline
    assert any("made in one run" in note for note in last.data["notes"])
