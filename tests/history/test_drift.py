"""Models against the database: only looked at, on a copy."""

from __future__ import annotations

import sqlalchemy as sa

from fingood.model.report import Outcome

MODELS = """
import sqlalchemy as sa

metadata = sa.MetaData()
accounts = sa.Table("accounts", metadata, sa.Column("id", sa.BigInteger, primary_key=True), {more})
"""


def models(history, more):
    (history.project.root / "models.py").write_text(MODELS.format(more=more))
    history.project.env("target_metadata = None", "from models import metadata as target_metadata")


def drift(history, **options):
    return history.runs(select=("history-drift",), **options)["history-drift"]


def test_models_that_ask_for_what_no_revision_makes_are_named(new_history, postgres_url):
    history = new_history(postgres_url)
    history.upgrade()
    models(history, 'sa.Column("memo", sa.Text), sa.Column("limit_amount", sa.Numeric(19, 4))')
    (finding,) = drift(history).findings
    assert "add column accounts.limit_amount" in finding.message


def test_a_column_made_by_hand_is_named_and_the_database_stays_as_it_was(new_history, postgres_url):
    history = new_history(postgres_url)
    history.upgrade()
    models(history, 'sa.Column("memo", sa.Text)')
    with sa.create_engine(postgres_url).begin() as connection:
        connection.execute(sa.text("ALTER TABLE accounts ADD COLUMN by_hand integer"))
    (finding,) = drift(history).findings
    assert "remove column accounts.by_hand" in finding.message
    with sa.create_engine(postgres_url).connect() as connection:
        assert {column["name"] for column in sa.inspect(connection).get_columns("accounts")} == {
            "id", "memo", "by_hand"
        }  # fmt: skip


def test_pending_revisions_are_no_drift(new_history, postgres_url):
    history = new_history(postgres_url)
    history.upgrade("a1")
    models(history, 'sa.Column("memo", sa.Text)')
    assert drift(history).outcome is Outcome.PASSED
    with sa.create_engine(postgres_url).connect() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == "a1"


def test_sqlite_too(history):
    history.upgrade()
    models(history, 'sa.Column("memo", sa.Text), sa.Column("more", sa.Text)')
    assert "add column accounts.more" in drift(history).findings[0].message


def test_without_models_or_database_it_says_so(history):
    history.upgrade()
    assert "no target_metadata" in drift(history).reason
    assert "no database is configured" in drift(history, database=False).reason
    assert "--offline" in drift(history, offline=True).reason
