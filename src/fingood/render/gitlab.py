"""A Report as GitLab's code quality report: a JSON list that a merge request shows beside its lines."""

from __future__ import annotations

import json
from typing import Any

from fingood.model.report import CheckRun, Outcome, Report
from fingood.model.severity import Severity
from fingood.render.characters import on_one_line
from fingood.render.tree import Seen, blind, fingerprints, seen

_SEVERITIES = {
    Severity.INFO: "info",
    Severity.WARNING: "minor",
    Severity.ERROR: "major",
    Severity.CRITICAL: "critical",
}


def render_gitlab(report: Report) -> str:
    """The findings, and the checks that errored: GitLab calls an empty list clean."""
    found = seen(report)
    issues = [_issue(item, mark) for item, mark in zip(found, fingerprints(found), strict=True)]
    issues += [_errored(each, run) for each, run in blind(report, Outcome.ERRORED)]
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def _issue(item: Seen, fingerprint: str) -> dict[str, Any]:
    finding, place = item.finding, item.finding.location
    return {
        "description": on_one_line(f"{finding.message} {finding.effect}"),
        "check_name": finding.check,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        # GitLab drops an entry without a path; a finding about data has an object's name, and no file.
        "location": {
            "path": place.path if place else finding.subject or item.report.subject,
            "lines": {"begin": (place.line if place else None) or 1},
        },
    }


def _errored(report: Report, run: CheckRun) -> dict[str, Any]:
    return {
        "description": on_one_line(f"{run.check} could not look: {run.reason}"),
        "check_name": run.check,
        "fingerprint": f"errored-{run.check}-{run.subject or report.subject}",
        "severity": "major",
        "location": {"path": run.subject or report.subject, "lines": {"begin": 1}},
    }
