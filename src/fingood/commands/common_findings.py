"""What is wrong with the database and not with one revision is said once, above the revisions it was found beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fingood.checks import CHECKS
from fingood.model.report import CheckRun, Outcome, Report

Said = tuple[str, tuple[tuple[str, str], ...]]
"""A check's id, and what each of its findings says."""


def lift_common(reports: Sequence[Report]) -> tuple[tuple[CheckRun, ...], tuple[Report, ...]]:
    """The live checks' runs that failed with the same words beside every report, and the reports without them.

    With fewer than two reports there is nothing that several have in common.
    """
    judged = [report for report in reports if any(_live(run) for run in report.runs)]
    if len(judged) < 2:
        return (), tuple(reports)
    common = set.intersection(*({_said(run) for run in report.runs if _failed_live(run)} for report in judged))
    lifted = tuple(run for run in judged[0].runs if _failed_live(run) and _said(run) in common)
    if not lifted:
        return (), tuple(reports)
    return lifted, tuple(_without(report, common) for report in reports)


def _live(run: CheckRun) -> bool:
    check = CHECKS.get(run.check)
    return check is not None and check.live


def _failed_live(run: CheckRun) -> bool:
    return run.outcome is Outcome.FAILED and _live(run)


def _said(run: CheckRun) -> Said:
    return run.check, tuple((finding.message, finding.effect) for finding in run.findings)


def _without(report: Report, common: set[Said]) -> Report:
    return replace(report, runs=tuple(run for run in report.runs if _said(run) not in common))
