"""Databases that are not plain UTF-8 under a short name come back as they were, also where the database is gone; and
prepared transactions, which no restart ends, are told in one line wherever they stand in the way."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError
from tests.backup.conftest import LEDGER, project_for, run_sql
from tests.backup.test_going_back import go

from fingood.backup import BackupKind, BackupState, content, going_back, list_backup_points, postgres, take
from fingood.commands.create_backup import create_backup
from fingood.errors import Blocked, CouldNotLook
from fingood.sandbox.driver import autocommit, run
from fingood.sandbox.place import server_user
from fingood.sandbox.server import Server
from fingood.settings import Settings

LIBC = "LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER libc"
ICU = "LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'de'"
AS_IT_IS = """
SELECT pg_encoding_to_char(d.encoding), d.datcollate, d.datctype, to_jsonb(d) ->> 'datlocprovider',
       coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'), t.spcname,
       (SELECT count(*) FROM "Order Lines")
  FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE d.datname = current_database()
"""


@dataclass(frozen=True)
class Odd:
    name: str
    options: str = ""
    setup: tuple[str, ...] = ()


ODD = {
    "latin1": Odd("Bank Prod", f"ENCODING 'LATIN1' {LIBC}", ("""UPDATE "Order Lines" SET "select" = 'Zürich'""",)),
    # Bytes that are no text in any encoding that anybody named.
    "sql_ascii": Odd(
        "bank", f"ENCODING 'SQL_ASCII' {LIBC}", ("""UPDATE "Order Lines" SET "select" = E'Z\\374\\200'""",)
    ),
    "icu": Odd("Bank of Zürich", f"ENCODING 'UTF8' {ICU}"),
    "tablespace": Odd(
        "bank.prod",
        'TABLESPACE "Fast Disk"',
        ('CREATE TABLE slow (id integer PRIMARY KEY USING INDEX TABLESPACE other) TABLESPACE "Fast Disk"',),
    ),
    "63 bytes": Odd("b" * 63),
    "63 bytes of umlauts": Odd("ü" * 31 + "%"),
    "no letter of ours": Odd("銀行"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One of our own, because the run's server allows no prepared transactions and has no other tablespaces."""
    settings = {"max_prepared_transactions": "5", "wal_level": "logical"}
    with Server.start(settings=settings, in_memory=True) as started:
        user = server_user()
        for name in ("Fast Disk", "other"):
            place = started.base / name
            place.mkdir()
            if user is not None:
                os.chown(place, user, user)
            with started.maintenance() as connection:
                run(connection, f"CREATE TABLESPACE \"{name}\" LOCATION '{place}'")
        yield started


@pytest.fixture
def made(server: Server) -> Iterator[Callable[[Odd], str]]:
    names: list[str] = []

    def make(odd: Odd) -> str:
        try:
            server.create_database(odd.name, template="template0", options=odd.options)
        except DBAPIError as error:
            if "not supported in this build" in str(error.orig):
                pytest.skip("this build of PostgreSQL has no ICU")
            raise
        names.append(odd.name)
        run_sql(server.url(odd.name), *LEDGER, *odd.setup)
        return server.url(odd.name)

    yield make
    with server.maintenance() as connection:
        left = run(connection, "SELECT gid, database FROM pg_prepared_xacts")
        found = run(
            connection, "SELECT datname FROM pg_database WHERE datname NOT IN ('postgres') AND NOT datistemplate"
        )
    for row in left:
        undo(server.url(str(row[1])), str(row[0]))
    for row in found:
        server.drop_database(str(row[0]))


def back_up(settings: Settings, *, prove: bool) -> None:
    create_backup(settings, BackupKind.DEPLOYMENT, prove=prove)
    (point,) = list_backup_points(settings.backup_dir)
    assert point.state is (BackupState.PROVEN if prove else BackupState.CHECKSUMMED), point.reason


@pytest.mark.parametrize("name", ODD)
def test_it_comes_back_as_it_was(server: Server, made: Callable[[Odd], str], tmp_path: Path, name: str) -> None:
    odd = ODD[name]
    url = made(odd)
    settings = project_for(tmp_path, url)
    before = run_sql(url, AS_IT_IS)
    back_up(settings, prove=name in ("latin1", "sql_ascii", "icu", "tablespace"))
    run_sql(url, 'DELETE FROM "Order Lines"')
    report = go(settings)
    assert run_sql(url, AS_IT_IS) == before
    kept = str(report.data["kept"])
    assert kept.startswith(odd.name[:18] if len(odd.name) > 30 else odd.name)
    assert len(kept.encode()) <= 63
    assert run_sql(server.url(kept), 'SELECT count(*) FROM "Order Lines"') == [(0,)]
    if odd.options:
        server.drop_database(odd.name)
        go(settings)
        assert run_sql(url, AS_IT_IS) == before


def test_a_tablespace_that_is_gone_is_told_before_anything_is_made(
    server: Server, made: Callable[[Odd], str], tmp_path: Path
) -> None:
    url = made(Odd("bank", setup=("CREATE TABLE slow (id integer) TABLESPACE other",)))
    settings = project_for(tmp_path, url)
    back_up(settings, prove=False)
    run_sql(url, "DROP TABLE slow")
    with server.maintenance() as connection:
        run(connection, "ALTER TABLESPACE other RENAME TO elsewhere")
    try:
        with pytest.raises(Blocked, match="the server has no tablespace other; nothing was changed"):
            go(settings)
    finally:
        with server.maintenance() as connection:
            run(connection, "ALTER TABLESPACE elsewhere RENAME TO other")


OF_THE_DATABASE = (
    "SELECT pg_get_userbyid(datdba), datconnlimit, shobj_description(oid, 'pg_database') FROM pg_database"
    " WHERE datname = current_database()",
    "SELECT a.grantee::regrole::text, a.privilege_type, a.is_grantable FROM pg_database d, aclexplode(d.datacl) a"
    " WHERE datname = current_database() ORDER BY 1, 2",
    "SELECT setrole::regrole::text, setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase"
    " WHERE datname = current_database() ORDER BY 1",
    "SELECT extname, extversion FROM pg_extension ORDER BY 1",
    "SELECT evtname, evtenabled FROM pg_event_trigger ORDER BY 1",
    "SELECT pubname, puballtables FROM pg_publication ORDER BY 1",
    "SELECT subname, subenabled FROM pg_subscription s JOIN pg_database d ON d.oid = subdbid"
    " WHERE datname = current_database() ORDER BY 1",
    "SELECT lomowner::regrole::text, lo_get(oid) FROM pg_largeobject_metadata ORDER BY oid",
)


def test_what_is_of_the_database_itself_comes_back_too(
    server: Server, made: Callable[[Odd], str], tmp_path: Path
) -> None:
    with server.maintenance() as connection:
        for role in ('"The Bank"', "clerk"):
            run(connection, f"CREATE ROLE {role} LOGIN")
    url = made(Odd("bank things", 'OWNER "The Bank"'))
    with autocommit(url) as connection:
        for statement in (
            "CREATE EXTENSION pg_trgm",
            "SELECT lo_from_bytea(0, '\\xdeadbeef')",
            "CREATE PUBLICATION everything FOR ALL TABLES",
            "CREATE SUBSCRIPTION asleep CONNECTION 'dbname=nowhere' PUBLICATION p"
            " WITH (connect = false, slot_name = NONE)",
            "CREATE FUNCTION on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
            "CREATE EVENT TRIGGER seen ON ddl_command_end EXECUTE FUNCTION on_ddl()",
            "ALTER DATABASE \"bank things\" SET my.mode = 'it''s'",
            "ALTER DATABASE \"bank things\" SET datestyle = 'ISO, DMY'",
            'ALTER ROLE clerk IN DATABASE "bank things" SET search_path = "Odd, Path", public',
            'GRANT CONNECT ON DATABASE "bank things" TO clerk WITH GRANT OPTION',
            'REVOKE ALL ON DATABASE "bank things" FROM PUBLIC',
            'ALTER DATABASE "bank things" CONNECTION LIMIT 55',
            "COMMENT ON DATABASE \"bank things\" IS 'the bank''s'",
        ):
            run(connection, statement)
    settings = project_for(tmp_path, url)
    before = [run_sql(url, query) for query in OF_THE_DATABASE]
    assert all(before)
    back_up(settings, prove=True)
    report = go(settings)
    assert [run_sql(url, query) for query in OF_THE_DATABASE] == before
    assert report.exit_code == 0


def prepare(url: str, name: str, *statements: str) -> None:
    with autocommit(url) as connection:
        for statement in ("BEGIN", *statements, f"PREPARE TRANSACTION '{name}'"):
            run(connection, statement)


def undo(url: str, name: str) -> None:
    with autocommit(url) as connection:
        run(connection, f"ROLLBACK PREPARED '{name}'")


def test_a_prepared_transaction_stays_out_of_a_backup_and_in_the_way_of_a_restore(
    made: Callable[[Odd], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = made(Odd("bank"))
    settings = project_for(tmp_path, url)
    insert = """INSERT INTO "Order Lines" VALUES (77, 1, 'x')"""
    prepare(url, "begun before", insert)
    back_up(settings, prove=True)
    with pytest.raises(Blocked, match="prepared transactions are open in bank: 1; nothing was changed") as told:
        go(settings)
    assert "ROLLBACK PREPARED" in told.value.hint
    undo(url, "begun before")

    finish = going_back._finish

    def finish_late(*arguments: object) -> object:
        prepare(url, "begun meanwhile", insert)
        return finish(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(going_back, "_finish", finish_late)
    with pytest.raises(CouldNotLook, match="prepared in bank during the restore and are open: 1; it is open"):
        go(settings)
    monkeypatch.setattr(going_back, "_finish", finish)
    assert run_sql(url, "SELECT datname FROM pg_database WHERE starts_with(datname, 'bank') AND datallowconn") == [
        ("bank",)
    ]
    undo(url, "begun meanwhile")
    assert go(settings).exit_code == 0


@pytest.mark.parametrize("how", ["prepared", "open"])
def test_a_table_that_stays_locked_ends_a_backup_instead_of_holding_it_up(
    made: Callable[[Odd], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    for module in (postgres, take, content):
        monkeypatch.setattr(module, "LOCK_WAIT", 0.3)
    url = made(Odd("bank"))
    settings = project_for(tmp_path, url)
    alter = 'ALTER TABLE "Order Lines" ADD COLUMN later integer'
    with autocommit(url) as session:
        for statement in ("BEGIN", alter, *(["PREPARE TRANSACTION 'halfway'"] if how == "prepared" else [])):
            run(session, statement)
        with pytest.raises(CouldNotLook, match=r"a table stays locked for more than 0\.3 s") as told:
            create_backup(settings, BackupKind.DEPLOYMENT, prove=False)
        run(session, "ROLLBACK PREPARED 'halfway'" if how == "prepared" else "ROLLBACK")
    assert "pg_prepared_xacts" in told.value.hint
    assert list_backup_points(settings.backup_dir) == ()
