"""What is said of an env.py or a revision that cannot run: where it lies and what it lacks, and no value."""

from __future__ import annotations

import pytest

from fingood.errors import EnvironmentFailed

TABLE = "op.create_table('t', sa.Column('id', sa.Integer))"


def test_a_file_that_env_only_imports_is_named_where_it_raises(folder, recorder_of, sqlite_url):
    folder.file("models.py", "x = 1\nundefined\n").env("import models\n").revision("a1", TABLE)
    with pytest.raises(EnvironmentFailed, match=r"NameError: .* in models\.py:2 \(migrations/env\.py:1\)"):
        recorder_of(folder).upgrade(sqlite_url, "head")


def test_fields_that_a_settings_class_refuses_are_named_without_their_values(folder, recorder_of, sqlite_url):
    pytest.importorskip("pydantic")
    folder.env(
        """
        import pydantic

        class Settings(pydantic.BaseModel):
            SECRET_KEY: str
            SMTP_PORT: int

        Settings(SMTP_PORT="s3cret")
        """
    ).revision("a1", TABLE)
    with pytest.raises(EnvironmentFailed) as caught:
        recorder_of(folder).upgrade(sqlite_url, "head")
    assert "Settings does not take SECRET_KEY (missing), SMTP_PORT (int_parsing)" in caught.value.message
    assert "s3cret" not in caught.value.message
    assert "environment variables" in caught.value.hint


def test_the_url_that_env_reads_has_a_host_as_settings_classes_want_one(folder, recorder_of, postgres_server):
    folder.env(
        """
        import os
        from alembic import context
        from sqlalchemy import create_engine
        from sqlalchemy.engine import make_url

        assert make_url(os.environ["DATABASE_URL"]).host
        with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
        """
    ).revision("a1", TABLE)
    (plan,) = recorder_of(folder).upgrade(postgres_server.url(postgres_server.create_database()), "head")
    assert plan.failure is None


def test_a_failure_reads_the_same_in_every_run(folder, recorder_of, sqlite_url):
    folder.revision("a1", "raise TypeError(f'no {object()} here')")
    (plan,) = recorder_of(folder).upgrade(sqlite_url, "head")
    assert plan.failure.message == "no <object object> here"
