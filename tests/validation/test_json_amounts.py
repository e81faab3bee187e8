"""Amounts inside json columns: named in the settings, judged like columns, and no value of a document stops a look."""

from __future__ import annotations

import datetime
import json
import tomllib
from pathlib import Path

import pytest

from fingood.catalog import connect
from fingood.errors import ConfigError
from fingood.model.report import Outcome
from fingood.model.severity import Severity
from fingood.settings import LedgerMapping
from fingood.validation import INVARIANTS, RuleInvariant, look_over
from fingood.validation.invariants.base import Look
from fingood.validation.json_field import split_path
from fingood.validation.json_hints import hints_of
from fingood.validation.masks import mask_sql
from fingood.validation.rule import ROWS
from fingood.validation.statement import statements_of
from fingood.validation.totals import take_totals

NAMED = LedgerMapping(
    table="events",
    amount="payload.amount.value",
    currency="payload.amount.currency",
    transaction="payload.entry",
    account="account_id",
)


def document(amount: str, currency: str = "EUR", entry: int = 1) -> str:
    """``amount`` as JSON writes it, so that its digits stay."""
    return f'{{"entry": {entry}, "amount": {{"value": {amount}, "currency": "{currency}"}}}}'


def fill(bank, kind, *documents):
    bank.run(f"CREATE TABLE events (id int PRIMARY KEY, account_id int, payload {kind})")
    rows = ", ".join(f"({n}, 1, {_text(text)})" for n, text in enumerate(documents, 1))
    return bank.run(f"INSERT INTO events VALUES {rows}")


def shown(finding) -> str:
    """The example that a finding names; SQLite writes a whole sum as 5.0."""
    return finding.message.partition(" are not zero: ")[2].partition(" ")[2].replace(".0 ", " ")


def _text(document: str) -> str:
    return "'" + document.replace("'", "''") + "'"


@pytest.fixture(params=["postgres json", "postgres jsonb", "sqlite json"])
def place(request):
    name, kind = request.param.split()
    return request.getfixturevalue(name), kind


def test_sound_amounts_add_up(place):
    bank, kind = place
    fill(bank, kind, document("10.25"), document("-10.25"), document("1e2", entry=2), document("-100", entry=2))
    runs = bank.validate("full", NAMED)
    assert {check: run.findings for check, run in runs.items() if run.findings} == {}
    for check in ("double-entry", "amount-precision", "amount-not-a-number", "currency-code", "amount-missing"):
        assert runs[check].outcome is Outcome.PASSED, check


def test_blanks_around_a_number_are_no_part_of_it(place):
    bank, kind = place
    fill(
        bank,
        kind,
        document("  10.25\t"),
        document(" -10.25 "),
        document("\n1e2  ", entry=2),
        document(" -100", entry=2),
    )
    assert bank.findings(NAMED) == {}


@pytest.mark.parametrize("kind", ["json", "jsonb"])
def test_a_field_is_taken_out_of_a_document_once_a_row(postgres, kind):
    """However many conditions speak of it."""
    fill(postgres, kind, document("10"), document("-10"))
    with connect(postgres.url) as connection:
        known = look_over(connection, mappings=[NAMED])
        look = Look(connection=connection, recognised=known, today=datetime.date(2026, 1, 1))
        (table,) = known.tables
        rules = [
            rule for one in INVARIANTS.values() if isinstance(one, RuleInvariant) for rule in one.rules(table, look)
        ]
    (statement,) = [one for one in statements_of(table, rules) if one.source == ROWS]
    assert "\n".join(rule.condition for rule in statement.rules).count("ARRAY['amount', 'currency']") > 20
    assert mask_sql(statement).count("ARRAY['amount', 'currency']") == 1


def test_the_pages_mapping_is_the_one_that_these_tests_judge_by():
    page = Path(__file__).parents[2] / "docs" / "validation.md"
    blocks = [block.split("```")[0] for block in page.read_text(encoding="utf-8").split("```toml\n")]
    (said,) = tomllib.loads(next(block for block in blocks if "payload.entry" in block))["tool"]["fingood"]["ledger"]
    assert LedgerMapping(**said) == NAMED


def test_an_imbalance_and_a_third_decimal_are_found(place):
    bank, kind = place
    fill(bank, kind, document("10.255"), document("-10.25"), document("5", "JPY", 2), document("-4", "JPY", 2))
    found = bank.findings(NAMED)
    assert found["double-entry"].evidence["rows"] == "2"
    assert found["double-entry"].severity is Severity.CRITICAL
    assert found["amount-precision"].evidence["rows"] == "1"
    assert found["amount-precision"].subject.endswith("events.payload.amount.value")


STRANGE = ('"12.30"', '"abc"', "true", '{"v": 1}', "[1]", "1" * 1500)


def test_what_is_no_number_is_found_and_stops_nothing(place):
    bank, kind = place
    missing = ('{"entry": 1, "amount": {"currency": "EUR"}}', document("null"))
    fill(bank, kind, document("10"), document("-10"), *map(document, STRANGE), *missing)
    runs = bank.validate("full", NAMED)
    assert not [run.reason for run in runs.values() if run.outcome is Outcome.ERRORED]
    finding = runs["amount-not-a-number"].findings[0]
    # SQLite reads a number of 1,500 digits as an infinite one.
    assert finding.evidence["rows"] == str(len(STRANGE))
    assert finding.severity is Severity.CRITICAL
    # Neither these nor the missing ones are in a sum.
    assert runs["amount-missing"].findings[0].evidence["rows"] == str(len(STRANGE) + len(missing))
    assert runs["double-entry"].outcome is Outcome.PASSED


def test_documents_that_cannot_be_taken_apart_are_found_on_postgresql(postgres):
    pair, half, zero = "\\ud83d\\ude00", "\\ud83d", "\\u0000"
    texts = [document("10")[:-1] + f', "note": "{note}"}}' for note in (pair, half, zero, "\\\\u0000")]
    fill(postgres, "json", *texts)
    runs = postgres.validate("full", NAMED)
    assert not [run.reason for run in runs.values() if run.outcome is Outcome.ERRORED]
    assert runs["amount-not-a-number"].findings[0].evidence["rows"] == "2"
    assert runs["double-entry"].findings[0].message.endswith("currency EUR: 20")


def test_an_exponent_beyond_all_numbers_is_no_number(postgres):
    fill(postgres, "json", document("10"), document("-10"), document("1e999999"))
    runs = postgres.validate("full", NAMED)
    assert runs["amount-not-a-number"].findings[0].evidence["rows"] == "1"
    assert runs["double-entry"].outcome is Outcome.PASSED


def test_a_text_that_is_no_json_is_found_on_sqlite(sqlite):
    fill(sqlite, "text", document("10"), document("-10"), "{broken")
    runs = sqlite.validate("full", NAMED)
    assert not [run.reason for run in runs.values() if run.outcome is Outcome.ERRORED]
    assert runs["amount-not-a-number"].findings[0].evidence["rows"] == "1"


def test_large_amounts_stay_exact(place):
    bank, kind = place
    large = 9_007_199_254_740_993  # the first whole number that a double does not hold
    fill(bank, kind, document(f"{large}"), document(f"-{large - 1}"))
    assert "1" in bank.findings(NAMED)["double-entry"].message.split(":")[1]
    with connect(bank.url) as connection:
        totals = take_totals(connection, look_over(connection, mappings=[NAMED]))
    (sums,) = [sums for one in totals if one.table.name == "events" for _, sums in one.groups.values()]
    assert sums == ("1",)


def test_debit_and_credit_by_a_direction_inside_the_document(place):
    bank, kind = place
    rows = [json.dumps({"t": "a", "sum": 5, "side": side}) for side in ("D", "C", "C")]
    fill(bank, kind, *rows)
    mapping = LedgerMapping(
        table="events",
        amount="payload.sum",
        direction="payload.side",
        transaction="payload.t",
        currency_code="EUR",
    )
    assert shown(bank.findings(mapping)["double-entry"]) == "a: -5 EUR"


def test_a_place_in_a_list_and_a_key_with_a_point(place):
    bank, kind = place
    rows = [json.dumps({"t": 1, "legs": [{"net.amount": amount}]}) for amount in (5, -4)]
    fill(bank, kind, *rows)
    mapping = LedgerMapping(
        table="events", amount='payload.legs.0."net.amount"', transaction="payload.t", currency_code="EUR"
    )
    assert shown(bank.findings(mapping)["double-entry"]) == "1: 1 EUR"


def test_a_column_of_that_very_name_comes_first(place):
    bank, kind = place
    bank.run(f'CREATE TABLE events (id int PRIMARY KEY, t int, "payload.sum" int, payload {kind})')
    bank.run("INSERT INTO events VALUES (1, 1, 7, '{\"sum\": 0}')")
    mapping = LedgerMapping(table="events", amount="payload.sum", transaction="t", currency_code="EUR")
    assert shown(bank.findings(mapping)["double-entry"]) == "1: 7 EUR"


def test_a_column_with_an_arrow_in_its_name_is_named_in_quotes(place):
    bank, _ = place
    bank.run('CREATE TABLE events (id int PRIMARY KEY, t int, "from->to" int)')
    bank.run("INSERT INTO events VALUES (1, 1, 7)")
    mapping = LedgerMapping(table="events", amount='"from->to"', transaction="t", currency_code="EUR")
    assert shown(bank.findings(mapping)["double-entry"]) == "1: 7 EUR"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("payload..amount", "no path into a json column"),
        ('payload."amount', "no path into a json column"),
        ("cargo.amount", "names the column 'cargo.amount'"),
        ("account_id.amount", "the type of account_id is integer"),
    ],
)
def test_a_wrong_path_is_one_clear_line(postgres, name, said):
    fill(postgres, "jsonb", document("1"))
    with pytest.raises(ConfigError, match=said), connect(postgres.url) as connection:
        look_over(connection, mappings=[LedgerMapping(table="events", amount=name)])


def test_paths_are_split_at_points_outside_of_quotes():
    assert split_path('payload."a.b"."say ""x""".0') == ["payload", "a.b", 'say "x"', "0"]
    assert split_path("payload.") == split_path('"a"b') == []


def test_keys_that_look_like_amounts_are_told_and_no_value_is(place):
    bank, kind = place
    rows = [json.dumps({"name": "Eva", "net_amount": n, "fee_rate": 2, "amount": {"value": "12.30"}}) for n in (71, 72)]
    rare = [json.dumps({"eva@example.org": {"amount": 3}, "count": 5, "amount": "many"})]
    fill(bank, kind, *rows, *rare)
    with connect(bank.url) as connection:
        hints = hints_of(connection, look_over(connection))
        named = hints_of(connection, look_over(connection, mappings=[NAMED]))
    said = [hint.partition(": ")[2] for hint in hints]
    looks = "looks like an amount; name it in the settings"
    assert said == [f"payload.amount.value {looks}", f"payload.net_amount {looks}"]
    assert named == ()
