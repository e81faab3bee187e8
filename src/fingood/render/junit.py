"""A Report as JUnit's XML: a test suite a report, a test case a check, for the test page of a CI server."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from xml.etree import ElementTree as Xml

from fingood.model.finding import Finding
from fingood.model.report import CheckRun, Outcome, Report
from fingood.model.severity import Severity
from fingood.render.characters import on_one_line, visible
from fingood.render.tree import counted


def render_junit(report: Report) -> str:
    """The checks as test cases. One fails when its findings make the exit code 1; lesser ones are its output."""
    suites = [_suite(each, report.fail_on) for each in counted(report) if each.runs or not each.children]
    root = Xml.Element(
        "testsuites", {"name": on_one_line(f"fingood {report.command}"), "time": f"{report.duration:.3f}"}
    )
    for count in ("tests", "failures", "errors", "skipped"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    root.extend(suites)
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _suite(report: Report, fail_on: Severity) -> Xml.Element:
    cases = [_case(report, run, fail_on) for run in report.runs]
    suite = Xml.Element(
        "testsuite",
        {
            "name": on_one_line(report.subject or report.command),
            "tests": str(len(cases)),
            "failures": _count(cases, "failure"),
            "errors": _count(cases, "error"),
            "skipped": _count(cases, "skipped"),
            "time": f"{report.duration:.3f}",
            "timestamp": f"{report.started.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
        },
    )
    suite.extend(cases)
    return suite


def _count(cases: Iterable[Xml.Element], tag: str) -> str:
    return str(sum(case.find(tag) is not None for case in cases))


def _case(report: Report, run: CheckRun, fail_on: Severity) -> Xml.Element:
    about = f" ({run.subject})" if run.subject and run.subject not in report.subject else ""
    attributes = {
        "name": on_one_line(run.check + about),
        "classname": on_one_line(report.subject or report.command),
        "time": f"{run.duration:.3f}",
    }
    place = next((finding.location for finding in run.findings if finding.location), None)
    if place is not None:
        attributes |= {"file": on_one_line(place.path), "line": str(place.line or 1)}
    case = Xml.Element("testcase", attributes)
    _judge(case, run, fail_on)
    return case


def _judge(case: Xml.Element, run: CheckRun, fail_on: Severity) -> None:
    if run.outcome is Outcome.ERRORED:
        _add(case, "error", run.reason, run.reason, type="errored")
    elif run.outcome is Outcome.SKIPPED:
        _add(case, "skipped", run.reason)
    worst = sorted(run.findings, key=lambda finding: -finding.severity.rank)
    blocking = [finding for finding in worst if finding.severity >= fail_on]
    if blocking:
        more = f" (and {len(blocking) - 1} more)" if len(blocking) > 1 else ""
        kind = str(blocking[0].severity)
        _add(case, "failure", blocking[0].message + more, "\n\n".join(map(_told, blocking)), type=kind)
    if lesser := [finding for finding in worst if finding.severity < fail_on]:
        Xml.SubElement(case, "system-out").text = visible("\n\n".join(map(_told, lesser)))


def _add(case: Xml.Element, tag: str, message: str, text: str = "", **attributes: str) -> None:
    element = Xml.SubElement(case, tag, {"message": on_one_line(message), **attributes})
    element.text = visible(text) or None


def _told(finding: Finding) -> str:
    lines = [f"{finding.severity} {finding.location or finding.subject}", finding.statement, finding.message]
    lines += [finding.effect, f"instead:\n{finding.remedy}" if finding.remedy else ""]
    return "\n".join(line for line in lines if line)
