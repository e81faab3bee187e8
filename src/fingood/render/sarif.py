"""A Report as SARIF 2.1.0 (OASIS standard), for code scanning and editors."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from fingood import __version__
from fingood.model.finding import Finding
from fingood.model.report import CheckRun, Outcome, Report, Rule
from fingood.model.severity import Severity
from fingood.render.characters import visible
from fingood.render.tree import blind, counted, fingerprints, seen

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {
    Severity.INFO: "note",
    Severity.WARNING: "warning",
    Severity.ERROR: "error",
    Severity.CRITICAL: "error",
}
_UNSEEN = {Outcome.SKIPPED: "note", Outcome.ERRORED: "error"}


def render_sarif(report: Report) -> str:
    """One run: the findings that count, the checks' pages as its rules, what was not looked at as notifications."""
    return json.dumps(_log(report), indent=2, ensure_ascii=False) + "\n"


def _log(report: Report) -> dict[str, Any]:
    rules = _rules(report)
    places = {rule["id"]: place for place, rule in enumerate(rules)}
    found = seen(report)
    marks = fingerprints(found)
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(rules)},
                "automationDetails": {"id": f"fingood/{report.command}/"},
                "invocations": [_invocation(report, places)],
                "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(item.finding, mark, places) for item, mark in zip(found, marks, strict=True)],
            }
        ],
    }


def _driver(rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": "fingood",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": rules,
        "notifications": [
            {"id": outcome.value, "shortDescription": {"text": f"A check {meaning}."}}
            for outcome, meaning in (
                (Outcome.SKIPPED, "did not look, and the reason"),
                (Outcome.ERRORED, "could not look: its answer is unknown, not good"),
            )
        ],
    }


def _rules(report: Report) -> list[dict[str, Any]]:
    """A rule for every check that ran, with its page where a report carries one."""
    described = {rule.id: rule for each in counted(report) for rule in each.rules}
    ids = {run.check for each in counted(report) for run in each.runs}
    ids |= {item.finding.check for item in seen(report)}
    return [_rule(described[one]) if one in described else {"id": one} for one in sorted(ids)]


def _rule(rule: Rule) -> dict[str, Any]:
    first = " ".join(rule.page.split("\n\n", 1)[0].split())
    return {
        "id": rule.id,
        "shortDescription": {"text": _text(rule.title)},
        "fullDescription": {"text": _text(first or rule.title)},
        "help": {"text": _text(rule.page or rule.title), "markdown": _text(rule.page or rule.title)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.family] if rule.family else [], "severity": rule.severity.value},
    }


def _invocation(report: Report, places: dict[str, int]) -> dict[str, Any]:
    return {
        "executionSuccessful": not report.count(Outcome.ERRORED),
        "exitCode": report.exit_code,
        "startTimeUtc": _moment(report.started),
        "endTimeUtc": _moment(report.started + timedelta(seconds=report.duration)),
        "toolExecutionNotifications": [
            _notification(each, run, places) for outcome in _UNSEEN for each, run in blind(report, outcome)
        ],
        "properties": {"subject": report.subject, "target": report.target, "headline": report.headline},
    }


def _notification(report: Report, run: CheckRun, places: dict[str, int]) -> dict[str, Any]:
    about = run.subject or report.subject
    return {
        "descriptor": {"id": run.outcome.value},
        "associatedRule": {"id": run.check, "index": places[run.check]},
        "level": _UNSEEN[run.outcome],
        "message": {"text": _text(f"{run.check} {run.outcome} ({about}): {run.reason}")},
    }


def _result(finding: Finding, fingerprint: str, places: dict[str, int]) -> dict[str, Any]:
    parts = [finding.message, finding.effect, f"Instead:\n{finding.remedy}" if finding.remedy else ""]
    return {
        "ruleId": finding.check,
        "ruleIndex": places[finding.check],
        "level": _LEVELS[finding.severity],
        "message": {"text": _text("\n".join(part for part in parts if part))},
        "locations": [place] if (place := _location(finding)) else [],
        "partialFingerprints": {"fingood/v1": fingerprint},
        "properties": _properties(finding),
    }


def _location(finding: Finding) -> dict[str, Any]:
    """The file and line, and the database object; empty where the finding has neither."""
    location: dict[str, Any] = {}
    if finding.location is not None:
        physical: dict[str, Any] = {"artifactLocation": _artifact(finding.location.path)}
        location["physicalLocation"] = physical
        if finding.location.line:
            physical["region"] = {"startLine": finding.location.line}
    if finding.subject:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.subject}]
    return location


def _artifact(path: str) -> dict[str, str]:
    uri = quote(path)
    return {"uri": f"file://{uri}"} if PurePosixPath(path).is_absolute() else {"uri": uri, "uriBaseId": "%SRCROOT%"}


def _properties(finding: Finding) -> dict[str, Any]:
    place = finding.location
    known: dict[str, Any] = {
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "statement": finding.statement,
        "remedy": finding.remedy,
        "evidence": dict(finding.evidence),
        "revision": place.revision if place else None,
        "direction": place.direction.value if place and place.direction else None,
    }
    return {name: value for name, value in known.items() if value}


def _text(text: str) -> str:
    """A message string: braces doubled, and nothing that reads as a link (3.11.5, 3.11.6)."""
    return visible(text).replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
