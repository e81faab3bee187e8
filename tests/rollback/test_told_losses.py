"""What a person reads of lost data: how much, where first, and how, on both databases, without amounts of real rows."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fingood.catalog import connect
from fingood.commands.test_rollback import test_rollback as prove_rollback
from fingood.render.text import render_text
from fingood.settings import load

_SPEC = importlib.util.spec_from_file_location("matrix_cases", Path(__file__).parent / "matrix" / "cases.py")
cases = importlib.util.module_from_spec(_SPEC)
sys.modules["matrix_cases"] = cases
_SPEC.loader.exec_module(cases)

# 500 amounts of four decimals, of which every fifth ends in two zeros, so that 400 lose something.
MADE = {
    "postgresql": """
        CREATE TABLE entry (id int PRIMARY KEY, amount numeric);
        INSERT INTO entry SELECT g, g + CASE WHEN g % 5 = 0 THEN 0.2500 ELSE 0.2575 END FROM generate_series(1, 500) g
    """,
    "sqlite": """
        CREATE TABLE entry (id integer PRIMARY KEY, amount numeric);
        INSERT INTO entry WITH RECURSIVE n (g) AS (SELECT 1 UNION ALL SELECT g + 1 FROM n WHERE g < 500)
        SELECT g, g + CASE WHEN g % 5 = 0 THEN 0.25 ELSE 0.2575 END FROM n
    """,
}


@pytest.fixture(params=["postgresql", "sqlite"])
def dialect(request) -> str:
    return request.param


@pytest.fixture
def told(dialect, tmp_path, postgres_server, new_postgres_url) -> Callable[..., str]:
    """The text of `test-rollback` for a revision with this upgrade and a downgrade that does nothing, on a copy with
    the rows of a database that stands right below it."""

    def run(*up: str, setting: str = "", before: str = "") -> str:
        url = new_postgres_url() if dialect == "postgresql" else f"sqlite:///{tmp_path / 'bank.db'}"
        with connect(url, read_only=False) as connection:
            for statement in (
                *MADE[dialect].split(";\n"),
                *filter(None, [before]),
                "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
                "INSERT INTO alembic_version VALUES ('start')",
            ):
                connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
            connection.commit()
        changes = "; ".join(f"op.execute({statement!r})" for statement in up)
        cases.lay_project(tmp_path, [("start", None, "pass", "pass"), ("change", "start", changes, "pass")])
        (tmp_path / "pyproject.toml").write_text(
            f'[tool.fingood]\ndatabase_url = "{url}"\n[tool.fingood.sandbox]\ncopy = "full"\n'
            f'server = "{postgres_server.url("postgres")}"\n[tool.fingood.rollback]\n{setting}\n'
        )
        text = render_text(prove_rollback(load(start=tmp_path, environ={}), ["change"]), verbose=1)
        return " ".join(text.split())

    return run


def test_changed_amounts_are_counted_and_shown_without_the_amount(told, dialect):
    text = told("UPDATE entry SET amount = round(amount, 2)")
    where = "public.entry.amount" if dialect == "postgresql" else "entry.amount"
    changed = 500 if dialect == "postgresql" else 400  # 5.2500 becomes 5.25: the same number, another scale
    first = ("id 1: •.2575 → •.26", "id 2: •.2575 → •.26")
    assert f"column {where}: {changed} of 500 values come back changed, for example {'; '.join(first)}" in text


def test_an_amount_that_only_loses_zeros_says_from_which_scale_to_which(told, dialect):
    if dialect == "sqlite":
        pytest.skip("a number of SQLite has no scale")
    text = told("UPDATE entry SET amount = trim_scale(amount)", before="UPDATE entry SET amount = id + 0.2500")
    assert "500 of 500 values come back changed, scale 4 → 2, for example id 1: •.2500 → •.25" in text


def test_missing_rows_are_counted_and_their_keys_named(told):
    assert "3 of 500 rows are lost, for example id 7: a row → none; id 8:" in told(
        "DELETE FROM entry WHERE id BETWEEN 7 AND 9"
    )


def test_added_rows_are_counted_and_their_keys_named(told):
    assert "entry: 2 rows too many, for example id 901: no row → one; id 902: no row → one" in told(
        "INSERT INTO entry VALUES (901, 1), (902, 1)"
    )


def test_rows_lost_and_added_are_both_counted(told):
    """The difference of the two counts alone would say that nothing is lost."""
    text = told("UPDATE entry SET id = id + 1000 WHERE id <= 3")
    assert "3 rows are missing and 3 others are there, for example id 1: a row → none" in text


def test_values_of_the_rows_that_are_left_are_compared_too(told):
    text = told("DELETE FROM entry WHERE id = 500", "UPDATE entry SET amount = 0 WHERE id IN (5, 6)")
    assert "1 of 500 rows are lost, of the rows that are there again some values are other ones: 2 in amount" in text


@pytest.mark.parametrize(("strength", "seen"), [("standard", False), ("exact", True), ("exact-128", True)])
def test_the_setting_says_how_closely_data_is_compared(told, dialect, strength, seen):
    if dialect == "sqlite":
        pytest.skip("SQLite has one strength")
    text = told(
        "UPDATE kept SET term = '30 days'",
        setting=f'strength = "{strength}"',
        before="CREATE TABLE kept (id int PRIMARY KEY, term interval); INSERT INTO kept VALUES (1, '1 mon')",
    )
    assert ("column public.kept.term" in text) is seen
