"""What a history takes for granted is built before it: from an SQL file, models, or a function."""

from __future__ import annotations

import pytest

from fingood.errors import ConfigError

MODELS = """
    import sqlalchemy as sa
    from sqlalchemy.orm import declarative_base

    metadata = sa.MetaData()
    sa.Table("account", metadata, sa.Column("id", sa.Integer), schema=SCHEMA)
    Base = declarative_base(metadata=metadata)

    def build(connection):
        metadata.create_all(connection)
"""


@pytest.mark.parametrize("name", ["models:metadata", "models:Base", "models:build"])
def test_models_are_a_baseline(folder, recorder_of, sqlite_url, name):
    folder.file("models.py", MODELS.replace("SCHEMA", "None")).revision("a1", "op.drop_table('account')")
    recorder = recorder_of(folder, baseline=name)
    recorder.prepare(sqlite_url)
    assert recorder.upgrade(sqlite_url, "head")[0].failure is None


def test_the_schemas_of_models_are_made(folder, recorder_of, postgres_url):
    folder.file("models.py", MODELS.replace("SCHEMA", "'Old Books'"))
    folder.revision("a1", "op.drop_table('account', schema='Old Books')")
    recorder = recorder_of(folder, baseline="models:metadata")
    recorder.prepare(postgres_url)
    assert recorder.upgrade(postgres_url, "head")[0].failure is None


def test_a_dump_with_copied_rows_is_a_baseline(folder, recorder_of, postgres_url):
    folder.file(
        "base.sql",
        r"""
        \restrict abc
        SELECT pg_catalog.set_config('search_path', '', false);
        CREATE TABLE public.account (id int, name text);
        COPY public.account (id, name) FROM stdin;
        1	one % of
        2	\N
        \.
        CREATE INDEX i ON public.account (id);
        """,
    )
    folder.revision("a1", "assert op.get_bind().execute(sa.text('SELECT count(name) FROM account')).scalar() == 1")
    recorder = recorder_of(folder, baseline="base.sql")
    recorder.prepare(postgres_url)
    assert recorder.upgrade(postgres_url, "head")[0].failure is None


def test_an_sql_file_is_a_baseline_of_sqlite(folder, recorder_of, sqlite_url):
    folder.file("base.sql", "CREATE TABLE a (id int); CREATE TABLE b (id int);")
    folder.revision("a1", "op.drop_table('b')")
    recorder = recorder_of(folder, baseline="base.sql")
    recorder.prepare(sqlite_url)
    assert recorder.upgrade(sqlite_url, "head")[0].failure is None


@pytest.mark.parametrize(
    ("baseline", "reason"),
    [
        ("missing.sql", "there is no file"),
        ("no_such_module:Base", "no_such_module"),
        ("models:nothing", "nothing"),
        ("models", "neither an SQL file nor"),
        ("os:sep", "neither a MetaData"),
    ],
)
def test_a_baseline_that_cannot_be_built_is_a_wrong_setting(folder, recorder_of, sqlite_url, baseline, reason):
    folder.file("models.py", MODELS.replace("SCHEMA", "None")).revision("a1", "pass")
    with pytest.raises(ConfigError, match=reason) as raised:
        recorder_of(folder, baseline=baseline).prepare(sqlite_url)
    assert raised.value.key == "sandbox.baseline"


def test_without_a_baseline_nothing_is_prepared(folder, recorder_of, sqlite_url):
    folder.revision("a1", "op.create_table('account', sa.Column('id', sa.Integer))")
    recorder = recorder_of(folder)
    recorder.prepare(sqlite_url)
    assert recorder.upgrade(sqlite_url, "head")[0].failure is None
