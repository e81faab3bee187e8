"""A Report as Markdown for a comment on a pull request: the answer and the findings at a glance, the rest folded."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from fingood.model.finding import Finding
from fingood.model.report import Outcome, Report, Section, Table
from fingood.render.characters import on_one_line, visible
from fingood.render.tree import blind, counted, seen

# GitHub refuses a comment of more than 65,536 characters.
_LIMIT = 60_000
_ROWS = 40
_CELL = 300
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-!|~>])")


def render_markdown(report: Report) -> str:
    """The comment, opening with a mark by which the next one can replace it."""
    lines = [f"<!-- fingood {_in_comment(report.command)} -->", *_head(report), *_findings(report)]
    room = _LIMIT - sum(len(line) + 1 for line in lines)
    left_out = 0
    for block in _folded(report):
        room -= len(block) + 1
        if room > 0:
            lines.append(block)
        else:
            left_out += 1
    if left_out:
        lines += [f"{left_out} more parts do not fit here; `--format html` shows them.", ""]
    return "\n".join((*lines, _foot(report))) + "\n"


def _head(report: Report) -> list[str]:
    facts = " · ".join(_code(fact) for fact in (report.subject, report.target) if fact)
    title = f"### fingood {report.command}: {_plain(report.headline)}".rstrip(": ")
    return [title, "", *((facts, "") if facts else ())]


def _findings(report: Report) -> list[str]:
    found = seen(report)
    if not found:
        return []
    rows = [_row(item.finding, blocks=item.finding.severity >= report.fail_on) for item in found[:_ROWS]]
    more = [f"and {len(found) - _ROWS} more, none of them worse", ""] if len(found) > _ROWS else []
    return ["| | check | where | what |", "|---|---|---|---|", *rows, "", *more]


def _row(finding: Finding, *, blocks: bool) -> str:
    bold = "**" if blocks else ""
    place = str(finding.location or finding.subject)
    what = _plain(f"{finding.message} {finding.effect}", limit=_CELL)
    return f"| {bold}{finding.severity}{bold} | {_cell(finding.check)} | {_cell(place)} | {what} |"


def _folded(report: Report) -> Iterator[str]:
    for item in seen(report):
        if item.finding.remedy:
            yield _fold(f"{item.finding.check}: what to write instead", _instead(item.finding))
    for each in counted(report):
        for section in each.sections:
            name = f"{each.subject}: {section.title}" if each is not report else section.title
            yield _fold(name, _section(section))
    for outcome in (Outcome.ERRORED, Outcome.SKIPPED):
        if unseen := blind(report, outcome):
            rows = dict.fromkeys(f"- {_code(run.check)} {_plain(run.reason)}" for _, run in unseen)
            yield _fold(f"not looked at: {len(unseen)} {outcome}", "\n".join(rows))


def _instead(finding: Finding) -> str:
    statement = [_fence(finding.statement, "sql"), "instead:", ""] if finding.statement else []
    place = [_code(str(finding.location)), ""] if finding.location else []
    return "\n".join((*place, *statement, _fence(finding.remedy, "python")))


def _section(section: Section) -> str:
    if not isinstance(section, Table):
        return _fence("\n".join(section.lines))
    head = "| " + " | ".join(_plain(column) or " " for column in section.columns) + " |"
    rows = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in section.rows]
    return "\n".join((head, "|" + "---|" * len(section.columns), *rows))


def _fold(title: str, body: str) -> str:
    summary = html.escape(on_one_line(title)).replace("@", "@<!-- -->")
    return f"<details><summary>{summary}</summary>\n\n{body.rstrip()}\n\n</details>\n"


def _foot(report: Report) -> str:
    counts = [f"{report.count(outcome)} {outcome}" for outcome in Outcome if report.count(outcome)]
    return " · ".join((*counts, f"{report.duration:.1f} s", f"exit code {report.exit_code}"))


def _plain(text: str, *, limit: int = 0) -> str:
    """Running text that Markdown, HTML, mentions and table borders leave alone."""
    line = on_one_line(text)
    if limit and len(line) > limit:
        line = line[: limit - 1] + "…"
    safe = _SPECIAL.sub(r"\\\1", line.replace("&", "&amp;").replace("<", "&lt;"))
    return safe.replace("@", "@<!-- -->").replace("://", ":<!-- -->//")


def _code(text: str) -> str:
    """An inline code span. Its fence is longer than any run of backticks inside."""
    line = on_one_line(text)
    if not line:
        return ""
    fence = "`" * (_longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def _cell(text: str) -> str:
    """A code span inside a table, where a bar must be escaped even in code (GFM 4.10)."""
    return _code(text).replace("|", "\\|")


def _fence(text: str, language: str = "") -> str:
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{language}\n{visible(text).rstrip()}\n{fence}\n"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _in_comment(text: str) -> str:
    """Words inside an HTML comment: a double hyphen or an angle bracket would end it."""
    return re.sub(r"[^\w ]+", "-", text)
