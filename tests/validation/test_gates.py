"""Gates and traces leave nothing out: whatever breaks a rule passes what is asked before it, on any text.

The count with gates, the count of each condition alone and SQLite's, which knows no gates, are the same.
"""

from __future__ import annotations

import datetime
import itertools
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection
from tests.validation.conftest import Bank
from tests.validation.test_card_numbers import IBANS, grouped
from tests.validation.test_national_ids import KNOWN

from fingood.catalog import connect
from fingood.model.report import Outcome
from fingood.validation import INVARIANTS, RuleInvariant, look_over
from fingood.validation.card_numbers import TEST_NUMBERS
from fingood.validation.currencies import exponents
from fingood.validation.historic_currencies import WITHDRAWN
from fingood.validation.invariants.base import Look
from fingood.validation.judging import count
from fingood.validation.masks import suspicion
from fingood.validation.rule import ROWS, Rule
from fingood.validation.statement import Statement, statements_of

COLUMNS = ("memo", "remark", "card_number", "cvv", "payment_reference", "iban")
TABLE = f"CREATE TABLE notes (id bigint PRIMARY KEY, {', '.join(f'{column} text' for column in COLUMNS)})"
HASHES = (
    "8277e0910d750195b448797616e091ad",
    "4111111111111111a4111111111111111c",
    "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
)
TRACKS = ("%B4111111111111111^DOE/JANE^27121015432112345678?", ";4929123456789015=2712101?", "^;=", "%B1^")
BROKEN = ("M\u00c3\u00bcller", "it\u00e2\u20ac\u2122s", "\ufffd", "\u0007", "\u007f", "\u0085", "\u00c3", "\u00e2", "Ü")
BLANKS = (" ", "-", "\u00a0", "\t", "\n", "\r\n", "\u2007", "\u200b", "")
DIGITS = (
    "\u0664" + "\u0661" * 15,
    "\uff14" + "\uff11" * 15,
    "2024-01-15",
    "1700000000000",
    "185052A00608491",
    "18505 78 006 084 91",
)
CARDS = tuple(
    written
    for number in (*sorted(TEST_NUMBERS), "4929123456789015", "378734493671000", "36227206271667")
    for written in (number, grouped(number, " "), grouped(number, "-"), f"{number[:6]} {number[6:]}")
)
SHAPES = {
    "4929123456789015": (4, 4, 4, 4),
    "4222222222222": (4, 4, 4, 1),
    "6799990100000000019": (4, 4, 4, 4, 3),
    "378734493671000": (4, 6, 5),
    "36006666333344": (4, 6, 4),
    "6205500000000000004": (6, 13),
}


def in_groups(number: str, shape: Sequence[int]) -> list[str]:
    """The number in these groups, with a blank or a hyphen in every place."""
    ends = [sum(shape[:n]) for n in range(len(shape) + 1)]
    groups = [number[start:end] for start, end in itertools.pairwise(ends)]
    between = itertools.product(" -", repeat=len(groups) - 1)
    return ["".join(itertools.chain(*zip(groups, (*marks, ""), strict=True))) for marks in between]


MIXED = tuple(written for number, shape in SHAPES.items() for written in in_groups(number, shape))
WRITTEN = (*CARDS, *MIXED, *KNOWN, *IBANS, *(grouped(iban, " ") for iban in IBANS), *HASHES, *TRACKS, *BROKEN, *DIGITS)


def cut(at: tuple[str, int, str]) -> str:
    """With one character in the place of another."""
    text, place, new = at
    return text[: place % len(text)] + new + text[place % len(text) + 1 :] if text else new


PIECES = st.one_of(
    st.sampled_from(WRITTEN),
    st.sampled_from(BLANKS),
    st.tuples(st.sampled_from(WRITTEN), st.integers(0, 40), st.sampled_from("0248 -.@AXZafé+^;\n")).map(cut),
    st.text("0123456789abcdef -", max_size=24),
    st.text("0123456789ABCXZ -.@é", max_size=12),
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]),
)
TEXTS = st.one_of(st.none(), st.lists(PIECES, max_size=5).map("".join))
LONG = [("lorem ipsum " * 4000) + text for text in ("4929 1234 5678 9015", "12345678Z", "anna.k@bank.co.uk", "\ufffd")]


def statement_of(connection: Connection) -> tuple[list[str], Statement]:
    """The rules on the rows of the one table there is, each with the id of its check."""
    known = look_over(connection)
    look = Look(connection=connection, recognised=known, today=datetime.date(2026, 1, 1))
    (table,) = known.everything
    checks: list[str] = []
    rules: list[Rule] = []
    for one in INVARIANTS.values():
        for rule in one.rules(table, look) if isinstance(one, RuleInvariant) else ():
            if rule.source == ROWS:
                checks.append(one.id)
                rules.append(rule)
    (statement,) = statements_of(table, rules)
    return checks, statement


def fill(bank: Bank, texts: Sequence[str | None]) -> None:
    rows = [{"id": n, **dict.fromkeys(COLUMNS, text)} for n, text in enumerate(texts)]
    names = ("id", *COLUMNS)
    insert = f"INSERT INTO notes ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"
    with connect(bank.url, read_only=False) as connection:
        connection.execute(sqlalchemy.text("DELETE FROM notes"))
        connection.execute(sqlalchemy.text(insert), rows)
        connection.commit()


def counts(connection: Connection) -> dict[tuple[str, str], int]:
    """How many rows break each rule; by check, and message without the schema."""
    checks, statement = statement_of(connection)
    bad = count(connection, statement).bad
    schema = f"{statement.table.name.schema}."
    named = [(check, rule.message.replace(schema, "")) for check, rule in zip(checks, statement.rules, strict=True)]
    return dict(zip(named, bad, strict=True))


def stopped_by_gates(connection: Connection, statement: Statement) -> list[tuple[str, Sequence[object]]]:
    """The rows that break a rule and do not pass what is asked first, with the rule's message."""
    stopped = []
    for rule in statement.rules:
        for gate in (suspicion([rule]), suspicion(statement.rules)):
            sql = f"SELECT t.* FROM {statement.relation} WHERE ({rule.condition}) AND ({gate}) IS NOT TRUE"
            rows = connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
            stopped += [(rule.message, tuple(row)) for row in rows]
    return stopped


@pytest.fixture
def banks(postgres: Bank, sqlite: Bank) -> tuple[Bank, Bank]:
    return postgres.run(TABLE), sqlite.run(TABLE)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(texts=[*WRITTEN, *LONG, *(f"x {text}." for text in WRITTEN), *BLANKS, None, ""])
@given(texts=st.lists(TEXTS, min_size=30, max_size=60))
def test_what_breaks_a_rule_passes_its_gate_and_sqlite_counts_the_same(
    banks: tuple[Bank, Bank], texts: list[str | None]
) -> None:
    for bank in banks:
        fill(bank, texts)
    with connect(banks[0].url) as connection:
        _, statement = statement_of(connection)
        assert len(statement.rules) > 20
        assert stopped_by_gates(connection, statement) == []
        found = counts(connection)
        alone = [
            connection.exec_driver_sql(
                f"SELECT count(*) FROM {statement.relation} WHERE {rule.condition}",
                execution_options={"no_parameters": True},
            ).scalar_one()
            for rule in statement.rules
        ]
        assert list(found.values()) == alone
    with connect(banks[1].url) as connection:
        assert {key: n for key, n in counts(connection).items() if found[key] != n} == {}


def test_the_texts_that_the_gates_are_tried_on_break_every_rule_on_texts(banks: tuple[Bank, Bank]) -> None:
    fill(banks[0], [*WRITTEN, *(f" {text}." for text in WRITTEN), "123"])
    with connect(banks[0].url) as connection:
        assert [key for key, n in counts(connection).items() if not n] == []


BREAKS_EVERYWHERE = ("card 4929 1234 5678 9015", "a\u0007", "DNI 12345678Z", "to anna.k@bank.co.uk", " R1 ", "Müller")


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII", "EUC_JP"])
def test_texts_are_judged_in_every_encoding(postgres_server: Any, encoding: str) -> None:
    provider = "LOCALE_PROVIDER libc" if postgres_server.major >= 15 else ""
    options = f"TEMPLATE template0 ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' {provider}"
    name = postgres_server.create_database(options=options)
    try:
        bank = Bank(f"{postgres_server.url(name)}&client_encoding=utf8").run(TABLE)
        fill(bank, [text for text in BREAKS_EVERYWHERE if text.isascii() or encoding != "EUC_JP"])
        runs = bank.validate()
    finally:
        postgres_server.drop_database(name)
    assert {check: run.reason for check, run in runs.items() if run.outcome is Outcome.ERRORED} == {}
    of_memos = [finding for run in runs.values() for finding in run.findings if "memo" in finding.subject]
    found = {"card-number-stored": 1, "text-broken": 1, "personal-data-in-text": 2}
    assert Counter(finding.check for finding in of_memos) == found


def test_columns_whose_collation_takes_different_texts_for_equal_are_judged(postgres: Bank) -> None:
    try:
        postgres.run("CREATE COLLATION level1 (provider = icu, locale = 'und-u-ks-level1', deterministic = false)")
    except sqlalchemy.exc.NotSupportedError:
        pytest.skip("this server was built without ICU")
    columns = ", ".join(f"{column} text COLLATE level1" for column in COLUMNS)
    fill(postgres.run(f"CREATE TABLE notes (id bigint PRIMARY KEY, {columns})"), [*WRITTEN, "123"])
    with connect(postgres.url) as connection:
        found = counts(connection)
    postgres.run("ALTER TABLE notes " + ", ".join(f'ALTER {column} TYPE text COLLATE "C"' for column in COLUMNS))
    with connect(postgres.url) as connection:
        assert counts(connection) == found


CODES = (*exponents(), *WITHDRAWN, "eur", " EUR", "EUR ", "", "???", "jpy")
AMOUNTS = ("0", "1", "1.5", "1.25", "1.125", "1.12345", "-0.1", "99999999999999", "NaN", "Infinity")


def test_what_breaks_a_rule_on_amounts_and_currencies_passes_its_gate(postgres: Bank) -> None:
    codes, amounts = ", ".join(f"('{code}')" for code in CODES), ", ".join(f"('{amount}')" for amount in AMOUNTS)
    postgres.run(
        "CREATE TABLE payments (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, amount numeric, fee numeric(19, 5),"
        " currency varchar(5), created_at date, booked_on date);"
        "INSERT INTO payments (amount, fee, currency, created_at, booked_on)"
        " SELECT a::numeric, CASE WHEN a <> 'Infinity' THEN a::numeric END, c, '2026-01-01', '2026-01-01'"
        f" FROM (VALUES {amounts}, (NULL)) amounts (a), (VALUES {codes}, (NULL)) codes (c)"
    )
    with connect(postgres.url) as connection:
        _, statement = statement_of(connection)
        assert {"amount", "fee", "currency"} <= {rule.subject.rsplit(".")[-1] for rule in statement.rules}
        assert stopped_by_gates(connection, statement) == []
        assert [n for n in counts(connection).values() if n]
