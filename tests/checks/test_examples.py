"""Every check finds its bad example and is silent on its good one, on a real server."""

from __future__ import annotations

import ast
import re

import pytest
from tests.checks.examples import Examples, examples_folder

from fingood.checks import CHECKS, run_checks
from fingood.model.report import Outcome
from fingood.model.severity import SafetyLevel, Severity

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
def test_the_bad_example_is_found_with_place_and_remedy_and_nothing_else_is(examples: Examples, check: str) -> None:
    subject = examples.subject(check, "bad")
    found = [finding for run in run_checks(subject) for finding in run.findings]
    own = [finding for finding in found if finding.check == check]
    assert {finding.severity for finding in own} == {CHECKS[check].severity_at(SafetyLevel.MEDIUM)}
    loud = {finding.check for finding in found if finding.severity >= Severity.WARNING}
    assert loud | {check} == {check, *declared_too(subject.source)}
    for finding in own:
        assert finding.message.endswith(".")
        assert finding.location is not None
        assert finding.location.path == subject.path
        ast.parse(finding.remedy)
    assert any(finding.location and finding.location.line for finding in own) or check == "opaque-statement"


def declared_too(source: str) -> dict[str, str]:
    """What else the example cannot help but show: lines ``# also: ID because REASON``."""
    return dict(re.findall(r"^# also: (\S+) because (\S.+)$", source, re.MULTILINE))


def test_few_examples_show_more_than_their_own_hazard() -> None:
    mixed = [name for name in RUN if declared_too((examples_folder() / name / "bad.py").read_text())]
    assert len(mixed) <= len(RUN) // 8, mixed


@pytest.mark.parametrize("check", RUN)
def test_the_good_example_raises_nothing_at_warning_or_above(examples: Examples, check: str) -> None:
    subject = examples.subject(check, "good")
    assert subject.upgrade is not None
    assert subject.upgrade.failure is None, str(subject.upgrade.failure)
    runs = {run.check: run for run in run_checks(subject)}
    assert runs[check].findings == ()
    assert runs[check].outcome is Outcome.PASSED, runs[check].reason
    loud = [finding for run in runs.values() for finding in run.findings if finding.severity >= Severity.WARNING]
    assert [(finding.check, finding.message) for finding in loud] == []


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_every_page_has_its_headings(check: str) -> None:
    page = CHECKS[check].page
    headings = [line for line in page.splitlines() if line.startswith("## ")]
    assert headings[:3] == ["## What it does", "## Why it matters", "## Instead"]
    assert headings[3] in ("## Manual", "## Standard")
    assert "Since" in page
