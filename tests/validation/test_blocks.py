"""A large table's texts are searched a page at a time: it counts what a look at every row counts, to the row."""

from __future__ import annotations

from functools import partial

import pytest
import sqlalchemy
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection
from tests.validation.conftest import Bank
from tests.validation.test_gates import BLANKS, LONG, TABLE, TEXTS, WRITTEN, counts, fill, statement_of

from fingood.catalog import connect
from fingood.model.finding import Finding
from fingood.validation import validate
from fingood.validation.blocks import LEAST_PAGES, WHOLE, Blocks, Stretch, blocks_in
from fingood.validation.jobs import hold_snapshot

FILLER = "filler bytea NOT NULL DEFAULT decode(repeat('00', {}), 'hex')"
APART = f"ALTER TABLE notes ADD {FILLER.format(7000)}; ALTER TABLE notes ALTER filler SET STORAGE PLAIN"
"""Leaves a page room for one row."""


@pytest.fixture
def in_blocks(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Small tables are looked through as large ones are."""
    monkeypatch.setattr("fingood.validation.blocks.LEAST_PAGES", 0)
    return monkeypatch


def by_rows(connection: Connection) -> dict[tuple[str, str], int]:
    """The counts of a look at every row."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fingood.validation.blocks.LEAST_PAGES", 1_000_000)
        return counts(connection)


@pytest.mark.parametrize("apart", [True, False], ids=["one row a page", "many rows a page"])
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)
@example(texts=[*WRITTEN, *LONG, *(f"x {text}." for text in WRITTEN), None, ""])
@example(texts=["4929 1234 ", "5678 9015", "12345678", "Z", "R1 ", " R1", "8" * 11, "a@", "bank.co.uk"])
@given(texts=st.lists(TEXTS, min_size=30, max_size=60))
def test_blocks_count_what_rows_count(
    postgres: Bank, in_blocks: pytest.MonkeyPatch, apart: bool, texts: list[str | None]
) -> None:
    postgres.run(f"DROP TABLE IF EXISTS notes; {TABLE}{f'; {APART}' if apart else ''}")
    fill(postgres, texts)
    with connect(postgres.url) as connection:
        assert statement_of(connection)[1].in_blocks
        assert counts(connection) == by_rows(connection)


@pytest.mark.parametrize("column", ["memo", "card_number", "payment_reference", "track"])
@pytest.mark.parametrize("around", [(0, 0), (1, 1), (2, 0), (0, 2)])
def test_each_text_is_found_beside_sound_ones(
    postgres: Bank, in_blocks: pytest.MonkeyPatch, column: str, around: tuple[int, int]
) -> None:
    """A page has room for that one and the sound ones around it, so that no other leads to it."""
    (before, after), filler = around, 2200 if any(around) else 7000
    postgres.run(f"CREATE TABLE notes (id int PRIMARY KEY, {column} text, {FILLER.format(filler)})")
    postgres.run("ALTER TABLE notes ALTER filler SET STORAGE PLAIN")
    texts = [*WRITTEN, *(f"x {text}." for text in WRITTEN), *BLANKS, *(LONG if filler == 7000 else ())]
    rows = [text for one in texts for text in (*["sound"] * before, one, *["sound"] * after)]
    with connect(postgres.url, read_only=False) as connection:
        insert = sqlalchemy.text(f"INSERT INTO notes (id, {column}) VALUES (:id, :text)")
        connection.execute(insert, [{"id": n, "text": text} for n, text in enumerate(rows)])
        connection.commit()
    with connect(postgres.url) as connection:
        found = counts(connection)
        assert found == by_rows(connection)
        assert any(found.values())


def test_a_row_that_breaks_rules_on_texts_and_others_is_counted_once(
    postgres: Bank, in_blocks: pytest.MonkeyPatch
) -> None:
    postgres.run("CREATE TABLE payments (id int PRIMARY KEY, amount numeric(12, 2), currency varchar(3), memo text)")
    postgres.run(
        "INSERT INTO payments VALUES (1, 5, 'eur', 'a' || chr(7)), (2, 5, 'EUR', 'sound'), (3, 5, 'usd', ''),"
        " (4, NULL, NULL, 'a' || chr(7)), (5, 5, 'EUR', NULL)"
    )
    found = postgres.findings()
    assert found["text-broken"].message.startswith("2 of 5 rows")
    assert found["text-broken"].message.endswith(": id 1; 4")
    assert found["currency-code"].message.startswith("2 of 5 rows")
    assert found["currency-code"].message.endswith(": id 1; 3")


def test_tables_that_inherit_are_looked_through_to_their_last_page(
    postgres: Bank, in_blocks: pytest.MonkeyPatch
) -> None:
    postgres.run(f"{TABLE}; CREATE TABLE more () INHERITS (notes)")
    postgres.run("INSERT INTO notes (id, memo) VALUES (1, 'sound')")
    postgres.run("INSERT INTO more (id, memo) SELECT n, repeat('x', 700) FROM generate_series(2, 500) n")
    postgres.run("INSERT INTO more (id, memo) VALUES (501, 'write to anna.k@bank.co.uk')")
    found = postgres.validate()["personal-data-in-text"].findings
    (broken,) = [finding for finding in found if finding.subject == "public.notes.memo"]
    assert (broken.evidence["rows"], broken.evidence["of"]) == ("1", "501")


def test_stretches_in_blocks_add_up_to_the_whole(postgres: Bank, in_blocks: pytest.MonkeyPatch) -> None:
    postgres.run(
        "CREATE TABLE payments (id int PRIMARY KEY, amount numeric(12, 2), currency varchar(3), memo text);"
        "INSERT INTO payments SELECT n, n, 'EUR', 'order ' || n FROM generate_series(1, 20000) n;"
        "UPDATE payments SET memo = 'a' || chr(7) WHERE id % 100 = 0"
    )
    with connect(postgres.url, read_only=False) as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE payments")
    in_blocks.setattr("fingood.validation.jobs.PAGES", 7)
    broken = look(postgres.url)["text-broken"]
    assert (broken.evidence["rows"], broken.evidence["of"]) == ("200", "20000")


def test_blocks_of_several_pages_count_the_same(postgres: Bank, in_blocks: pytest.MonkeyPatch) -> None:
    fill(postgres.run(f"{TABLE}; {APART}"), [*WRITTEN, "123"])
    with connect(postgres.url) as connection:
        wanted = counts(connection)
        in_blocks.setattr("fingood.validation.blocks.MOST_BLOCKS", 9)
        assert counts(connection) == wanted


def look(url: str) -> dict[str, Finding]:
    with connect(url) as connection:
        snapshot = hold_snapshot(connection)
        runs = validate(connection, "full", workers=2, snapshot=snapshot, another=partial(connect, url))
    return {finding.check: finding for run in runs for finding in run.findings}


def test_few_pages_and_looks_at_new_rows_are_not_worth_it() -> None:
    assert blocks_in(WHOLE, LEAST_PAGES - 1) is None
    assert blocks_in(Stretch(only="t.id > 7"), 100_000) is None
    assert blocks_in(WHOLE, LEAST_PAGES) == Blocks(first=0, last=LEAST_PAGES - 1)
    assert blocks_in(Stretch(first=1_000, end=2_000), 5_000) == Blocks(first=1_000, last=1_999, end=2_000)
    assert blocks_in(Stretch(first=1_000, end=2_000), 1_400) == Blocks(first=1_000, last=1_399, end=2_000)
