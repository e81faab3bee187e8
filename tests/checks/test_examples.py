"""Every check finds its bad example and is silent on its good one, on a real server."""

from __future__ import annotations

import ast

import pytest
from tests.checks.examples import Examples, examples_folder

from fingood.checks import CHECKS, run_checks
from fingood.model.report import Outcome

# They need something that a recorded run of one revision does not have; see their own tests.
ELSEWHERE = {
    "multiple-heads",
    "not-rendered",
    "one-transaction-for-all",
    "concurrent-index-corruption",
    "add-column-constant-default",
    "index-dropped-in-use",
    # What the live checks judge is no revision: commands/test_live.py plants their faults.
    *(identity for identity, known in CHECKS.items() if known.live),
}
RUN = sorted(CHECKS.keys() - ELSEWHERE)


def test_every_check_has_its_examples_and_every_example_its_check() -> None:
    folders = {path.name for path in examples_folder().iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders - ELSEWHERE == set(RUN)
    assert all((examples_folder() / name / kind).is_file() for name in RUN for kind in ("bad.py", "good.py"))


@pytest.mark.parametrize("check", RUN)
def test_the_bad_example_is_found_with_place_and_remedy(examples: Examples, check: str) -> None:
    subject = examples.subject(check, "bad")
    run = {run.check: run for run in run_checks(subject)}[check]
    assert run.outcome is Outcome.FAILED, run.reason
    for finding in run.findings:
        assert finding.message.endswith(".")
        assert finding.location is not None
        assert finding.location.path == subject.path
        ast.parse(finding.remedy)
    assert any(finding.location and finding.location.line for finding in run.findings) or check == "opaque-statement"


@pytest.mark.parametrize("check", RUN)
def test_the_good_example_is_silent(examples: Examples, check: str) -> None:
    subject = examples.subject(check, "good")
    assert subject.upgrade is not None
    assert subject.upgrade.failure is None, str(subject.upgrade.failure)
    run = {run.check: run for run in run_checks(subject)}[check]
    assert run.findings == ()
    assert run.outcome is Outcome.PASSED, run.reason


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_every_page_has_its_headings(check: str) -> None:
    page = CHECKS[check].page
    headings = [line for line in page.splitlines() if line.startswith("## ")]
    assert headings[:3] == ["## What it does", "## Why it matters", "## Instead"]
    assert headings[3] in ("## Manual", "## Standard")
    assert "Since" in page
