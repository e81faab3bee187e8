"""Every rule of the field, and of finance, has a check that exists, or a reason why it has none."""

from __future__ import annotations

import tomllib
from pathlib import Path

from fingood.checks import CHECKS
from fingood.checks.proofs import PROOFS

COVERAGE = tomllib.loads((Path(__file__).parent / "coverage.toml").read_text())
RULES_OF_THE_FIELD = 118
RULES_OF_FINANCE = 42


def test_every_named_check_exists() -> None:
    named = {check for table in ("field", "finance") for checks in COVERAGE[table].values() for check in checks}
    assert named - CHECKS.keys() - PROOFS.keys() == set()


def test_every_rule_is_covered_or_says_why_not() -> None:
    assert len(COVERAGE["field"]) + len(COVERAGE["not_applicable"]) == RULES_OF_THE_FIELD
    assert all(COVERAGE["field"].values())
    finance = {*COVERAGE["finance"], *COVERAGE["outside"]}
    assert finance == {f"F{number}" for number in range(1, RULES_OF_FINANCE + 1)}
    assert all(len(reason) > 20 for table in ("not_applicable", "outside") for reason in COVERAGE[table].values())


def test_every_check_stands_for_a_rule_or_is_our_own() -> None:
    """``suppression`` watches the acceptances of the others; the rest of the catalogue answers a rule."""
    named = {check for table in ("field", "finance") for checks in COVERAGE[table].values() for check in checks}
    assert CHECKS.keys() - named == {"suppression"}
