"""Change control in the settings: windows, freezes and retention as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from fingood.errors import ConfigError
from fingood.model.change import RetentionRule
from fingood.model.period import Period
from fingood.settings import Settings, load


def settings(root: Path, text: str) -> Settings:
    (root / "migrations").mkdir()
    (root / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    (root / "fingood.toml").write_text(text)
    return load(start=root, environ={})


def test_a_window_within_one_day_and_without_a_zone_is_utc(tmp_path: Path) -> None:
    (window,) = settings(tmp_path, '[policy]\nchange_windows = ["Tue 06:00-08:30"]\n').policy.change_windows
    assert window.holds(datetime(2026, 11, 24, 8, 29, tzinfo=UTC))
    assert not window.holds(datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
    assert not window.holds(datetime(2026, 11, 25, 7, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    "line",
    [
        'change_windows = ["weekends"]',
        'change_windows = ["Sat 25:00-26:00"]',
        'change_windows = ["Sat 22:00-23:00 Mars/Base"]',
        'freezes = ["2027-01-04..2026-12-20"]',
        'freezes = ["2026-12-32..2027-01-04"]',
        'ticket_pattern = "CHG-["',
        "approvals = -1",
    ],
)
def test_what_does_not_fit_is_said_with_its_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(ConfigError, match=r"fingood\.toml line 2: policy\.\w+ must be"):
        settings(tmp_path, f"[policy]\n{line}\n")


def test_retention_is_a_list_of_tables(tmp_path: Path) -> None:
    found = settings(tmp_path, '[[retention]]\ntable = "ledger.*"\nyears = 7\n')
    assert found.retention == (RetentionRule(table="ledger.*", years=7),)


@pytest.mark.parametrize(
    ("said", "meant"),
    [("10 years", Period(years=10)), ("1 Month", Period(months=1)), ("6 weeks", Period(days=42))],
)
def test_how_long_a_tables_rows_are_kept_is_a_period(tmp_path: Path, said: str, meant: Period) -> None:
    found = settings(tmp_path, f'[[ledger]]\ntable = "books"\nretention = "{said}"\ntime_zone = "Europe/Berlin"\n')
    assert (found.ledger[0].retention, found.ledger[0].time_zone) == (meant, "Europe/Berlin")


@pytest.mark.parametrize("line", ["retention = 10", 'retention = "0 days"', 'time_zone = "Mars/Base"'])
def test_a_period_or_zone_that_is_none_is_said_with_its_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(ConfigError, match=r"fingood\.toml line 3: \w+ must be a (period|known)"):
        settings(tmp_path, f'[[ledger]]\ntable = "books"\n{line}\n')


def test_a_period_before_a_day_keeps_to_the_calendar() -> None:
    assert Period(years=1).before(date(2024, 2, 29)) == date(2023, 2, 28)
    assert Period(months=3, days=1).before(date(2024, 5, 31)) == date(2024, 2, 28)
    assert Period(years=99999).before(date(2024, 5, 31)) == date.min


@pytest.mark.parametrize("table", ["ledger.*", "post*", "ledger.postings"])
def test_rows_that_must_be_kept_longer_than_they_may_be_are_a_mistake(tmp_path: Path, table: str) -> None:
    books = '[[ledger]]\ntable = "ledger.postings"\nretention = "83 months"\n'
    with pytest.raises(ConfigError, match=r"at most 83 months .* at least 7 years"):
        settings(tmp_path, f'{books}[[retention]]\ntable = "{table}"\nyears = 7\n')


@pytest.mark.parametrize(("table", "most"), [("ledger.*", "84 months"), ("other.*", "1 year"), ("posts", "1 year")])
def test_rows_that_can_obey_both_are_none(tmp_path: Path, table: str, most: str) -> None:
    books = f'[[ledger]]\ntable = "ledger.postings"\nretention = "{most}"\n'
    assert settings(tmp_path, f'{books}[[retention]]\ntable = "{table}"\nyears = 7\n').ledger


@pytest.mark.parametrize("said", ["payload->'amount'", "payload #>> '{amount}'", "$.amount"])
def test_an_operator_is_no_path_into_a_json_column(tmp_path: Path, said: str) -> None:
    with pytest.raises(ConfigError, match=r"fingood.toml line 3: amount must be .* such as payload.amount"):
        settings(tmp_path, f'[[ledger]]\ntable = "books"\namount = "{said}"\n')


def test_a_column_with_an_arrow_in_its_name_stands_in_quotes(tmp_path: Path) -> None:
    found = settings(tmp_path, '[[ledger]]\ntable = "books"\namount = \'"from->to"\'\n')
    assert found.ledger[0].amount == '"from->to"'
