"""A Report as JSON: one object, stable keys, schema version 1."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

from fingood import __version__
from fingood.model.finding import Finding, Location
from fingood.model.report import Acceptance, CheckRun, Report, Table, Text

SCHEMA_VERSION = 1


def render_json(report: Report) -> str:
    """The report as indented JSON, ending with a newline."""
    return json.dumps(report_object(report), indent=2, ensure_ascii=False) + "\n"


def report_object(report: Report) -> dict[str, Any]:
    """The report as plain JSON values."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "fingood", "version": __version__},
        "command": report.command,
        "subject": report.subject,
        "target": report.target,
        "started": report.started.astimezone(UTC).isoformat(),
        "duration_seconds": round(report.duration, 3),
        "headline": report.headline,
        "exit_code": report.exit_code,
        "fail_on": report.fail_on.value,
        "counted": report.counted,
        "checks": [_run(run) for run in report.runs],
        "sections": [_section(section) for section in report.sections],
        "recommendations": list(report.recommendations),
        "data": dict(report.data),
        "children": [report_object(child) for child in report.children],
    }


def _run(run: CheckRun) -> dict[str, Any]:
    return {
        "check": run.check,
        "subject": run.subject,
        "outcome": run.outcome.value,
        "reason": run.reason,
        "duration_seconds": round(run.duration, 3),
        "findings": [_finding(finding) for finding in run.findings],
        "known": [_finding(finding) for finding in run.known],
        "accepted": [_acceptance(item) for item in run.accepted],
    }


def _acceptance(item: Acceptance) -> dict[str, Any]:
    return {
        "path": item.path,
        "line": item.line,
        "reason": item.reason,
        "until": item.until.isoformat() if item.until else None,
        "ticket": item.ticket,
        "findings": item.findings,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "message": finding.message,
        "effect": finding.effect,
        "remedy": finding.remedy,
        "subject": finding.subject,
        "statement": finding.statement,
        "location": _location(finding.location) if finding.location else None,
        "evidence": dict(finding.evidence),
        "fingerprint": finding.fingerprint,
    }


def _location(location: Location) -> dict[str, Any]:
    return {
        "path": location.path,
        "line": location.line,
        "revision": location.revision,
        "direction": location.direction.value if location.direction else None,
    }


def _section(section: Table | Text) -> dict[str, Any]:
    if isinstance(section, Table):
        return {"title": section.title, "columns": list(section.columns), "rows": [list(row) for row in section.rows]}
    return {"title": section.title, "lines": list(section.lines)}
