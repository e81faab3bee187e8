"""Databases with ledgers in them, built by plain SQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fingood.catalog import connect
from fingood.model.finding import Finding
from fingood.model.report import CheckRun
from fingood.settings import LedgerMapping
from fingood.validation import validate

LEDGER = """
CREATE TABLE accounts (id bigint PRIMARY KEY, currency varchar(3) NOT NULL);
CREATE TABLE journal_entries (id bigint PRIMARY KEY);
CREATE TABLE postings (
  id bigint PRIMARY KEY, entry_id bigint NOT NULL REFERENCES journal_entries (id),
  account_id bigint NOT NULL REFERENCES accounts (id), amount numeric(18, 4), currency varchar(5)
);
INSERT INTO accounts VALUES (1, 'EUR'), (2, 'EUR'), (3, 'JPY'), (4, 'JPY');
INSERT INTO accounts VALUES (5, 'BHD'), (6, 'BHD'), (7, 'CLF'), (8, 'CLF');
INSERT INTO journal_entries VALUES (1), (2), (3), (4);
INSERT INTO postings VALUES
  (1, 1, 1, 10.25, 'EUR'), (2, 1, 2, -10.25, 'EUR'),
  (3, 2, 3, 1500, 'JPY'), (4, 2, 4, -1500, 'JPY'),
  (5, 3, 5, 1.125, 'BHD'), (6, 3, 6, -1.125, 'BHD'),
  (7, 4, 7, 0.0001, 'CLF'), (8, 4, 8, -0.0001, 'CLF');
"""


class Bank:
    """One database: change it, then look at it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def run(self, sql: str) -> Bank:
        with connect(self.url, read_only=False) as connection:
            for statement in filter(str.strip, sql.split(";")):
                connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
            connection.commit()
        return self

    def validate(self, mode: str = "full", *mappings: LedgerMapping, **options: object) -> dict[str, CheckRun]:
        with connect(self.url) as connection:
            runs = validate(connection, mode, mappings=mappings, **options)  # type: ignore[arg-type]
        return {run.check: run for run in runs}

    def findings(self, *mappings: LedgerMapping) -> dict[str, Finding]:
        return {finding.check: finding for run in self.validate("full", *mappings).values() for finding in run.findings}


@pytest.fixture(scope="module")
def shared_url(postgres_server: Any) -> Iterator[str]:
    """One database a module and worker: emptying a schema is much cheaper than making a database."""
    name = postgres_server.create_database()
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.fixture
def postgres(shared_url: str) -> Bank:
    """An empty PostgreSQL database."""
    return Bank(shared_url).run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


@pytest.fixture
def postgres_bank(postgres: Bank) -> Bank:
    """A sound little ledger on PostgreSQL."""
    return postgres.run(LEDGER)


@pytest.fixture
def sqlite(tmp_path: Path) -> Bank:
    """An empty SQLite file."""
    (tmp_path / "ledger.db").touch()
    return Bank(f"sqlite:///{tmp_path / 'ledger.db'}")


@pytest.fixture
def sqlite_bank(sqlite: Bank) -> Bank:
    """The same ledger in a SQLite file."""
    return sqlite.run(LEDGER)


@pytest.fixture(params=["postgres_bank", "sqlite_bank"])
def bank(request: pytest.FixtureRequest) -> Bank:
    """The ledger on each dialect in turn."""
    found: Bank = request.getfixturevalue(request.param)
    return found
