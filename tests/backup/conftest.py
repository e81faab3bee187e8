"""A project with a database that has what makes backups hard, on PostgreSQL and on SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fingood.backup.databases import from_beside, marked_databases, name_in
from fingood.model.names import quote_always
from fingood.sandbox.driver import run
from fingood.settings import Settings, load
from fingood.statements.compat import make_engine


def run_sql(url: str, *statements: str) -> list[tuple[object, ...]]:
    """Runs the statements in one transaction; the rows of the last."""
    engine = make_engine(url)
    rows: list[tuple[object, ...]] = []
    with engine.begin() as connection:
        for statement in statements:
            result = connection.exec_driver_sql(statement)
            rows = [tuple(row) for row in result] if result.returns_rows else []
    engine.dispose()
    return rows


LEDGER = (
    'CREATE TABLE "Order Lines" (id integer PRIMARY KEY, amount numeric(19, 4), "select" varchar(40))',
    """INSERT INTO "Order Lines" VALUES (1, 12.3456, 'a'), (2, -0.5, NULL), (3, 7, 'Zaphod Beeblebrox')""",
    "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
    "INSERT INTO alembic_version VALUES ('4f2a9c01')",
)
ODD = (
    'CREATE SCHEMA "Ünicode schema"',
    'CREATE TABLE "Ünicode schema"."table" (id bigserial PRIMARY KEY, t text UNIQUE, j jsonb)',
    """INSERT INTO "Ünicode schema"."table" (t, j) SELECT i::text, '{"a": 1}' FROM generate_series(1, 50) AS i""",
    """ALTER TABLE "Order Lines" ADD CHECK ("select" IN ('a', 'it''s ]), (', 'Zaphod Beeblebrox', 'x', 'y', 'z'))""",
    'ALTER TABLE "Order Lines" ADD CHECK (amount BETWEEN -100 AND 100 AND (id > 0 OR amount <> 3))',
    """CREATE INDEX few ON "Order Lines" (amount) WHERE "select" IN ('a', 'b') AND amount NOT IN (1, 2.5)""",
    """CREATE VIEW "a view" AS SELECT * FROM "Order Lines" WHERE "select" IN ('a', 'b') AND "select" NOT IN ('c')""",
    """ALTER TABLE "Order Lines" ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY seen ON "Order Lines" USING ("select" IN ('a', 'b') OR amount BETWEEN 1 AND 9)""",
    'CREATE MATERIALIZED VIEW sums AS SELECT sum(amount) FROM "Order Lines"',
    "SELECT lo_from_bytea(0, '\\xdeadbeef')",
)


def project_for(folder: Path, url: str) -> Settings:
    """The settings of a project in ``folder`` whose database is ``url``."""
    (folder / "migrations" / "versions").mkdir(parents=True, exist_ok=True)
    (folder / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n", encoding="utf-8")
    return load(start=folder, options={"database_url": url}, environ={})


@contextmanager
def leaving_no_databases(url: str) -> Iterator[str]:
    """Restores keep what they replace; the test's server must not."""
    yield url
    with from_beside(url) as connection:
        for one in marked_databases(connection, name_in(url)):
            run(connection, f"DROP DATABASE IF EXISTS {quote_always(one.name)} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """A project with a small ledger, on both."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/the ledger.db"
        run_sql(url, *LEDGER)
        yield project_for(tmp_path, url)
    else:
        yield request.getfixturevalue("bank")


@pytest.fixture
def bank(tmp_path: Path, new_postgres_url: Callable[..., str]) -> Iterator[Settings]:
    """The same on PostgreSQL alone, in a database with a name of every kind of letter."""
    with leaving_no_databases(new_postgres_url(f"Bank \"{tmp_path.name[-6:]}\" 'ü' 100%")) as url:
        run_sql(url, *LEDGER, *ODD)
        yield project_for(tmp_path, url)
