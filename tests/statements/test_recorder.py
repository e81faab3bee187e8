"""What the recorder says about a revision's statements, on a real PostgreSQL and on SQLite."""

from __future__ import annotations

import pytest

from fingood.errors import HistoryError
from fingood.model.action import LockMode, Verb
from fingood.model.finding import Direction

FIRST_LINE = 9  # of a revision's upgrade(), see conftest.HEAD

ACCOUNT = "op.create_table('account', sa.Column('id', sa.Integer, primary_key=True), sa.Column('name', sa.Text))"


def lines(plan) -> list[int | None]:
    return [statement.location.line for statement in plan.statements]


@pytest.mark.usefixtures("real_starts")
def test_a_statement_names_the_file_and_line_it_comes_from(folder, recorder_of, postgres_url):
    folder.revision("a1", f"{ACCOUNT}\nop.execute('SELECT 1')")
    (plan,) = recorder_of(folder).upgrade(postgres_url, "head")
    assert [str(statement.location) for statement in plan.statements] == [
        "migrations/versions/a1_test.py:9",
        "migrations/versions/a1_test.py:10",
    ]
    assert plan.statements[0].actions[0].verb is Verb.CREATE_TABLE


def test_a_statement_of_a_helper_module_has_the_line_of_the_revision_that_called_it(folder, recorder_of, sqlite_url):
    folder.file("steps.py", "from alembic import op\n\n\ndef make():\n    op.execute('CREATE TABLE t (id int)')\n")
    folder.revision("a1", "import steps\nsteps.make()")
    (plan,) = recorder_of(folder).upgrade(sqlite_url, "head")
    assert lines(plan) == [FIRST_LINE + 1]


def test_every_way_of_running_sql_is_recorded(folder, recorder_of, postgres_url):
    folder.revision(
        "a1",
        f"""
        {ACCOUNT}
        account = sa.table("account", sa.column("id", sa.Integer), sa.column("name", sa.Text))
        op.bulk_insert(account, [{{"id": 1, "name": "a"}}, {{"id": 2, "name": "b"}}])
        op.execute(account.update().values(name="c"))
        op.get_bind().execute(sa.text("DELETE FROM account WHERE id = :id"), {{"id": 2}})
        op.get_bind().exec_driver_sql("SELECT 1")
        with op.batch_alter_table("account") as batch:
            batch.add_column(sa.Column("note", sa.Text))
        from sqlalchemy.orm import Session
        Session(bind=op.get_bind()).execute(sa.text("SELECT 2"))
        """,
    )
    (plan,) = recorder_of(folder).upgrade(postgres_url, "head")
    assert [statement.actions[0].verb for statement in plan.statements] == [
        Verb.CREATE_TABLE,
        Verb.INSERT,
        Verb.UPDATE,
        Verb.DELETE,
        Verb.SELECT,
        Verb.ADD_COLUMN,
        Verb.SELECT,
    ]
    assert [FIRST_LINE + n for n in (0, 2, 3, 4, 5, 6, 9)] == lines(plan)


def test_parameters_are_told_by_their_types_never_by_their_values(folder, recorder_of, postgres_url):
    folder.revision(
        "a1",
        f"""
        {ACCOUNT}
        op.get_bind().execute(sa.text("INSERT INTO account VALUES (:id, :name)"), {{"id": 7, "name": "top secret"}})
        """,
    )
    (plan,) = recorder_of(folder).upgrade(postgres_url, "head")
    insert = plan.statements[1]
    assert insert.parameters == ("int", "str")
    assert insert.sql == "INSERT INTO account VALUES ($1, $2)"
    assert "secret" not in repr(plan)


def test_rows_and_executions_of_a_loop_are_counted(folder, recorder_of, postgres_url):
    folder.revision(
        "a1",
        f"""
        {ACCOUNT}
        op.execute("INSERT INTO account SELECT n FROM generate_series(1, 30) n")
        for n in range(10):
            op.get_bind().execute(sa.text("UPDATE account SET name = 'x' WHERE id % 10 = :n"), {{"n": n}})
        """,
    )
    (plan,) = recorder_of(folder).upgrade(postgres_url, "head")
    assert [(s.executions, s.rows) for s in plan.statements] == [(1, None), (1, 30), (10, 30)]
    assert plan.statements[2].sql == "UPDATE account SET name = 'x' WHERE id % 10 = $1"


def test_an_autocommit_block_runs_outside_of_the_two_transactions_around_it(folder, recorder_of, postgres_url):
    folder.revision(
        "a1",
        f"""
        {ACCOUNT}
        with op.get_context().autocommit_block():
            op.create_index("account_name", "account", ["name"], postgresql_concurrently=True)
        op.execute("SELECT 1")
        """,
    )
    (plan,) = recorder_of(folder).upgrade(postgres_url, "head")
    assert [statement.transaction for statement in plan.statements] == [1, None, 2]
    assert plan.statements[1].locks[0].mode is LockMode.SHARE_UPDATE_EXCLUSIVE


def test_a_commit_written_by_hand_ends_the_transaction(folder, recorder_of, postgres_url):
    folder.revision("a1", f"{ACCOUNT}\nop.execute('COMMIT')\nop.execute('SELECT 1')")
    (plan,) = recorder_of(folder).upgrade(postgres_url, "head")
    assert plan.failure is None
    assert [statement.transaction for statement in plan.statements][:2] == [1, 1]
    assert plan.statements[2].transaction != 1


@pytest.mark.parametrize(("option", "numbers"), [("", [1, 1]), ("transaction_per_migration=True", [1, 2])])
def test_the_transactions_of_two_revisions(folder, recorder_of, postgres_url, option, numbers):
    folder.configure(option).revision("a1", ACCOUNT).revision("a2", "op.execute('SELECT 1')", down="a1")
    plans = recorder_of(folder).upgrade(postgres_url, "head")
    assert [plan.statements[0].transaction for plan in plans] == numbers
    assert all(plan.transaction_per_migration is bool(option) for plan in plans)


def test_sqlite_runs_ddl_outside_of_transactions(folder, recorder_of, sqlite_url):
    folder.revision("a1", f"{ACCOUNT}\nop.execute(\"INSERT INTO account VALUES (1, 'a')\")")
    (plan,) = recorder_of(folder).upgrade(sqlite_url, "head")
    assert [statement.transaction for statement in plan.statements] == [None, 1]


@pytest.mark.parametrize("option", ["", "version_table='applied', version_table_schema='public'"])
def test_the_bookkeeping_of_alembic_is_not_the_revisions(folder, recorder_of, postgres_url, option):
    folder.configure(option).revision("a1", "pass")
    (plan,) = recorder_of(folder).upgrade(postgres_url, "head")
    assert plan.statements == ()


def test_a_do_block_is_opaque(folder, recorder_of, postgres_url):
    folder.revision("a1", "op.execute('DO $$ BEGIN PERFORM 1; END $$')")
    (plan,) = recorder_of(folder).upgrade(postgres_url, "head")
    assert plan.statements[0].opaque
    assert "DO block" in plan.statements[0].opaque_reason


def test_a_failing_statement_is_told_without_its_row(folder, recorder_of, postgres_url):
    folder.revision(
        "a1",
        f"""
        {ACCOUNT}
        op.execute("INSERT INTO account VALUES (4711, 'top secret')")
        op.get_bind().execute(sa.text("INSERT INTO account VALUES (:id)"), {{"id": 4711}})
        """,
    )
    (plan,) = recorder_of(folder).upgrade(postgres_url, "head")
    failure = plan.failure
    assert (failure.sqlstate, failure.error) == ("23505", "UniqueViolation")
    assert (failure.table, failure.constraint) == ("account", "account_pkey")
    assert failure.location.line == FIRST_LINE + 2
    assert plan.statements[-1].failure.sqlstate == "23505"
    assert "4711" not in str(failure)


def test_a_value_in_a_data_exception_is_masked(folder, recorder_of, postgres_url):
    folder.revision("a1", "op.get_bind().execute(sa.text('SELECT CAST(CAST(:a AS text) AS int)'), {'a': 'secret'})")
    (plan,) = recorder_of(folder).upgrade(postgres_url, "head")
    assert plan.failure.sqlstate == "22P02"
    assert "invalid input syntax for type integer" in plan.failure.message
    assert "secret" not in repr(plan)


def test_a_failure_that_the_revision_catches_is_the_statements_alone(folder, recorder_of, postgres_url):
    folder.revision(
        "a1",
        """
        try:
            with op.get_bind().begin_nested():
                op.execute("SELECT no_such_column")
        except sa.exc.ProgrammingError:
            op.execute("SELECT 1")
        """,
    )
    (plan,) = recorder_of(folder).upgrade(postgres_url, "head")
    assert plan.failure is None
    assert [s.failure.sqlstate for s in plan.statements if s.failure] == ["42703"]


def test_a_constraint_that_fails_at_commit_is_the_revisions_failure(folder, recorder_of, postgres_url):
    folder.revision(
        "a1",
        """
        op.execute("CREATE TABLE a (id int PRIMARY KEY)")
        op.execute("CREATE TABLE b (a int REFERENCES a DEFERRABLE INITIALLY DEFERRED)")
        op.execute("INSERT INTO b VALUES (1)")
        """,
    )
    (plan,) = recorder_of(folder).upgrade(postgres_url, "head")
    assert plan.failure.sqlstate == "23503"


def test_a_downgrade_that_is_not_implemented_is_a_failure_with_its_line(folder, recorder_of, sqlite_url):
    folder.revision("a1", "pass", "raise NotImplementedError('no way back')")
    recorder = recorder_of(folder)
    recorder.upgrade(sqlite_url, "head")
    (plan,) = recorder.downgrade(sqlite_url, "base")
    assert plan.direction is Direction.DOWNGRADE
    assert str(plan.failure) == "NotImplementedError: no way back"
    assert plan.failure.location.line == 13


def test_a_revision_without_downgrade_is_a_failure_of_that_revision(folder, recorder_of, sqlite_url):
    folder.revision("a1", "pass")
    path = folder.root / "migrations/versions/a1_test.py"
    path.write_text(path.read_text().split("def downgrade")[0])
    recorder = recorder_of(folder)
    recorder.upgrade(sqlite_url, "head")
    (plan,) = recorder.downgrade(sqlite_url, "base")
    assert plan.failure.message == "the file has no function downgrade()"


def test_a_revision_that_keeps_columns_at_module_level_can_run_again(folder, recorder_of, sqlite_url):
    folder.revision("a1", "op.create_table('t', COLUMN)", "op.drop_table('t')")
    path = folder.root / "migrations/versions/a1_test.py"
    path.write_text(path.read_text().replace("\n\ndef up", "\nCOLUMN = sa.Column('id', sa.Integer)\n\ndef up"))
    recorder = recorder_of(folder)
    runs = [recorder.upgrade(sqlite_url, "head"), recorder.downgrade(sqlite_url, "base")]
    runs.append(recorder.upgrade(sqlite_url, "head"))
    assert [plan.failure for (plan,) in runs] == [None, None, None]


def test_merges_and_several_heads_are_walked_like_alembic_does(folder, recorder_of, sqlite_url):
    folder.revision("a1", "pass").revision("b1", "pass", down="a1").revision("b2", "pass", down="a1")
    folder.revision("c1", "pass", down=("b1", "b2"))
    recorder = recorder_of(folder)
    up = recorder.upgrade(sqlite_url, "c1")
    assert up[-1].down_revisions == ("b1", "b2")
    assert len(up) == 4
    assert [plan.revision for plan in recorder.downgrade(sqlite_url, "b1@a1")][:1] == ["c1"]


def test_an_unknown_target_is_an_error_of_the_history(folder, recorder_of, sqlite_url):
    folder.revision("a1", "pass")
    with pytest.raises(HistoryError, match="nonsense"):
        recorder_of(folder).upgrade(sqlite_url, "nonsense")


def test_a_stamp_runs_nothing_and_moves_the_version(folder, recorder_of, sqlite_url):
    folder.revision("a1", "raise AssertionError").revision("a2", ACCOUNT, down="a1")
    recorder = recorder_of(folder)
    recorder.stamp(sqlite_url, "a1")
    assert [plan.revision for plan in recorder.upgrade(sqlite_url, "head")] == ["a2"]


def test_odd_identifiers_and_percent_signs_arrive_unharmed(folder, recorder_of, new_postgres_url):
    folder.revision(
        "a1",
        """
        op.create_table("Order Lines %", sa.Column("größe %(x)s", sa.Integer), comment="100% sure")
        op.execute("SELECT 'a%', 5 % 3")
        """,
    )
    (plan,) = recorder_of(folder).upgrade(new_postgres_url("Odd %41 Name"), "head")
    assert plan.failure is None
    assert plan.statements[0].actions[0].relation.name == "Order Lines %"
    assert plan.statements[-1].sql == "SELECT 'a%', 5 % 3"


def test_a_long_loop_is_summed_up_after_many_statements(folder, recorder_of, sqlite_url):
    folder.revision(
        "a1",
        """
        op.execute("CREATE TABLE t (id int)")
        for n in range(4000):
            op.get_bind().exec_driver_sql("INSERT INTO t VALUES (?)", (n,))
            op.get_bind().exec_driver_sql("DELETE FROM t WHERE id = ?", (n,))
        """,
    )
    (plan,) = recorder_of(folder).upgrade(sqlite_url, "head")
    assert len(plan.statements) == 5002
    assert sum(statement.executions for statement in plan.statements) == 8001
    assert sum(statement.rows or 0 for statement in plan.statements) == 8000
    assert "summed up" in plan.notes[0]
