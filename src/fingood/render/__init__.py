"""A Report turned into text, one file per format.

In: a Report. Out: a string. Nothing is looked up, measured or judged here, and nothing is printed.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingood.errors import ConfigError

if TYPE_CHECKING:
    from fingood.model.report import Report


@dataclass(frozen=True, slots=True)
class Format:
    """A form of the answer: its name, which is also its module's, who reads it, and whether that reader looks for the
    files from the repository's root and not from the project's."""

    name: str
    reader: str
    from_repository: bool = False


FORMATS = {
    each.name: each
    for each in (
        Format("text", "people, in a terminal or a log"),
        Format("json", "programs; docs/report.schema.json describes it"),
        Format("sarif", "code scanning and editors", from_repository=True),
        Format("github", "the log of a GitHub workflow: annotations", from_repository=True),
        Format("gitlab", "GitLab's code quality report", from_repository=True),
        Format("junit", "the test page of a CI server", from_repository=True),
        Format("markdown", "a comment on a pull request", from_repository=True),
        Format("html", "people, in a browser; one page that needs nothing else"),
        Format("csv", "spreadsheets: events, controls, or findings, one a row"),
    )
}


def render(report: Report, format_: str, *, verbose: int = 0, colour: bool = False, folder: str = "") -> str:
    """The report in the named format.

    ``verbose`` and ``colour`` are for text; ``folder`` is where the project lies in its repository. Raises ConfigError
    for a name that is not in FORMATS.
    """
    known = FORMATS.get(format_)
    if known is None:
        raise ConfigError(f"no format '{format_}'", hint=f"one of: {', '.join(FORMATS)}")
    from fingood.render.masking import without_secrets

    report = without_secrets(report)
    if known.name == "text":
        from fingood.render.text import render_text

        return render_text(report, verbose=verbose, colour=colour)
    if known.from_repository:
        from fingood.render.tree import moved

        report = moved(report, folder)
    module = importlib.import_module(f"fingood.render.{known.name}")
    text: str = getattr(module, f"render_{known.name}")(report)
    return text
