"""Tests that a project gets by one import: ``from fingood.pytest_plugin.tests import *`` in a file of its tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingood.model.report import Report
    from fingood.pytest_plugin.ground import MigratedSandbox
    from fingood.revisions import History

__all__ = [
    "test_a_revision_goes_up_down_and_up_again",
    "test_the_history_goes_up_to_head",
    "test_the_history_has_one_head",
]


def test_the_history_has_one_head(fingood_history: History) -> None:
    """Two heads make ``alembic upgrade head`` refuse."""
    assert len(fingood_history.heads) <= 1, f"merge the heads: alembic merge {' '.join(fingood_history.heads)}"


def test_the_history_goes_up_to_head(fingood_sandbox: MigratedSandbox, fingood_history: History) -> None:
    """From empty, or from the baseline, with the data of ``pytest_fingood_data`` on the way."""
    assert set(fingood_sandbox.heads) == set(fingood_history.heads)


def test_a_revision_goes_up_down_and_up_again(
    fingood_revision: str, fingood_prove_rollback: Callable[[str], Report]
) -> None:
    """Runs once per revision, in a copy that is thrown away: schema and data come back as they were."""
    report = fingood_prove_rollback(fingood_revision)
    assert report.exit_code == 0, "\n".join((report.headline, *(finding.message for finding in report.findings)))
