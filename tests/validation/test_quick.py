"""The quick mode leaves out what takes long on large tables, and says so instead of passing it."""

from __future__ import annotations

import sys

import pytest

from fingood.model.report import Outcome

NOTES = """
CREATE TABLE notes (id bigint PRIMARY KEY, body text, amount numeric(12, 2), currency varchar(3) NOT NULL);
INSERT INTO notes VALUES (1, 'card 4929 1234 5678 9015', 5, 'EUX')
"""


@pytest.mark.parametrize("fixture", ["postgres", "sqlite"])
def test_texts_of_large_tables_are_left_alone_and_their_numbers_are_not(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, fixture: str
) -> None:
    bank = request.getfixturevalue(fixture).run(NOTES)
    if fixture == "postgres":
        bank.run("ANALYZE notes")
    assert bank.validate("quick")["card-number-stored"].outcome is Outcome.FAILED
    monkeypatch.setattr(sys.modules["fingood.validation.validate"], "QUICK_ROWS", 0)
    runs = bank.validate("quick")
    assert runs["card-number-stored"].outcome is Outcome.SKIPPED
    assert "--mode full" in runs["card-number-stored"].reason
    assert runs["currency-code"].outcome is Outcome.FAILED
    assert bank.validate("full")["card-number-stored"].outcome is Outcome.FAILED
