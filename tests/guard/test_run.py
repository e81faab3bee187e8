from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from tests.guard.project import GuardedProject

from fingood.model.event import EventKind
from fingood.statements.compat import make_engine

ENTRIES = 'op.create_table("entries", sa.Column("id", sa.Integer, primary_key=True), sa.Column("memo", sa.Text))'


def rows(url: str, sql: str) -> list[tuple[object, ...]]:
    with make_engine(url).connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(sql))]


def fill(project: GuardedProject) -> None:
    project.revision("a1", ENTRIES, 'op.drop_table("entries")')
    project.revision(
        "b2", "op.execute(\"INSERT INTO entries VALUES (1, 'x'), (2, 'y')\")", 'op.execute("DELETE FROM entries")'
    )


@pytest.mark.usefixtures("real_starts")
@pytest.mark.parametrize("kind", ["project", "sqlite_project"])
def test_every_step_is_recorded_before_it_begins_and_after_it_is_committed(
    kind: str, request: pytest.FixtureRequest
) -> None:
    project: GuardedProject = request.getfixturevalue(kind)
    fill(project)
    done = project.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert project.story() == [("start", "a1"), ("complete", "a1"), ("start", "b2"), ("complete", "b2")]
    assert "2 steps" in done.stderr
    assert "audit events 1–4 in .fingood/audit.jsonl" in done.stderr
    payload = project.events()[3].payload
    assert (payload["rows"], payload["statements"], payload["affected_tables"]) == (2, 1, ["entries"])
    assert payload["path"] == "migrations/versions/b2.py"
    back = project.alembic("downgrade", "-1")
    assert back.returncode == 0, back.stderr
    assert project.story()[4:] == [("start", "b2"), ("rollback", "b2")]
    assert rows(project.url, "SELECT count(*) FROM entries") == [(0,)]
    assert project.log.verify().ok


def test_a_step_may_catch_an_error_in_a_savepoint_of_its_own(project: GuardedProject) -> None:
    fill(project)
    project.revision(
        "c3",
        """
        try:
            with op.get_bind().begin_nested():
                op.execute("INSERT INTO entries VALUES (1, 'again')")
        except sa.exc.IntegrityError:
            op.execute("UPDATE entries SET memo = 'again' WHERE id = 1")
        """,
    )
    done = project.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert rows(project.url, "SELECT memo FROM entries WHERE id = 1") == [("again",)]


def test_nothing_to_do_says_nothing_and_records_nothing(project: GuardedProject) -> None:
    fill(project)
    project.alembic("upgrade", "head")
    again = project.alembic("upgrade", "head")
    assert (again.returncode, again.stderr) == (0, "")
    assert len(project.events()) == 4


def test_timeouts_hold_inside_the_steps_transaction_and_for_no_other_session(
    new_project: Callable[..., GuardedProject], postgres_url: str
) -> None:
    project = new_project(postgres_url, "[tool.fingood.guard]\nlock_timeout = 3\nstatement_timeout = 40")
    project.revision(
        "a1",
        """
        show = "SELECT current_setting('lock_timeout') AS l, current_setting('statement_timeout') AS s"
        op.execute(f"CREATE TABLE seen AS {show}")
        with op.get_context().autocommit_block():
            op.execute(f"INSERT INTO seen {show}")
        op.execute(f"INSERT INTO seen {show}")
        op.execute("SET lock_timeout = '7s'")
        op.execute(f"INSERT INTO seen {show}")
        """,
    )
    done = project.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert rows(postgres_url, "SELECT l, s FROM seen") == [("3s", "40s"), ("3s", "40s"), ("3s", "40s"), ("7s", "40s")]
    assert project.events()[1].payload["own_timeouts"] is True


@pytest.mark.parametrize("per_migration", ["True", "False"])
def test_an_index_is_built_concurrently_with_the_patience_of_its_own(
    project: GuardedProject, per_migration: str
) -> None:
    project.env("transaction_per_migration=True", f"transaction_per_migration={per_migration}")
    project.revision("a1", ENTRIES)
    project.revision(
        "b2",
        """
        op.add_column("entries", sa.Column("x", sa.Integer))
        with op.get_context().autocommit_block():
            op.create_index("ix", "entries", ["memo"], postgresql_concurrently=True)
        op.add_column("entries", sa.Column("y", sa.Integer))
        """,
        """
        with op.get_context().autocommit_block():
            op.drop_index("ix", "entries", postgresql_concurrently=True)
        op.drop_column("entries", "x")
        op.drop_column("entries", "y")
        """,
    )
    done = project.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert rows(project.url, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix'::regclass") == [(True,)]
    assert [kind for kind, _ in project.story()].count("complete") == 2
    back = project.alembic("downgrade", "-1")
    assert back.returncode == 0, back.stderr
    assert project.story()[-1] == ("rollback", "b2")


def test_in_one_transaction_for_all_nothing_is_complete_before_the_last_commit(project: GuardedProject) -> None:
    project.env("transaction_per_migration=True", "transaction_per_migration=False")
    fill(project)
    project.alembic("upgrade", "head")
    assert project.story() == [("start", "a1"), ("start", "b2"), ("complete", "a1"), ("complete", "b2")]


def test_steps_that_a_failing_step_takes_back_with_it_are_recorded_as_rolled_back(project: GuardedProject) -> None:
    project.env("transaction_per_migration=True", "transaction_per_migration=False")
    project.revision("a1", ENTRIES)
    project.revision("b2", 'op.execute("SELECT 1 / 0")')
    failed = project.alembic("upgrade", "head")
    assert failed.returncode == 1
    assert project.story() == [("start", "a1"), ("start", "b2"), ("failed", "a1"), ("failed", "b2")]
    assert project.events()[2].payload["reason"] == "rolled back with b2"


def test_what_an_autocommit_block_commits_before_a_failure_is_complete(project: GuardedProject) -> None:
    project.env("transaction_per_migration=True", "transaction_per_migration=False")
    project.revision("a1", ENTRIES)
    project.revision(
        "b2",
        """
        with op.get_context().autocommit_block():
            op.execute("CREATE INDEX CONCURRENTLY ix ON entries (memo)")
        op.execute("SELECT 1 / 0")
        """,
    )
    assert project.alembic("upgrade", "head").returncode == 1
    assert project.story() == [("start", "a1"), ("start", "b2"), ("complete", "a1"), ("failed", "b2")]


def test_a_percent_sign_of_a_failing_statement_is_told_as_it_was_written(project: GuardedProject) -> None:
    project.revision("a1", """op.execute('SELECT 1 / 0 AS "share in %"')""")
    failed = project.alembic("upgrade", "head")
    assert failed.returncode == 1
    assert '"share in %"' in failed.stderr


def test_a_failure_is_told_by_code_name_and_line_and_no_value_of_a_row_gets_out(project: GuardedProject) -> None:
    project.revision("a1", ENTRIES)
    project.revision(
        "b2",
        """
        op.execute("CREATE UNIQUE INDEX uq_memo ON entries (memo)")
        op.execute("INSERT INTO entries VALUES (1, 'S3CR3T'), (2, 'S3CR3T')")
        """,
    )
    failed = project.alembic("upgrade", "head")
    assert failed.returncode == 1
    assert "upgrade of b2 failed at migrations/versions/b2.py:13" in failed.stderr
    assert "[SQLSTATE 23505]" in failed.stderr
    assert "uq_memo" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert "S3CR3T" not in failed.stderr + failed.stdout + project.log.path.read_text()
    event = project.events()[-1]
    assert event.kind is EventKind.MIGRATION_FAILED
    assert event.payload["constraint"] == "uq_memo"
    assert event.payload["location"] == "migrations/versions/b2.py:13"
    assert event.payload["statement"] == "INSERT INTO entries VALUES (?, ?), (?, ?)"


def test_a_constraint_that_fails_at_the_commit_is_the_failure_of_its_step(project: GuardedProject) -> None:
    project.revision("a1", ENTRIES)
    project.revision(
        "b2",
        """
        op.execute("CREATE TABLE c (e int REFERENCES entries (id) DEFERRABLE INITIALLY DEFERRED)")
        op.execute("INSERT INTO c VALUES (99)")
        """,
    )
    failed = project.alembic("upgrade", "head")
    assert failed.returncode == 1
    assert project.story() == [("start", "a1"), ("complete", "a1"), ("start", "b2"), ("failed", "b2")]
    assert project.events()[-1].payload["sqlstate"] == "23503"


def test_a_fault_in_the_revisions_own_python_keeps_its_traceback(project: GuardedProject) -> None:
    project.revision("a1", "op.no_such_operation()")
    failed = project.alembic("upgrade", "head")
    assert "Traceback" in failed.stderr
    assert project.story() == [("start", "a1"), ("failed", "a1")]


def test_a_step_partly_committed_is_said_to_be(project: GuardedProject) -> None:
    project.revision(
        "a1",
        f"""
        {ENTRIES}
        with op.get_context().autocommit_block():
            op.execute("CREATE INDEX CONCURRENTLY ix ON entries (memo)")
        op.execute("SELECT 1 / 0")
        """,
    )
    failed = project.alembic("upgrade", "head")
    assert "a part of it is committed" in failed.stderr
    assert project.events()[-1].payload["outcome"] == "partly committed"


def test_on_sqlite_the_ddl_that_stays_after_a_failure_is_mentioned(sqlite_project: GuardedProject) -> None:
    sqlite_project.revision("a1", f'{ENTRIES}\nop.execute("INSERT INTO nowhere VALUES (1)")')
    failed = sqlite_project.alembic("upgrade", "head")
    assert failed.returncode == 1
    assert "a part of it is committed" in failed.stderr
    assert rows(sqlite_project.url, "SELECT count(*) FROM entries") == [(0,)]


def test_without_an_audit_log_nothing_is_migrated(project: GuardedProject) -> None:
    fill(project)
    (project.root / "file").write_text("")
    project.variables["FINGOOD_AUDIT_LOG"] = str(project.root / "file" / "audit.jsonl")
    refused = project.alembic("upgrade", "head")
    assert refused.returncode == 4
    assert "cannot write the audit log" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert rows(project.url, "SELECT to_regclass('alembic_version')") == [(None,)]


def test_a_connection_to_another_database_than_planned_is_refused(
    new_project: Callable[..., GuardedProject], new_postgres_url: Callable[..., str]
) -> None:
    planned, other = new_postgres_url(), new_postgres_url()
    project = new_project(planned)
    fill(project)
    project.env("guard.database_url(config), poolclass", f"{other!r}, poolclass")
    refused = project.alembic("upgrade", "head")
    assert refused.returncode == 4
    assert "names" in refused.stderr
    assert project.events()[-1].kind is EventKind.SECURITY
    project.env("guard.watch(connection)", "guard.watch(connection, any_target=True)")
    assert project.alembic("upgrade", "head").returncode == 0


def test_a_run_without_any_database_says_where_it_looked(project: GuardedProject) -> None:
    project.variables["DATABASE_URL"] = ""
    refused = project.alembic("upgrade", "head")
    assert refused.returncode == 2
    assert "no database" in refused.stderr
    assert "Traceback" not in refused.stderr
