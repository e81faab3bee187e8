"""What a statement does is observed on the migration's own connection, and nothing of that disturbs the migration."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from fingood.model.action import Lock, LockMode
from fingood.model.names import RelationName
from fingood.model.plan import Statement

TABLES = """
CREATE TABLE account (id bigint PRIMARY KEY, name varchar(20), code int);
CREATE INDEX by_name ON account (name);
CREATE INDEX by_code ON account (code);
CREATE TABLE "Order Lines" (id bigint, account_id bigint);
INSERT INTO account SELECT n, 'x', n FROM generate_series(1, 500) AS n;
"""
ACCOUNT = RelationName(None, "account")
AEX = LockMode.ACCESS_EXCLUSIVE
SUE = LockMode.SHARE_UPDATE_EXCLUSIVE


@pytest.fixture
def run(folder, recorder_of, postgres_url):
    """Runs one revision on a database that has tables already, and gives its statements."""
    engine = sa.create_engine(postgres_url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(TABLES)

    def run(body: str, *, url: str = postgres_url, options: str = "") -> tuple[Statement, ...]:
        folder.configure(options).revision("a1", body)
        (plan,) = recorder_of(folder).upgrade(url, "head")
        assert plan.failure is None, plan.failure
        assert plan.notes == ()
        return plan.statements

    return run


def sql(*statements: str) -> str:
    return "\n".join(f"op.execute({statement!r})" for statement in statements)


def test_rewrites_are_told_from_what_only_looks_like_one(run):
    rewrite, *others = run(
        sql(
            "ALTER TABLE account ALTER code TYPE bigint",
            "ALTER TABLE account ALTER name TYPE varchar(40)",
            'TRUNCATE "Order Lines"',
            "CREATE SEQUENCE s",
            "ALTER SEQUENCE s RESTART",
            "CREATE TABLE fresh (id int)",
            "ALTER TABLE fresh ALTER id TYPE bigint",
        )
    )
    assert rewrite.locks == rewrite.observed.locks == (Lock(relation=ACCOUNT, mode=AEX, observed=True),)
    assert rewrite.observed.rewritten == (ACCOUNT,)
    assert dict(rewrite.observed.scanned)[ACCOUNT] >= 500
    assert rewrite.observed.wal_bytes > 10_000
    assert [statement.observed.rewritten for statement in others] == [()] * len(others)
    assert [lock.observed for lock in others[-1].locks] == [False]


def test_locks_held_already_are_not_new_and_rows_are_counted(run):
    _, second, update, select = run(
        sql(
            "ALTER TABLE account ADD a int",
            "ALTER TABLE account ADD b int",
            "UPDATE account SET name = 'y' WHERE id <= 20",
            "SELECT count(*) FROM account",
        )
    )
    assert second.locks[0].observed
    assert second.observed.locks == ()
    assert update.observed.rows_changed == 20
    assert [name for name, _ in select.observed.scanned] == [ACCOUNT]


def test_odd_names_are_seen_in_any_client_encoding(run):
    statements = run(
        sql("CREATE TABLE ключ (id int)", "SET client_encoding = 'LATIN1'", 'ALTER TABLE "Order Lines" ADD x int')
    )
    assert [str(lock.relation) for lock in statements[-1].locks] == ['"Order Lines"']


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_outside_of_a_transaction_locks_are_seen_while_the_statement_runs(run, postgres_url, driver):
    pytest.importorskip(driver)
    body = """
        with op.get_context().autocommit_block():
            op.create_index("account_name", "account", ["name"], postgresql_concurrently=True)
            op.execute("REINDEX INDEX CONCURRENTLY by_name")
            op.drop_index("by_code", postgresql_concurrently=True)
            op.execute("VACUUM account")
            op.execute("VACUUM FULL account")
            op.execute("ALTER TABLE account ADD CHECK (id > 0)")
            op.execute('ALTER TABLE "Order Lines" ADD FOREIGN KEY (account_id) REFERENCES account (id)')
            op.execute("CREATE INDEX plain ON account (name)")
    """
    statements = run(body, url=postgres_url.replace("+psycopg", f"+{driver}"))
    assert [one.sql for one in statements if one.transaction or not one.observed.sampled] == []
    index, reindex, drop, vacuum, full, check, foreign, plain = map(observed_modes, statements)
    assert index["account"] is reindex["account"] is drop["account"] is vacuum["account"] is SUE
    assert full["account"] is check["account"] is AEX
    assert foreign["account"] is foreign['"Order Lines"'] is LockMode.SHARE_ROW_EXCLUSIVE
    assert plain["account"] is LockMode.SHARE
    assert [name for name, _ in statements[0].observed.scanned] == [ACCOUNT]
    assert statements[4].observed.rewritten == (ACCOUNT,)


def observed_modes(statement: Statement) -> dict[str, LockMode]:
    return {str(lock.relation): lock.mode for lock in statement.locks if lock.observed}


def test_what_a_block_of_code_does_to_columns_and_constraints_is_told(run):
    block, narrowed, renamed = run(
        sql(
            "DO $$ BEGIN ALTER TABLE account ADD CONSTRAINT positive CHECK (code > 0) NOT VALID; "
            "ALTER TABLE account ALTER code TYPE bigint; ALTER TABLE account ALTER code SET NOT NULL; END $$",
            "ALTER TABLE account DROP CONSTRAINT positive, DROP COLUMN name",
            "ALTER TABLE account RENAME code TO number",
        )
    )
    assert [str(one) for one in block.observed.redefined] == [
        "column code: integer → bigint NOT NULL",
        "constraint positive added: CHECK ((code > 0)) NOT VALID",
    ]
    assert [str(one) for one in narrowed.observed.redefined] == ["column name dropped", "constraint positive dropped"]
    assert [str(one) for one in renamed.observed.redefined] == [
        "column code: bigint NOT NULL → bigint NOT NULL, named number"
    ]


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_the_first_statements_of_a_transaction_may_set_its_isolation(run, postgres_url, driver):
    pytest.importorskip(driver)
    body = sql(
        "COMMIT",
        "BEGIN",
        "SET LOCAL lock_timeout = '5s'",
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "ALTER TABLE account ALTER code TYPE bigint",
    )
    *_, rewrite = run(body, url=postgres_url.replace("+psycopg", f"+{driver}"))
    assert rewrite.locks[0].observed
    assert rewrite.observed.rewritten == (ACCOUNT,)


def test_a_failure_that_the_revision_catches_is_not_looked_at_and_spoils_nothing(run):
    body = """
        bind = op.get_bind()
        try:
            with bind.begin_nested():
                bind.execute(sa.text("SELECT 1 / 0"))
        except sa.exc.DBAPIError:
            pass
        op.execute("ALTER TABLE account ADD z int")
    """
    *_, failed, rollback_or_alter = [one for one in run(body) if not one.sql.startswith(("SAVEPOINT", "ROLLBACK"))]
    assert failed.observed is None
    assert rollback_or_alter.locks[0].observed


def test_only_the_first_runs_of_a_loop_are_looked_at(run):
    body = """
        for number in range(40):
            op.get_bind().execute(sa.text("UPDATE account SET name = 'z' WHERE id = :n"), {"n": number + 1})
            op.get_bind().execute(sa.text("SELECT 1"))
    """
    updates = [one for one in run(body) if one.sql.startswith("UPDATE")]
    assert sum(one.observed is not None for one in updates) == 2
    assert sum(one.rows for one in updates) == 40


def test_the_locks_of_a_downgrade_are_seen_too(folder, recorder_of, postgres_url, run):
    run(sql("ALTER TABLE account ADD c int"))
    folder.revision("a1", "pass", sql("ALTER TABLE account DROP c"))
    (plan,) = recorder_of(folder).downgrade(postgres_url, "base")
    assert plan.statements[0].locks[0].observed
