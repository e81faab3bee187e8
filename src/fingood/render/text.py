"""A Report for a terminal or a log: the fact first, then what to do."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable

from fingood.model.finding import Finding
from fingood.model.report import CheckRun, Outcome, Report, Table, Text, tally
from fingood.model.severity import Severity
from fingood.render.lines import Console, Line
from fingood.render.lock_bars import lock_bars

_STYLES = {
    Severity.CRITICAL: "bold red",
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.INFO: "cyan",
}
_WIDTH = 110
# More checks than this that could not look for one reason are counted; -v names them.
_NAMED = 12


def render_text(report: Report, *, verbose: int = 0, colour: bool = False) -> str:
    """The report as lines of text. ``verbose`` adds passed checks and evidence; ``colour`` adds ANSI colours."""
    console = Console(colour=colour)
    _report(console, report, verbose)
    return console.written


def _report(console: Console, report: Report, verbose: int) -> None:
    _head(console, report)
    for finding in _worst_first(report.runs):
        _finding(console, finding, verbose)
    for section in report.sections:
        if verbose or not section.detail:
            _section(console, section)
    for child in report.children:
        console.print()
        _report(console, child, verbose)
    _not_looked_at(console, report, verbose)
    if verbose:
        _known(console, report)
        _passed(console, report)
    for line in report.recommendations:
        console.print(Line(f"  → {line}"))
    _foot(console, report)


def _worst_first(runs: Iterable[CheckRun]) -> list[Finding]:
    findings = [finding for run in runs for finding in run.findings]
    return sorted(findings, key=lambda finding: (-finding.severity.rank, _line(finding)))


def _line(finding: Finding) -> int:
    return (finding.location.line or 0) if finding.location else 0


def _head(console: Console, report: Report) -> None:
    left, right = report.subject or report.command, report.target
    gap = max(2, _WIDTH - len(left) - len(right))
    console.print(Line(f"{left}{' ' * gap if right else ''}{right}", style="bold"))
    if report.headline:
        console.print()
        style = _STYLES[report.findings[0].severity] if report.blocking else "green" if not report.exit_code else ""
        console.print(Line(f"  {report.headline}", style=style))
    if report.runs:
        console.print()


def _finding(console: Console, finding: Finding, verbose: int) -> None:
    place = str(finding.location) if finding.location else finding.subject
    head = Line("  ")
    head.append(f"{finding.severity.value:<8} ", style=_STYLES[finding.severity])
    head.append(f"{finding.check:<26} {place}")
    console.print(head)
    if finding.statement:
        console.print(Line(_indent(textwrap.shorten(" ".join(finding.statement.split()), 300), 11), style="dim"))
    for text in (finding.message, finding.effect):
        if text:
            console.print(Line(_indent(text, 11)))
    if finding.remedy:
        console.print(Line(_indent("instead:", 11)))
        console.print(Line(textwrap.indent(finding.remedy.rstrip(), " " * 13)))
    if verbose:
        known = [f"known by: {finding.confidence.value}", *(f"{k}: {v}" for k, v in finding.evidence.items())]
        console.print(Line(textwrap.indent("\n".join(known), " " * 11), style="dim"))


def _indent(text: str, columns: int) -> str:
    lines = [piece for line in text.splitlines() for piece in (textwrap.wrap(line, _WIDTH - columns) or [""])]
    return textwrap.indent("\n".join(lines), " " * columns)


def _section(console: Console, section: Table | Text) -> None:
    console.print()
    console.print(Line(f"  {section.title}", style="bold"))
    if isinstance(section, Text):
        for line in section.lines:
            console.print(Line(f"  {line}"))
        return
    widths = [max(len(cell) for cell in column) for column in zip(section.columns, *section.rows, strict=True)]
    for line in lock_bars(section):
        console.print(Line(f"  {line}"))
    for number, row in enumerate((section.columns, *section.rows)):
        cells = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        console.print(Line(f"  {cells.rstrip()}", style="dim" if number == 0 else ""))


def _not_looked_at(console: Console, report: Report, verbose: int) -> None:
    blind = [run for run in report.runs if run.outcome in (Outcome.SKIPPED, Outcome.ERRORED)]
    if not blind:
        return
    console.print()
    reasons: dict[str, list[str]] = {}
    for run in blind:
        reasons.setdefault(f"{run.outcome.value}: {run.reason or 'no reason given'}", []).append(run.check)
    for reason, checks in reasons.items():
        times = Counter(checks)
        few = verbose or len(times) <= _NAMED
        named = (check if number == 1 else f"{check} ({number} times)" for check, number in times.items())
        names = ", ".join(named) if few else f"{len(times)} checks (-v names them)"
        console.print(Line(_indent(f"not looked at: {names} — {reason}", 2), style="yellow"))


def _known(console: Console, report: Report) -> None:
    """What a baseline holds: one line each, for who asks."""
    for run in report.runs:
        for finding in run.known:
            place = str(finding.location) if finding.location else finding.subject
            console.print(Line(f"  known    {finding.check:<26} {place}  {finding.message}", style="dim"))


def _passed(console: Console, report: Report) -> None:
    passed = sorted({run.check for run in report.runs if run.outcome is Outcome.PASSED})
    if passed:
        console.print(Line(_indent(f"passed: {', '.join(passed)}", 2), style="dim"))
    for run in report.runs:
        if run.reason and run.outcome in (Outcome.PASSED, Outcome.FAILED):
            console.print(Line(_indent(f"{run.check}: {run.reason}", 2), style="dim"))


def _foot(console: Console, report: Report) -> None:
    parts = []
    if report.runs:
        counts = tally([finding for run in report.runs for finding in run.findings])
        parts += [
            f"{n} {severity.value}{'s' if n > 1 and severity is not Severity.INFO else ''}"
            for severity, n in counts.items()
        ]
        if known := sum(len(run.known) for run in report.runs):
            parts.append(f"{known} known")
        for outcome in (Outcome.PASSED, Outcome.SKIPPED, Outcome.ERRORED):
            number = sum(run.outcome is outcome for run in report.runs)
            if number or outcome is Outcome.PASSED:
                parts.append(f"{number} checks {outcome.value}")
    parts.append(f"{report.duration:.1f} s")
    console.print()
    console.print(Line(f"  {' · '.join(parts)}", style="dim"))
