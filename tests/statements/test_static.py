"""What Alembic's offline mode shows of a revision, and what it says it cannot show."""

from __future__ import annotations

import pytest

from fingood.model.finding import Direction
from fingood.model.plan import Rendering
from fingood.statements import render_static

UP, DOWN = Direction.UPGRADE, Direction.DOWNGRADE


def test_a_revision_is_rendered_without_a_database(folder):
    folder.revision(
        "a1",
        """
        op.create_table("Order Lines", sa.Column("id", sa.Integer), comment="100% sure")
        with op.get_context().autocommit_block():
            op.create_index("i", "Order Lines", ["id"], postgresql_concurrently=True)
        op.execute("SELECT 1")
        """,
    )
    plan = render_static(folder.project, "a1", UP, "postgresql")
    assert plan.rendering is Rendering.STATIC
    assert plan.unrendered == ""
    assert [(s.location.line, s.transaction) for s in plan.statements] == [(9, 1), (9, 1), (11, None), (12, 2)]
    assert plan.statements[1].sql == "COMMENT ON TABLE \"Order Lines\" IS '100% sure'"
    assert plan.statements[2].actions[0].concurrently


def test_one_revision_in_the_middle_is_rendered_alone(folder, recorder_of):
    folder.revision("a1", "raise AssertionError").revision(
        "b1", "op.execute('SELECT 1')", "op.drop_table('t')", down="a1"
    )
    folder.revision("c1", "raise AssertionError", down="b1")
    recorder = recorder_of(folder)
    assert [s.sql for s in recorder.render("b1", UP, "postgresql").statements] == ["SELECT 1"]
    assert [s.sql for s in recorder.render("b1", DOWN, "postgresql").statements] == ["DROP TABLE t"]


def test_a_merge_is_rendered(folder):
    folder.revision("a1", "pass").revision("b1", "pass", down="a1").revision("b2", "pass", down="a1")
    folder.revision("c1", "op.execute('SELECT 1')", down=("b1", "b2"))
    plan = render_static(folder.project, "c1", UP, "postgresql")
    assert (plan.unrendered, plan.down_revisions, len(plan.statements)) == ("", ("b1", "b2"), 1)


@pytest.mark.parametrize(
    "reading",
    [
        "op.get_bind().execute(sa.text('SELECT 1'))",
        "sa.inspect(op.get_bind())",
        "op.execute('SELECT 1').fetchall()",
        "[row for row in op.execute('SELECT 1')]",
        "from sqlalchemy.orm import Session; Session(bind=op.get_bind()).execute(sa.text('SELECT 1'))",
    ],
)
def test_a_revision_that_reads_the_database_is_incomplete_from_that_line_on(folder, reading):
    folder.revision("a1", f"op.execute('SELECT 0')\n{reading}\nop.execute('SELECT 2')")
    plan = render_static(folder.project, "a1", UP, "postgresql")
    assert plan.unrendered.startswith("migrations/versions/a1_test.py:10: it needs a database: ")
    assert plan.statements[0].sql == "SELECT 0"
    assert plan.failure is None


def test_a_revision_may_ask_for_the_dialect(folder):
    folder.revision("a1", "if op.get_bind().dialect.name == 'postgresql':\n    op.execute('SELECT 1')")
    plan = render_static(folder.project, "a1", UP, "postgresql")
    assert (plan.unrendered, len(plan.statements)) == ("", 1)


def test_a_revision_that_behaves_otherwise_offline_is_incomplete(folder):
    folder.revision("a1", "if not op.get_context().as_sql:\n    op.execute('DROP TABLE t')")
    plan = render_static(folder.project, "a1", UP, "postgresql")
    assert plan.statements == ()
    assert "a1_test.py:9: the offline mode does not show all" in plan.unrendered


def test_a_downgrade_that_raises_is_a_failure(folder):
    folder.revision("a1", "pass", "raise NotImplementedError('no way back')")
    plan = render_static(folder.project, "a1", DOWN, "postgresql")
    assert str(plan.failure) == "NotImplementedError: no way back"
    assert plan.unrendered.endswith("a1_test.py:13: it raises NotImplementedError: no way back")


def test_an_env_that_connects_in_offline_mode_is_told_and_connects_nowhere(folder, tmp_path):
    folder.env(
        f"""
        from alembic import context
        from sqlalchemy import create_engine

        with create_engine("sqlite:///{tmp_path}/real.db").connect() as connection:
            context.configure(connection=connection)
            context.run_migrations()
        """
    ).revision("a1", "op.execute('SELECT 1')")
    plan = render_static(folder.project, "a1", UP, "postgresql")
    assert "migrations/env.py:5" in plan.unrendered
    assert "a connection is opened where none is needed" in plan.unrendered
    assert not (tmp_path / "real.db").exists()


def test_an_async_env_without_an_offline_mode_is_told(folder):
    folder.make_async().revision("a1", "op.execute('SELECT 1')")
    plan = render_static(folder.project, "a1", UP, "postgresql")
    assert plan.statements == ()
    assert "env.py" in plan.unrendered
    assert plan.path == "migrations/versions/a1_test.py"


def test_a_batch_that_must_rebuild_a_table_of_sqlite_cannot_be_rendered(folder):
    folder.revision("a1", "with op.batch_alter_table('t') as batch:\n    batch.drop_column('c')")
    plan = render_static(folder.project, "a1", UP, "sqlite")
    assert "it needs a database" in plan.unrendered
