"""Operators that fit a column's type more closely than PostgreSQL's own do not decide what validation finds."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.backup.conftest import project_for

from fingood.commands.validate import validate_data
from fingood.model.report import Report
from fingood.settings import Settings

_LEDGER = (
    "CREATE TABLE account (id int PRIMARY KEY, currency varchar(3) NOT NULL)",
    "INSERT INTO account VALUES (1, 'EUR'), (2, 'USD')",
    "CREATE TABLE posting (id int PRIMARY KEY, entry_id int NOT NULL, account_id int NOT NULL REFERENCES account (id),"
    " amount numeric(20, 4) NOT NULL, currency varchar(3) NOT NULL)",
    "INSERT INTO posting SELECT n, n / 2, 1 + n % 2, CASE n % 2 WHEN 0 THEN 1 ELSE -1 END, 'EUR'"
    " FROM generate_series(2, 201) n",
    "UPDATE posting SET currency = 'EUX' WHERE id = 8",
)
_ALWAYS = tuple(
    sql
    for number, (operator, right, answer) in enumerate(
        [("=", "varchar", "true"), ("<>", "varchar", "false"), ("=", "text", "true"), ("<>", "text", "false")]
    )
    for sql in (
        f"CREATE FUNCTION says_{number}(varchar, {right}) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT {answer}'",
        f"CREATE OPERATOR public.{operator} (leftarg = varchar, rightarg = {right}, function = says_{number})",
    )
)


@pytest.fixture
def bank(tmp_path: Path, postgres_url: str) -> Settings:
    execute(postgres_url, _LEDGER)
    return project_for(tmp_path, postgres_url)


def execute(url: str, statements: tuple[str, ...]) -> None:
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        for sql in statements:
            connection.exec_driver_sql(sql, execution_options={"no_parameters": True})


def found(report: Report) -> dict[str, str]:
    return {finding.check: finding.message for finding in report.findings}


def test_what_is_wrong_is_found_though_an_operator_says_all_is_equal(bank: Settings) -> None:
    before = found(validate_data(bank))
    assert {"currency-code", "currency-of-account"} <= set(before)
    execute(str(bank.database_url), _ALWAYS)
    report = validate_data(bank)
    assert found(report) == before
    assert "public.= (character varying, character varying)" in repr(report.sections)


def test_operators_of_types_of_ones_own_are_nobodys_stand_in(bank: Settings) -> None:
    own = (
        "CREATE TYPE code AS ENUM ('a', 'b')",
        "CREATE FUNCTION same(code, code) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'",
        "CREATE OPERATOR public.= (leftarg = code, rightarg = code, function = same)",
        "CREATE FUNCTION public.round(double precision, integer) RETURNS numeric LANGUAGE sql AS 'SELECT 0::numeric'",
    )
    execute(str(bank.database_url), own)
    assert "stand in" not in repr(validate_data(bank).sections)
