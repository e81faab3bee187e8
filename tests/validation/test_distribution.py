"""How amounts and broken rows are spread: the counts are right, tell their size, and show no single value."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from fingood.catalog import connect
from fingood.cli.main import run
from fingood.model.report import Table
from fingood.render.columns import column_chart
from fingood.validation import look_over, validate
from fingood.validation.distribution import take_distributions
from fingood.validation.jobs import Done

PAYMENTS = (
    "CREATE TABLE payments (id integer PRIMARY KEY, amount numeric(12, 3), currency text, paid_date date);"
    "INSERT INTO payments VALUES (1, 0, 'EUR', '2024-01-05'), (2, 0.5, 'EUR', '2024-01-06'),"
    " (3, -5, 'EUR', '2024-01-07'), (4, 1500, 'USD', '2024-02-01'), (5, 1600.125, 'USD', '2024-02-02'),"
    " (6, 12, 'Eva Muster', '2024-02-03'), (7, 13, NULL, NULL)"
)


def drawn(bank):
    with connect(bank.url) as connection:
        broken: list[Done] = []
        recognised = look_over(connection)
        validate(connection, "full", recognised=recognised, heed=broken.append)
        found, missing = take_distributions(connection, recognised, broken)
    assert missing == ()
    return {one.subject.replace("main.", "public."): one for one in found}


@pytest.fixture(params=["postgres", "sqlite"])
def payments(request):
    return request.getfixturevalue(request.param).run(PAYMENTS)


def test_amounts_are_counted_by_size_and_currency(payments):
    one = drawn(payments)["public.payments.amount"]
    assert one.axis == "size"
    assert set(one.series) == {"EUR", "USD", "unknown", "no currency"}
    by_size = {label: dict(zip(one.series, numbers, strict=True)) for label, numbers in one.rows}
    assert by_size["0"]["EUR"] == by_size["below 1"]["EUR"] == by_size["1"]["EUR"] == 1
    assert by_size["1 k"]["USD"] == 2
    assert by_size["10"] == {"EUR": 0, "USD": 0, "unknown": 1, "no currency": 1}
    assert by_size["100"]["EUR"] == 0
    assert one.looked_at == "all 7 amounts"


def test_broken_rows_are_counted_by_month(payments):
    one = drawn(payments)["amount-precision in public.payments.amount"]
    assert (one.axis, one.series) == ("month", ("rows", "broken"))
    assert one.rows == (("2024-01", (3, 0)), ("2024-02", (3, 1)), ("no date", (1, 0)))


def test_without_a_date_they_are_counted_by_stretches_of_the_key(payments):
    payments.run("ALTER TABLE payments DROP COLUMN paid_date")
    one = drawn(payments)["amount-precision in public.payments.amount"]
    assert one.axis == "keys"
    assert sum(broken for _, (_, broken) in one.rows) == 1
    assert sum(rows for _, (rows, _) in one.rows) == 7


def test_no_text_of_a_row_is_among_the_labels(sqlite):
    sqlite.run(PAYMENTS + "; UPDATE payments SET paid_date = 'Eva Muster' WHERE id > 4")
    found = drawn(sqlite)
    said = [text for one in found.values() for text in (*one.series, *(label for label, _ in one.rows))]
    assert not [text for text in said if "Eva" in text]
    assert ("no date", (3, 1)) in found["amount-precision in public.payments.amount"].rows


def test_many_months_are_drawn_as_years(payments):
    payments.run("DELETE FROM payments")
    rows = ", ".join(f"({n}, 1.001, 'EUR', '{1900 + n}-0{1 + n % 9}-01')" for n in range(100))
    payments.run(f"INSERT INTO payments VALUES {rows}")
    one = drawn(payments)["amount-precision in public.payments.amount"]
    assert one.axis == "year"
    assert len(one.rows) == 36
    assert one.rows[0][0] == "to 1964"
    assert sum(rows for _, (rows, _) in one.rows) == 100


def test_a_large_table_is_sampled_and_says_so(postgres, monkeypatch):
    monkeypatch.setattr("fingood.validation.distribution.SAMPLED", 2_000)
    postgres.run(
        "CREATE TABLE payments (id int PRIMARY KEY, amount numeric, currency char(3));"
        "INSERT INTO payments SELECT n, n, 'EUR' FROM generate_series(1, 40000) n; ANALYZE payments"
    )
    one = drawn(postgres)["public.payments.amount"]
    number = sum(sum(numbers) for _, numbers in one.rows)
    assert 500 < number < 6_000
    assert one.looked_at == f"a sample of {number:,} of about 40,000 rows"


def test_the_page_draws_what_the_json_tells(payments, tmp_path, monkeypatch, capsys):
    (tmp_path / "migrations").mkdir()
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    monkeypatch.chdir(tmp_path)
    run(["validate", "--database-url", payments.url, "--output", "html=page.html", "--output", "json=answer.json"])
    answer = json.loads(Path("answer.json").read_text(encoding="utf-8"))
    schema = Path(__file__).parents[2] / "docs" / "report.schema.json"
    jsonschema.validate(answer, json.loads(schema.read_text(encoding="utf-8")))
    page = Path("page.html").read_text(encoding="utf-8")
    charts = re.findall(r'<svg class="columns"[^>]*role="img" aria-label="([^"]+)"', page)
    assert len(charts) == len(answer["data"]["distributions"]) >= 2
    assert any("1 k: 2 USD" in said for said in charts)
    assert any("2024-02: 33.333% broken" in said for said in charts)
    # A terminal shows them to who asks for more.
    assert "by size" not in capsys.readouterr().out


def test_a_table_of_anything_else_is_not_drawn():
    assert column_chart(Table(title="t", columns=("table", "rows"), rows=(("a", "1"),))) == ""
    assert column_chart(Table(title="t", columns=("size", "EUR"), rows=(("1", "many"),))) == ""
    assert column_chart(Table(title="t", columns=("size", "EUR"), rows=())) == ""
