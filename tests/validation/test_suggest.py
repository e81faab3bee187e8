"""What `validate --suggest` prints is a mapping that makes certain what was recognised, on odd names too."""

from __future__ import annotations

import pytest

from fingood.catalog import connect
from fingood.commands.suggest_mapping import suggest_mapping
from fingood.settings import Settings, load
from fingood.validation import Certainty, look_over

ODD = """
CREATE TABLE "Konten.alt" ("Nr" bigint PRIMARY KEY, currency varchar(3) NOT NULL);
CREATE TABLE "Größen ""x" (id bigint PRIMARY KEY, transaction_id bigint, "Konto_id" bigint REFERENCES "Konten.alt",
  betrag numeric(18, 2), currency varchar(3), idempotency_key text)
"""


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "migrations").mkdir()
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")

    def loaded(url: str, toml: str = "") -> Settings:
        (tmp_path / "pyproject.toml").write_text(toml)
        return load(start=tmp_path, options={"database_url": url}, environ={})

    return loaded


def test_the_suggestion_pasted_is_certain_and_says_the_same(bank, settings) -> None:
    suggestion = suggest_mapping(settings(bank.url))
    pasted = settings(bank.url, suggestion)
    with connect(bank.url) as connection:
        guessed = look_over(connection)
        certain = look_over(connection, mappings=pasted.ledger)
    assert {table.certainty for table in certain.tables if table.money} == {Certainty.MAPPED}
    for before in guessed.tables:
        after = certain.table(before.name)
        assert after is not None
        assert (after.amount, after.currency, after.transaction, after.account, after.legs) == (
            before.amount,
            before.currency,
            before.transaction,
            before.account,
            before.legs,
        )
    assert suggest_mapping(pasted).count("by the settings") == suggestion.count("[[tool.fingood.ledger]]")


@pytest.mark.parametrize("fixture", ["postgres", "sqlite"])
def test_odd_names_survive_the_way_through_toml(request, settings, fixture: str) -> None:
    bank = request.getfixturevalue(fixture).run(ODD)
    suggestion = suggest_mapping(settings(bank.url))
    pasted = settings(bank.url, suggestion)
    with connect(bank.url) as connection:
        certain = look_over(connection, mappings=pasted.ledger)
    (table,) = [table for table in certain.tables if table.money]
    assert (table.name.name, table.account, table.amount) == ('Größen "x', "Konto_id", "betrag")


def test_a_database_without_money_suggests_nothing(postgres, settings) -> None:
    assert suggest_mapping(settings(postgres.url)).startswith("# no table")
