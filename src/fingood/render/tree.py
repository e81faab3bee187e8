"""The reports of a tree that count, and their files as a repository sees them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace

from fingood.model.finding import Finding
from fingood.model.report import CheckRun, Outcome, Report


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding, the run that found it and the report that the run stands in."""

    report: Report
    run: CheckRun
    finding: Finding


def counted(report: Report) -> Iterator[Report]:
    """The report and those of its children that it counts, parents first."""
    yield report
    for child in report.children:
        if child.counted:
            yield from counted(child)


def seen(report: Report) -> list[Seen]:
    """The findings that count, the worst first."""
    found = [Seen(each, run, one) for each in counted(report) for run in each.runs for one in run.findings]
    return sorted(found, key=lambda item: -item.finding.severity.rank)


def blind(report: Report, outcome: Outcome) -> list[tuple[Report, CheckRun]]:
    """The runs that were skipped, or that errored, each with its report."""
    return [(each, run) for each in counted(report) for run in each.runs if run.outcome is outcome]


def fingerprints(found: list[Seen]) -> list[str]:
    """A fingerprint for each finding. Two alike get a number: their consumers take equal ones for one finding."""
    times: dict[str, int] = {}
    unique = []
    for item in found:
        own = item.finding.fingerprint
        times[own] = times.get(own, 0) + 1
        unique.append(own if times[own] == 1 else f"{own}-{times[own]}")
    return unique


def moved(report: Report, folder: str) -> Report:
    """The report with the paths of its files counted from above ``folder``, where the project lies."""
    if folder in ("", "."):
        return report
    return replace(
        report,
        runs=tuple(replace(run, findings=tuple(_moved(one, folder) for one in run.findings)) for run in report.runs),
        children=tuple(moved(child, folder) for child in report.children),
    )


def _moved(finding: Finding, folder: str) -> Finding:
    place = finding.location
    if place is None or posixpath.isabs(place.path):
        return finding
    return replace(finding, location=replace(place, path=posixpath.normpath(posixpath.join(folder, place.path))))
