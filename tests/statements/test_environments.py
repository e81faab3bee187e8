"""The recorder under env.py files as projects really have them, and under those that try to leave the sandbox."""

from __future__ import annotations

import os
import sqlite3
import time

import pytest

from fingood.errors import EnvironmentFailed
from fingood.statements.compat import ASYNC_DRIVERS, driver_is_installed

TABLE = "op.create_table('t', sa.Column('id', sa.Integer))"


needs_async_postgresql = pytest.mark.skipif(
    not any(driver_is_installed(f"postgresql+{driver}") for driver in ASYNC_DRIVERS["postgresql"]),
    reason="no async driver for PostgreSQL is installed that this SQLAlchemy knows",
)


def tables(path) -> list[str]:
    with sqlite3.connect(path) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


@needs_async_postgresql
def test_an_async_env_is_recorded_on_postgresql(folder, recorder_of, postgres_url):
    folder.make_async().revision("a1", TABLE)
    (plan,) = recorder_of(folder).upgrade(postgres_url, "head")
    assert [(s.location.line, s.transaction) for s in plan.statements] == [(9, 1)]


def test_an_async_env_gets_an_async_driver_for_a_sandbox_of_another(folder, recorder_of, sqlite_url):
    folder.make_async().revision("a1", TABLE)
    (plan,) = recorder_of(folder).upgrade(sqlite_url, "head")
    assert plan.failure is None
    assert plan.statements[0].sql.startswith("CREATE TABLE t")


@needs_async_postgresql
def test_what_a_revision_awaits_has_its_line(folder, recorder_of, postgres_url):
    folder.make_async().revision(
        "a1",
        """
        async def fill(connection):
            await connection.execute(sa.text("CREATE TABLE t (id int)"))

        op.run_async(fill)
        """,
    )
    (plan,) = recorder_of(folder).upgrade(postgres_url, "head")
    assert [(s.location.line, s.sql) for s in plan.statements] == [(10, "CREATE TABLE t (id int)")]


def test_an_env_with_a_database_of_its_own_is_sent_to_the_sandbox(folder, recorder_of, sqlite_url, tmp_path):
    real = tmp_path / "real.db"
    folder.env(
        f"""
        from alembic import context
        from sqlalchemy import create_engine

        with create_engine("sqlite:///{real}").connect() as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
        """
    ).revision("a1", TABLE)
    (plan,) = recorder_of(folder).upgrade(sqlite_url, "head")
    assert plan.failure is None
    assert not real.exists()
    assert "t" in tables(sqlite_url.removeprefix("sqlite:///"))


def test_a_password_and_host_of_an_env_never_reach_the_driver(folder, recorder_of, postgres_url):
    folder.env(
        """
        from alembic import context
        from sqlalchemy import create_engine

        url = "postgresql+psycopg2://me:hunter2@db.example.com:6543/ledger?sslmode=verify-full"
        engine = create_engine(url, connect_args={"options": "-c search_path=pg_temp", "connect_timeout": 3})
        with engine.connect() as connection:
            context.configure(connection=connection, version_table_schema="public")
            with context.begin_transaction():
                context.run_migrations()
        """
    ).revision("a1", "assert op.get_bind().exec_driver_sql('SHOW search_path').scalar() == 'pg_temp'")
    (plan,) = recorder_of(folder).upgrade(postgres_url, "head")
    assert plan.failure is None


def test_an_engine_with_a_creator_is_refused(folder, recorder_of, sqlite_url, tmp_path):
    real = tmp_path / "real.db"
    folder.env(
        f"""
        import sqlite3
        from alembic import context
        from sqlalchemy import create_engine

        with create_engine("sqlite://", creator=lambda: sqlite3.connect({str(real)!r})).connect() as connection:
            context.configure(connection=connection)
            context.run_migrations()
        """
    ).revision("a1", TABLE)
    with pytest.raises(EnvironmentFailed, match="creator="):
        recorder_of(folder).upgrade(sqlite_url, "head")
    assert tables(real) == []


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_a_connection_made_by_the_driver_itself_is_refused(folder, recorder_of, sqlite_url, driver):
    pytest.importorskip(driver)
    folder.revision("a1", f"import {driver}\n{driver}.connect('host=db.example.com password=hunter2')")
    (plan,) = recorder_of(folder).upgrade(sqlite_url, "head")
    assert plan.failure.message.startswith(f"{driver} opens a connection itself")
    assert plan.failure.location.line == 10


def test_another_database_than_the_sandboxs_is_refused(folder, recorder_of, postgres_url):
    folder.env(
        """
        from alembic import context
        from sqlalchemy import create_engine

        with create_engine("sqlite://").connect() as connection:
            context.configure(connection=connection)
            context.run_migrations()
        """
    ).revision("a1", TABLE)
    with pytest.raises(EnvironmentFailed, match="sqlite connection is opened, but the sandbox is postgresql"):
        recorder_of(folder).upgrade(postgres_url, "head")


def test_an_env_that_migrates_two_databases_at_once_is_refused(folder, recorder_of, sqlite_url):
    folder.env(
        """
        from alembic import context
        from sqlalchemy import create_engine

        for name in ("one", "two"):
            with create_engine(f"sqlite:///{name}.db").connect() as connection:
                context.configure(connection=connection, version_table=name)
                context.run_migrations()
        """
    ).revision("a1", "pass")
    plans = recorder_of(folder).upgrade(sqlite_url, "head")
    assert "several databases in one run" in plans[-1].failure.message


def test_the_same_database_schema_by_schema_is_no_second_database(folder, recorder_of, sqlite_url):
    folder.env(
        """
        from alembic import context
        from sqlalchemy import create_engine

        engine = create_engine("sqlite:///tenants.db")
        for name in ("one", "two"):
            with engine.connect() as connection:
                context.configure(connection=connection, version_table=name)
                context.run_migrations()
        """
    ).revision("a1", "pass")
    assert [plan.revision for plan in recorder_of(folder).upgrade(sqlite_url, "head")] == ["a1", "a1"]


def test_a_pool_that_a_module_keeps_follows_to_the_next_sandbox(folder, recorder_of, new_postgres_url):
    folder.file(
        "app.py",
        """
        import os
        from sqlalchemy import create_engine
        engine = create_engine(os.environ["DATABASE_URL"], pool_size=3)
        """,
    ).env(
        """
        import app
        from alembic import context

        with app.engine.connect() as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
        """
    ).revision("a1", "op.create_table('t', sa.Column('id', sa.Integer))")
    recorder = recorder_of(folder)
    for url in (new_postgres_url(), new_postgres_url()):
        (plan,) = recorder.upgrade(url, "head")
        assert plan.failure is None


def test_no_connection_is_left_open_after_a_job(folder, recorder_of, new_postgres_url):
    import sqlalchemy as sa

    folder.env(
        """
        from alembic import context
        from sqlalchemy import engine_from_config

        engine = engine_from_config({"sqlalchemy.url": context.config.get_main_option("sqlalchemy.url")})
        connection = engine.connect()
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
        kept = context.config.attributes.setdefault("kept", [])
        kept.append(connection)
        """
    ).revision("a1", TABLE)
    url = new_postgres_url()
    recorder_of(folder).upgrade(url, "head")
    with sa.create_engine(url).connect() as connection:
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        for _ in range(20):
            if not (count := connection.execute(sa.text(others)).scalar()):
                break
            time.sleep(0.1)
    assert count == 0


def test_what_the_project_prints_does_not_disturb(folder, recorder_of, sqlite_url):
    noise = "print('x' * 200_000, flush=True); import os; os.system('echo noise; cat')"
    folder.revision("a1", f"{noise}\n{TABLE}\nassert input_is_empty()")
    path = folder.root / "migrations/versions/a1_test.py"
    path.write_text(path.read_text() + "\n\ndef input_is_empty():\n    import sys\n    return sys.stdin.read() == ''\n")
    recorder = recorder_of(folder)
    (plan,) = recorder.upgrade(sqlite_url, "head")
    assert plan.failure is None
    assert len(recorder.output) < 20_000


def test_the_sandbox_is_announced_to_env_and_revisions(folder, recorder_of, sqlite_url):
    folder.revision(
        "a1",
        """
        import os
        assert os.environ["FINGOOD_SANDBOX"] == "1" and os.environ["COLOUR"] == "blue"
        assert os.environ["DATABASE_URL"].startswith("sqlite:///")
        assert op.get_context().config.attributes["fingood.sandbox"] is True
        """,
    )
    (plan,) = recorder_of(folder, environment={"COLOUR": "blue"}).upgrade(sqlite_url, "head")
    assert plan.failure is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("import os; os._exit(3)", "exit code 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
        ("raise SystemExit(5)", "5"),
    ],
)
def test_a_revision_that_ends_the_process_is_a_failure_and_the_next_job_runs(
    folder, recorder_of, new_postgres_url, body, reason
):
    folder.revision("a1", TABLE).revision("a2", f"op.execute('SELECT 1')\n{body}", down="a1")
    recorder = recorder_of(folder)
    plans = recorder.upgrade(new_postgres_url(), "head")
    assert [bool(plan.failure) for plan in plans] == [False, True]
    assert reason in plans[-1].failure.message
    assert recorder.upgrade(new_postgres_url(), "a1")[0].failure is None


def test_a_statement_that_does_not_end_is_stopped_and_named(folder, recorder_of, new_postgres_url):
    folder.revision("a1", "op.execute('SELECT pg_sleep(60)')")
    recorder = recorder_of(folder)
    recorder.stamp(new_postgres_url(), "base")
    recorder.timeout = 2.5
    started = time.monotonic()
    (plan,) = recorder.upgrade(new_postgres_url(), "head")
    assert time.monotonic() - started < 20
    assert plan.failure.sqlstate == "57014"
    assert plan.failure.location.line == 9
    assert plan.statements[-1].sql == "SELECT pg_sleep(60)"


def test_an_env_that_raises_is_told_with_its_line(folder, recorder_of, sqlite_url):
    folder.env("import no_such_module\n").revision("a1", "pass")
    with pytest.raises(EnvironmentFailed, match=r"no_such_module.*migrations/env\.py:1"):
        recorder_of(folder).upgrade(sqlite_url, "head")


def test_a_revision_that_does_not_compile_is_told_with_its_file(folder, recorder_of, sqlite_url):
    folder.revision("a1", "pass").file("migrations/versions/b1_broken.py", "revision = 'b1'\ndef upgrade(:\n")
    with pytest.raises(EnvironmentFailed, match=r"SyntaxError.*migrations/versions/b1_broken\.py:2"):
        recorder_of(folder).upgrade(sqlite_url, "head")


def test_logging_that_disables_loggers_disturbs_nothing(folder, recorder_of, sqlite_url):
    ini = folder.root / "alembic.ini"
    ini.write_text(
        ini.read_text()
        + "[loggers]\nkeys=root\n[handlers]\nkeys=h\n[formatters]\nkeys=\n[logger_root]\nlevel=DEBUG\nhandlers=h\n"
        + "[handler_h]\nclass=StreamHandler\nargs=(sys.stdout,)\n"
    )
    env = folder.root / "migrations/env.py"
    env.write_text("import logging.config\nfrom alembic import context\n" + _FILE_CONFIG + env.read_text())
    folder.revision("a1", TABLE)
    (plan,) = recorder_of(folder).upgrade(sqlite_url, "head")
    assert len(plan.statements) == 1


_FILE_CONFIG = "logging.config.fileConfig(context.config.config_file_name)\n"


def test_a_project_in_pyproject_alone(folder, recorder_of, sqlite_url):
    from dataclasses import replace

    alembic = pytest.importorskip("alembic")
    if tuple(map(int, alembic.__version__.split(".")[:2])) < (1, 16):
        pytest.skip("Alembic reads pyproject.toml from 1.16 on")
    (folder.root / "alembic.ini").unlink()
    folder.file("pyproject.toml", '[tool.alembic]\nscript_location = "%(here)s/migrations"\nprepend_sys_path = ["."]\n')
    folder.revision("a1", TABLE)
    project = replace(folder.project, config_file=None, pyproject=folder.root / "pyproject.toml")
    folder_like = type("Folder", (), {"project": project})
    (plan,) = recorder_of(folder_like).upgrade(sqlite_url, "head")
    assert plan.failure is None


def test_a_folder_called_alembic_does_not_shadow_the_package(folder, recorder_of, sqlite_url):
    (folder.root / "alembic").mkdir()
    (folder.root / "alembic/__init__.py").write_text("raise AssertionError('shadowed')")
    folder.revision("a1", TABLE)
    (plan,) = recorder_of(folder).upgrade(sqlite_url, "head")
    assert plan.failure is None


def test_the_worker_ends_with_the_recorder(folder, sqlite_url):
    from fingood.statements import Recorder

    folder.revision("a1", f"{TABLE}\nopen('pid', 'w').write(str(__import__('os').getpid()))")
    with Recorder(folder.project) as recorder:
        recorder.upgrade(sqlite_url, "head")
    pid = int((folder.root / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.usefixtures("real_starts")
def test_what_the_project_does_at_exit_is_done_though_the_worker_leaves_at_once(folder, recorder_of, sqlite_url):
    folder.file("farewell.py", "import atexit, pathlib\natexit.register(pathlib.Path('said').write_text, 'goodbye')\n")
    folder.revision("a1", "import farewell\nop.execute('SELECT 1')")
    recorder = recorder_of(folder)
    recorder.upgrade(sqlite_url, "head")
    worker = recorder._worker
    recorder.close()
    assert (folder.root / "said").read_text() == "goodbye"
    assert worker._process.returncode == 0
