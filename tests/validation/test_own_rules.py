"""Invariants of the user's own: from the settings and from Python files, beside the rest and refused where unclear."""

from __future__ import annotations

from pathlib import Path

import pytest

from fingood.errors import ConfigError
from fingood.model.report import Outcome
from fingood.model.severity import Confidence, Severity
from fingood.settings.values import OwnRule
from fingood.validation.own_rules import own_invariants

DOCS = Path(__file__).parents[2] / "docs" / "validation.md"


def test_a_condition_of_the_settings_finds_its_rows_on_each_database(bank) -> None:
    own = OwnRule(
        id="large",
        table="postings",
        condition="t.amount > 1000 AND currency = 'JPY'",
        severity=Severity.WARNING,
    )
    runs = bank.validate("full", own=own_invariants([own], []))
    (finding,) = runs["large"].findings
    assert finding.message.startswith("1 of 8 rows")
    assert finding.message.endswith(": id 3")
    assert finding.severity is Severity.WARNING
    assert finding.confidence is Confidence.OBSERVED
    assert {check for check, run in runs.items() if run.findings} == {"large"}


def test_a_condition_that_is_no_sql_is_errored_and_names_the_table(bank) -> None:
    own = OwnRule(id="odd", table="postings", condition="nonsense >")
    assert bank.validate("full", own=own_invariants([own], []))["odd"].outcome is Outcome.ERRORED


def test_a_broken_condition_takes_no_other_invariant_along(bank) -> None:
    own = OwnRule(id="odd", table="postings", condition="nonsense > 1")
    runs = bank.validate("full", own=own_invariants([own], []))
    assert runs["odd"].outcome is Outcome.ERRORED
    assert runs["amount-missing"].outcome is Outcome.PASSED


def test_the_pages_python_file_is_batched_with_the_rest(bank, tmp_path: Path) -> None:
    text = DOCS.read_text().split("```python\n")[1].split("```")[0].replace("count(*) > 200", "count(*) > 1")
    (tmp_path / "rules.py").write_text(text)
    runs = bank.validate("full", own=own_invariants([], [tmp_path / "rules.py"]))
    (finding,) = runs["transaction-fits-a-page"].findings
    assert finding.message.startswith("4 of 4 transactions of")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import nowhere", "cannot be loaded: ModuleNotFoundError"),
        ("x = (", "cannot be loaded: SyntaxError"),
        ("x = 1", "defines no invariant"),
    ],
)
def test_a_file_that_is_no_rules_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "rules.py").write_text(text)
    with pytest.raises(ConfigError, match=said):
        own_invariants([], [tmp_path / "rules.py"])


def test_an_id_that_is_taken_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="double-entry"):
        own_invariants([OwnRule(id="double-entry", table="t", condition="true")], [])
    with pytest.raises(ConfigError, match="no Python file"):
        own_invariants([], [tmp_path / "none.py"])
