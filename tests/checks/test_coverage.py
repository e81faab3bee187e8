"""Every rule of the field, and of finance, has a check that exists, or a reason why it has none."""

from __future__ import annotations

import tomllib
from pathlib import Path

from fingood.checks import CHECKS
from fingood.checks.history_check import HISTORY_IDS
from fingood.checks.proofs import PROOFS

COVERAGE = tomllib.loads((Path(__file__).parent / "coverage.toml").read_text())
RULES_OF_THE_FIELD = 118
RULES_OF_FINANCE = 42


NAMED = {check for table in ("field", "finance", "live") for checks in COVERAGE[table].values() for check in checks}


def test_every_named_check_exists() -> None:
    assert NAMED - CHECKS.keys() - PROOFS.keys() - set(HISTORY_IDS) == set()


def test_every_rule_is_covered_or_says_why_not() -> None:
    assert len(COVERAGE["field"]) + len(COVERAGE["not_applicable"]) == RULES_OF_THE_FIELD
    assert all(COVERAGE["field"].values())
    assert set(COVERAGE["finance"]) == {f"F{number}" for number in range(1, RULES_OF_FINANCE + 1)}
    assert all(len(reason) > 20 for reason in COVERAGE["not_applicable"].values())


def test_every_check_stands_for_a_rule_or_is_our_own() -> None:
    """The checks of what a run showed, of the way back's locks and of acceptances have no peer."""
    ours = {"suppression", "observed-lock", "downgrade-under-lock"}
    assert CHECKS.keys() - NAMED == ours
