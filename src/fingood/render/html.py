"""A Report as one HTML page that needs nothing but itself: no script, font or style from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from fingood import __version__
from fingood.model.finding import Finding
from fingood.model.report import CheckRun, Outcome, Report, Section, Table
from fingood.model.severity import Severity
from fingood.render.columns import column_chart
from fingood.render.svg import curves, lock_timeline, outcome_bar, ratio_bars

if TYPE_CHECKING:
    from jinja2 import Template


def render_html(report: Report) -> str:
    """The report and all its children as one self-contained page."""
    return _template().render(report=report, version=__version__) + "\n"


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("fingood.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.filters.update(
        seconds=seconds,
        moment=_moment,
        verdict=verdict,
        by_severity=_by_severity,
        tally=_tally,
        unseen=_unseen,
        passed=_passed,
        is_table=_is_table,
        timeline=_timeline,
        bar=_bar,
    )
    environment.globals["Outcome"] = Outcome
    return environment.get_template("report.html.j2")


def seconds(value: float) -> str:
    """A duration for people: ``0.04 s``, ``12.3 s``, ``2 min 5 s``."""
    if value < 60:
        return f"{value:.2f} s" if value < 0.1 else f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s"


def verdict(report: Report) -> str:
    """The answer in one word, which is also its CSS class."""
    if report.blocking:
        return "blocked"
    if report.count(Outcome.ERRORED):
        return "incomplete"
    return "remarks" if report.findings else "clean"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _by_severity(report: Report) -> Iterator[tuple[Severity, list[Finding]]]:
    """The report's own findings, the worst severity first."""
    own = [finding for run in report.runs for finding in run.findings]
    for severity in reversed(Severity):
        if found := [finding for finding in own if finding.severity is severity]:
            yield severity, found


def _tally(report: Report) -> list[tuple[str, int, str]]:
    """The tiles: what is counted, how often, and the kind that colours it."""
    severities = [
        (severity.value, sum(finding.severity is severity for finding in report.findings), severity.value)
        for severity in reversed(Severity)
    ]
    outcomes = [(outcome.value, report.count(outcome), outcome.value) for outcome in Outcome]
    return severities + outcomes


def _unseen(report: Report) -> list[CheckRun]:
    return [run for run in report.runs if run.outcome in (Outcome.SKIPPED, Outcome.ERRORED)]


def _passed(report: Report) -> list[CheckRun]:
    return [run for run in report.runs if run.outcome is Outcome.PASSED]


def _is_table(section: Section) -> bool:
    return isinstance(section, Table)


def _timeline(section: Section) -> Markup:
    """What can be drawn of a table: locks over time, changes, samples, distributions."""
    if not isinstance(section, Table):
        return Markup("")
    return lock_timeline(section) or ratio_bars(section) or curves(section) or column_chart(section)


def _bar(report: Report) -> Markup:
    return outcome_bar({outcome.value: report.count(outcome) for outcome in Outcome})
