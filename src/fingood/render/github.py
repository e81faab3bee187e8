"""A Report as GitHub's workflow commands: annotations on the files of a pull request.

Each line is one command, so that nothing in a name or a statement can be taken for another. GitHub shows ten errors,
ten warnings and ten notices of a step; the worst therefore come first, and what was not looked at is one line.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.report import Outcome, Report
from fingood.model.severity import Severity
from fingood.render.characters import visible
from fingood.render.tree import Seen, blind, seen

_COMMANDS = {
    Severity.INFO: "notice",
    Severity.WARNING: "warning",
    Severity.ERROR: "error",
    Severity.CRITICAL: "error",
}


def render_github(report: Report) -> str:
    """One command a finding, then what could not be looked at, then the answer."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield from (_annotation(item) for item in seen(report))
    for outcome, command in ((Outcome.ERRORED, "error"), (Outcome.SKIPPED, "notice")):
        if unseen := [f"{run.check}: {run.reason}" for _, run in blind(report, outcome)]:
            yield _command(command, "\n".join(dict.fromkeys(unseen)), title=f"fingood: {outcome} checks")
    yield _command("notice", report.headline or report.subject, title=f"fingood {report.command}: {report.subject}")


def _annotation(item: Seen) -> str:
    finding, place = item.finding, item.finding.location
    parts = [finding.message, finding.effect, f"Instead:\n{finding.remedy}" if finding.remedy else ""]
    where = {"file": place.path, "line": str(place.line or 1)} if place else {}
    title = f"{finding.check} ({finding.severity})"
    return _command(_COMMANDS[finding.severity], "\n".join(part for part in parts if part), **where, title=title)


def _command(name: str, message: str, **properties: str) -> str:
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {given}::{_data(message)}"


def _data(text: str) -> str:
    """As the runner undoes it: percent first, then the line ends."""
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
