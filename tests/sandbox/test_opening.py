from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from fingood.catalog import connect
from fingood.errors import ConfigError, SandboxUnavailable
from fingood.sandbox import open_sandbox
from fingood.settings.values import SandboxSettings
from fingood.statements.compat import make_engine


def ask(url: str, sql: str) -> object:
    with make_engine(url).connect() as connection:
        return connection.exec_driver_sql(sql, execution_options={"no_parameters": True}).scalar()


def run(url: str, *statements: str) -> None:
    engine = make_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def test_a_clone_holds_the_same_and_changes_alone() -> None:
    with open_sandbox("postgresql") as sandbox:
        first = sandbox.empty()
        run(first.url, 'CREATE TABLE "Order Lines" ("50%" int)', 'INSERT INTO "Order Lines" VALUES (1)')
        run(first.url, "CREATE SEQUENCE s", "SELECT nextval('s')")
        second = first.clone()
        run(first.url, 'DELETE FROM "Order Lines"', "SELECT nextval('s')")
        assert ask(second.url, 'SELECT count(*) FROM "Order Lines"') == 1
        assert ask(second.url, "SELECT last_value FROM s") == 1


def test_a_clone_keeps_the_settings_of_its_database() -> None:
    with open_sandbox("postgresql") as sandbox:
        first = sandbox.empty()
        name = str(ask(first.url, "SELECT current_database()"))
        run(first.url, f"""ALTER DATABASE "{name}" SET search_path = 'ledger', '$user', public""")
        run(first.url, f"ALTER DATABASE \"{name}\" SET my.note = 'it''s 100% \\'")
        second = first.clone()
        assert ask(second.url, "SHOW search_path") == ask(first.url, "SHOW search_path")
        assert ask(second.url, "SHOW my.note") == "it's 100% \\"


def test_a_connection_that_lingers_does_not_stop_a_clone() -> None:
    with open_sandbox("postgresql") as sandbox:
        first = sandbox.empty()
        lingering = make_engine(first.url).connect()
        lingering.exec_driver_sql("CREATE TABLE t (a int)")
        lingering.commit()
        assert ask(first.clone().url, "SELECT count(*) FROM t") == 0
        lingering.invalidate()


def test_a_role_that_a_migration_makes_ends_with_its_database() -> None:
    with open_sandbox("postgresql") as sandbox:
        below = sandbox.empty()
        run(below.url, "CREATE ROLE kept NOLOGIN")
        tried = below.clone()
        run(tried.url, "CREATE ROLE app_reader NOLOGIN", "CREATE TABLE t (a int)", "GRANT SELECT ON t TO app_reader")
        tried.drop()
        again = below.clone()
        run(again.url, "CREATE ROLE app_reader NOLOGIN", "CREATE TABLE t (a int)", "GRANT SELECT ON t TO kept")
        url = sandbox.empty().url
    with open_sandbox("postgresql") as sandbox:
        assert sandbox.empty().url.partition("?")[2] == url.partition("?")[2]
        assert ask(sandbox.empty().url, "SELECT count(*) FROM pg_roles WHERE rolname IN ('kept', 'app_reader')") == 0


def test_a_dropped_database_is_gone_and_may_be_dropped_again() -> None:
    with open_sandbox("postgresql") as sandbox:
        database = sandbox.empty()
        run(database.url, "SELECT 1")
        database.drop()
        database.drop()
        with pytest.raises(sa.exc.OperationalError):
            ask(database.url, "SELECT 1")


def test_the_end_of_the_block_drops_what_is_left_also_after_an_error() -> None:
    left: list[str] = []

    def fail() -> None:
        with open_sandbox("postgresql") as sandbox:
            left.append(sandbox.empty().url)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with pytest.raises(sa.exc.OperationalError):
        ask(left[0], "SELECT 1")


def test_the_notes_say_which_server_and_where_it_differs() -> None:
    with open_sandbox("postgresql", major=9) as sandbox:
        text = "\n".join(sandbox.notes)
        assert "no PostgreSQL 9 is on this machine" in text
        assert "the target runs PostgreSQL 9, the sandbox" in text
    with open_sandbox("postgresql", major=17, settings=SandboxSettings(server="embedded")) as sandbox:
        assert sandbox.server_version // 10_000 == 17
        assert "the target's major version is 17 too" in sandbox.notes[0]
        assert len(sandbox.notes) == 1


def test_uuid_ossp_can_be_created_as_many_histories_do() -> None:
    with open_sandbox("postgresql", settings=SandboxSettings(server="embedded")) as sandbox:
        url = sandbox.empty().url
        run(url, 'CREATE EXTENSION IF NOT EXISTS "uuid-ossp"')
        run(
            url,
            "CREATE TABLE t (id uuid PRIMARY KEY DEFAULT uuid_generate_v4(), a int)",
            "INSERT INTO t (a) VALUES (1)",
        )
        # RFC 4122's own example, as the real extension answers.
        version_3 = ask(url, "SELECT uuid_generate_v3(uuid_ns_dns(), 'www.widgets.com')::text")
        assert version_3 == "3d813cbb-47fb-32ba-91df-831e1593ac29"


def test_the_targets_own_server_clones_an_idle_target_as_a_template(postgres_url: str) -> None:
    run(postgres_url, "CREATE TABLE t AS SELECT 1 AS a")
    with open_sandbox("postgresql", settings=SandboxSettings(server="target"), target_url=postgres_url) as sandbox:
        copy = sandbox.copy_of(postgres_url, "full")
        assert ask(copy.url, "SELECT a FROM t") == 1
        assert "the target's own server" in sandbox.notes[0]
        assert not any("pg_dump" in note for note in sandbox.notes)
        with make_engine(postgres_url).connect():
            assert ask(sandbox.copy_of(postgres_url, "full").url, "SELECT a FROM t") == 1
        assert any("is in use" in note for note in sandbox.notes)
        name = str(ask(copy.url, "SELECT current_database()"))
    assert ask(postgres_url, f"SELECT count(*) FROM pg_database WHERE datname = '{name}'") == 0


@pytest.mark.parametrize("server", ["nonsense", "target"])
def test_an_unusable_choice_of_server_is_said_at_once(server: str) -> None:
    with pytest.raises(ConfigError) as caught, open_sandbox("postgresql", settings=SandboxSettings(server=server)):
        pass
    assert "sandbox.server" in caught.value.message


def test_a_role_that_may_not_create_databases_is_named(new_postgres_url: Callable[[], str]) -> None:
    url = new_postgres_url()
    role = f"poor_{os.urandom(4).hex()}"
    run(url, f"CREATE ROLE {role} LOGIN")
    try:
        theirs = url.replace("//postgres@", f"//{role}@")
        with (
            pytest.raises(SandboxUnavailable, match=f"role {role} may not create databases"),
            open_sandbox("postgresql", settings=SandboxSettings(server=theirs)),
        ):
            pass
    finally:
        run(url, f"DROP ROLE {role}")


PROGRAM = """
import sys, time
from fingood.sandbox import open_sandbox
from fingood.settings.values import SandboxSettings
with open_sandbox(sys.argv[1], settings=SandboxSettings(server=sys.argv[2])) as sandbox:
    database = sandbox.empty()
    from fingood.statements.compat import make_engine
    with make_engine(database.url).connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a int)")
        connection.commit()
    print(database.url, flush=True)
    time.sleep(600)
"""


def _started(dialect: str, server: str) -> tuple[subprocess.Popen[str], str]:
    owner = subprocess.Popen([sys.executable, "-c", PROGRAM, dialect, server], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    return owner, owner.stdout.readline().strip()


def _databases(url: str, pid: int) -> object:
    return ask(url, f"SELECT count(*) FROM pg_database WHERE datname LIKE 'fingood_sandbox_{pid}_%'")


def test_databases_on_a_server_of_others_go_with_the_next_run_after_kill_9(postgres_url: str) -> None:
    owner, _ = _started("postgresql", postgres_url)
    alive, _ = _started("postgresql", postgres_url)
    owner.kill()
    owner.wait()
    assert _databases(postgres_url, owner.pid) == 1
    with open_sandbox("postgresql", settings=SandboxSettings(server=postgres_url)) as sandbox:
        assert any(f"process {owner.pid}" in note for note in sandbox.notes)
        assert _databases(postgres_url, owner.pid) == 0
        assert _databases(postgres_url, alive.pid) == 1
    alive.send_signal(signal.SIGTERM)
    assert alive.wait(timeout=30) == 143
    assert _databases(postgres_url, alive.pid) == 0


def test_sqlite_files_go_also_when_the_owner_is_killed() -> None:
    owner, url = _started("sqlite", "auto")
    directory = Path(url.removeprefix("sqlite:///")).parent
    assert list(directory.glob("*.db"))
    owner.kill()
    owner.wait()
    deadline = time.monotonic() + 20
    while directory.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not directory.exists()


def test_a_dialect_without_sandboxes_is_refused() -> None:
    with pytest.raises(ConfigError, match="mysql"), open_sandbox("mysql"):
        pass


def test_an_empty_sqlite_database_can_be_looked_at_before_it_is_written_to() -> None:
    with open_sandbox("sqlite") as sandbox, connect(sandbox.empty().url) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar() == 0
