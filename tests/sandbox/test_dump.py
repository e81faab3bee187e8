from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fingood.errors import CouldNotLook, SandboxUnavailable
from fingood.sandbox.dump import client_for, dump, libpq_environment, read_archive, restore
from fingood.statements.compat import make_engine


def run(url: str, *statements: str) -> None:
    with make_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def test_a_source_is_reached_read_only_with_everything_its_url_says() -> None:
    url = "postgresql+psycopg://us%40er:p%2Fw@db.example:6432/led%20ger?sslmode=verify-full&options=-c%20geqo%3Doff"
    environment = libpq_environment(url, read_only=True)
    expected = {
        "PGHOST": "db.example",
        "PGPORT": "6432",
        "PGUSER": "us@er",
        "PGPASSWORD": "p/w",
        "PGSSLMODE": "verify-full",
        "PGOPTIONS": "-c geqo=off -c default_transaction_read_only=on",
    }
    assert {key: environment[key] for key in expected} == expected


def test_a_service_of_the_users_cannot_lead_a_restore_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSERVICE", "production")
    monkeypatch.setenv("PGHOST", "production.example")
    environment = libpq_environment("postgresql://postgres@/copy?host=/tmp/here", read_only=False)
    assert "PGSERVICE" not in environment
    assert environment["PGHOST"] == "/tmp/here"
    assert "PGOPTIONS" not in environment


def test_a_complaint_of_pg_restore_names_the_object(
    postgres_url: str, new_postgres_url: Callable[..., str], tmp_path: Path
) -> None:
    run(postgres_url, 'CREATE TABLE "a b" (id int PRIMARY KEY)', 'INSERT INTO "a b" VALUES (1)')
    other = new_postgres_url(f'odd = "name" {os.urandom(3).hex()}')
    run(other, "CREATE TABLE \"a b\" (id text CHECK (id = 'no'))")
    client = client_for(170_000)
    archive = tmp_path / "with space.dump"
    dump(postgres_url, archive, client=client)
    entries = [entry for entry in read_archive(archive, client=client) if entry.kind.startswith("TABLE")]
    complaints = restore(archive, other, client=client, entries=entries)
    told = [(one.kind, one.tag.startswith("a b"), bool(one.message)) for one in complaints]
    # The rows' own error text may repeat them and is kept back.
    assert told == [("TABLE", True, True), ("TABLE DATA", True, False)]


def test_a_restore_that_breaks_off_is_no_restore(postgres_url: str, tmp_path: Path) -> None:
    client = client_for(170_000)
    archive = tmp_path / "d"
    dump(postgres_url, archive, client=client)
    with pytest.raises(SandboxUnavailable, match="connection to server"):
        restore(archive, f"postgresql://postgres@/nothing?host={tmp_path}", client=client)


def test_pg_dump_does_not_wait_behind_a_schema_change_for_ever(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fingood.sandbox.dump._LOCK_WAIT", "300ms")
    run(postgres_url, "CREATE TABLE t (a int)")
    with make_engine(postgres_url).connect() as holder:
        holder.exec_driver_sql("LOCK TABLE t")
        with pytest.raises(CouldNotLook) as caught:
            dump(postgres_url, tmp_path / "d", client=client_for(170_000))
    assert "try again when no schema change is under way" in caught.value.hint
