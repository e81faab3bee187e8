"""What is taken for a ledger, what is not, and how sure that is."""

from __future__ import annotations

import pytest

from fingood.catalog import connect
from fingood.errors import ConfigError
from fingood.model.report import Outcome
from fingood.model.severity import Confidence, Severity
from fingood.settings import LedgerMapping
from fingood.validation import Certainty, look_over


def tables(bank, **options):
    with connect(bank.url) as connection:
        return {table.name.name: table for table in look_over(connection, **options).tables}


def test_legs_with_declared_references_are_clear(bank):
    postings = tables(bank)["postings"]
    assert postings.legs
    assert postings.certainty is Certainty.CLEAR
    assert (postings.transaction, postings.account, postings.amount) == ("entry_id", "account_id", "amount")


def test_without_foreign_keys_an_imbalance_is_only_possible(postgres):
    postgres.run(
        "CREATE TABLE postings (id int PRIMARY KEY, transaction_id int, account_id int, amount numeric, currency text);"
        "INSERT INTO postings VALUES (1, 1, 1, 5, 'EUR'), (2, 1, 2, -4, 'EUR')"
    )
    finding = postgres.findings()["double-entry"]
    assert (finding.severity, finding.confidence) == (Severity.WARNING, Confidence.POSSIBLE)
    assert "double_entry = false" in finding.remedy
    assert postgres.findings(LedgerMapping(table="postings"))["double-entry"].severity is Severity.CRITICAL
    assert postgres.findings(LedgerMapping(table="postings", double_entry=False)) == {}


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE metrics (id int, value double precision, step int)",
        "CREATE TABLE fx (base_currency varchar(3), quote_currency varchar(3), rate numeric)",
        "CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE order_lines (order_id int REFERENCES orders (id), "
        "amount numeric, currency varchar(3))",
        "CREATE TABLE transactions (id int PRIMARY KEY, account_id int, amount numeric, currency varchar(3))",
    ],
)
def test_these_tables_hold_no_legs(postgres, sql):
    assert not any(table.legs for table in tables(postgres.run(sql)).values())


@pytest.mark.parametrize(
    "rows",
    ["(1, 1, 1, 5, 'EUR'), (2, 2, 1, 7, 'EUR')", "(1, 1, 1, 5, 'EUR'), (2, 1, 2, 4, 'EUR'), (3, 2, 1, -7, 'EUR')"],
)
def test_transactions_of_one_side_alone_are_not_double_entry(postgres, rows):
    postgres.run(
        "CREATE TABLE entries (id int PRIMARY KEY, transaction_id int, account_id int, amount numeric, currency text);"
        f"INSERT INTO entries VALUES {rows}"
    )
    run = postgres.validate()["double-entry"]
    assert run.outcome is Outcome.SKIPPED
    assert "no transaction has legs on both sides" in run.reason


def test_an_amount_goes_with_the_currency_that_shares_its_words(postgres):
    postgres.run(
        "CREATE TABLE trades (buy_amount numeric, sell_amount numeric,"
        " buy_currency varchar(3), sell_currency varchar(3))"
    )
    money = {column.name: column.currency for column in tables(postgres)["trades"].money}
    assert money == {"buy_amount": "buy_currency", "sell_amount": "sell_currency"}


def test_globs_of_the_settings_make_a_column_money_for_sure(postgres):
    postgres.run("CREATE TABLE t (nav double precision)")
    assert "t" not in tables(postgres)
    assert tables(postgres, money=["na*"])["t"].certainty is Certainty.MAPPED


def test_a_mapping_with_a_wrong_column_names_those_that_are_there(postgres):
    postgres.run("CREATE TABLE t (a int)")
    with pytest.raises(ConfigError, match="names the column 'b'") as caught:
        tables(postgres, mappings=[LedgerMapping(table="t", amount="b")])
    assert caught.value.hint == "it has: a"
