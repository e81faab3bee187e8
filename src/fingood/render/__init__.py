"""A Report turned into text, one file per format.

In: a Report. Out: a string. Nothing is looked up, measured or judged here, and nothing is printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingood.errors import ConfigError

if TYPE_CHECKING:
    from fingood.model.report import Report


def render(report: Report, format_: str, *, verbose: int = 0, colour: bool = False) -> str:
    """The report in the named format: text, json or html."""
    if format_ == "text":
        from fingood.render.text import render_text

        return render_text(report, verbose=verbose, colour=colour)
    if format_ == "json":
        from fingood.render.json import render_json

        return render_json(report)
    if format_ == "html":
        from fingood.render.html import render_html

        return render_html(report)
    raise ConfigError(f"no format '{format_}'", hint="one of: text, json, html")
