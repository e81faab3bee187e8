"""A search_path that names pg_catalog behind a schema where others may create: no look of ours takes their functions,
operators and tables for PostgreSQL's own."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.backup.conftest import project_for

from fingood.catalog import connect, read_facts, take_fingerprints, take_snapshot
from fingood.commands.doctor_database import examine_database
from fingood.commands.health_check import health_check
from fingood.commands.validate import validate_data
from fingood.model.report import Outcome
from fingood.settings import Settings

_POSTINGS = """
CREATE TABLE posting (
    id int PRIMARY KEY,
    entry_id int NOT NULL,
    account_id int NOT NULL,
    amount numeric(20, 4) NOT NULL,
    currency char(3) NOT NULL
);
INSERT INTO posting SELECT n, n / 2, 1, CASE n % 2 WHEN 0 THEN 1 ELSE -1 END, 'EUR' FROM generate_series(2, 201) n;
UPDATE posting SET amount = amount + 1 WHERE id = 10;
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO alembic_version VALUES ('a1')
"""
_STAND_INS = """
CREATE FUNCTION public.nothing(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT 0::numeric';
CREATE AGGREGATE public.sum(numeric) (sfunc = public.nothing, stype = numeric, initcond = '0');
CREATE AGGREGATE public.count(*) (sfunc = int8inc, stype = int8, initcond = '1000');
CREATE FUNCTION public.current_setting(text) RETURNS text LANGUAGE sql AS $$SELECT 'evil'$$;
CREATE FUNCTION public.same(numeric, numeric) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE FUNCTION public.different(numeric, numeric) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false';
CREATE OPERATOR public.= (leftarg = numeric, rightarg = numeric, function = public.same);
CREATE OPERATOR public.<> (leftarg = numeric, rightarg = numeric, function = public.different);
CREATE TABLE public.pg_class (relname text);
CREATE TABLE public.pg_namespace (x int)
"""


@pytest.fixture
def url(postgres_url: str) -> str:
    engine = sa.create_engine(postgres_url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        for sql in (*_POSTINGS.split(";"), *_STAND_INS.split(";")):
            connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
        database = connection.exec_driver_sql("SELECT current_database()").scalar()
        connection.exec_driver_sql(f'ALTER DATABASE "{database}" SET search_path = "$user", public, pg_catalog')
    return postgres_url


@pytest.fixture
def settings(url: str, tmp_path: Path) -> Settings:
    settings = project_for(tmp_path, url)
    (tmp_path / "migrations/env.py").write_text("")
    return settings


def test_the_servers_own_come_first_in_every_transaction_and_the_current_schema_stays(url: str) -> None:
    with connect(url) as connection:
        for _ in range(2):
            assert connection.exec_driver_sql("SELECT count(*) FROM posting").scalar() == 200
            assert connection.exec_driver_sql("SELECT current_schema()").scalar() == "public"
            connection.rollback()


def test_a_search_path_that_does_not_name_the_catalog_is_left_alone(postgres_url: str) -> None:
    with connect(postgres_url) as connection:
        assert connection.exec_driver_sql("SHOW search_path").scalar() == '"$user", public'


def test_facts_snapshots_and_fingerprints_are_those_of_the_database(url: str) -> None:
    with connect(url) as connection:
        facts = read_facts(connection, target=True)
        assert facts.heads == ("a1",)
        assert any(key.name == "public.posting" for key in take_snapshot(connection).objects)
        assert {str(name): one.rows for name, one in take_fingerprints(connection).items()}["public.posting"] == 200


def test_money_that_does_not_add_up_is_found(settings: Settings) -> None:
    found = {finding.check for finding in validate_data(settings).findings}
    assert "double-entry" in found


def test_doctor_and_the_health_checks_look_to_the_end(settings: Settings) -> None:
    for runs in (examine_database(settings), health_check(settings, comprehensive=True).runs):
        assert [run.reason for run in runs if run.outcome is Outcome.ERRORED] == []
