"""The documents about the checks say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

from fingood.checks import CHECKS
from fingood.checks.pages import explain, write_table
from fingood.checks.proofs import PROOFS
from fingood.rollback import findings

DOCS = Path(__file__).parents[2] / "docs"


def test_the_table_of_checks_is_current() -> None:
    assert (DOCS / "checks.md").read_text() == write_table(), "run: python -m fingood.checks.pages"


def test_every_check_can_be_explained() -> None:
    for identity, check in CHECKS.items():
        page = explain(identity)
        assert check.title in page
        assert "## Instead" in page


def test_every_finding_of_a_rollback_test_can_be_explained() -> None:
    source = Path(findings.__file__).read_text()
    made = set(re.findall(r'"((?:rollback|reupgrade)-[a-z]+)"', source)) - set(findings.STAGES)
    assert made == PROOFS.keys()
    assert all("## Instead" in explain(identity) for identity in made)
