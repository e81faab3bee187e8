"""Where output goes: the payload to stdout or a file, progress and remarks to stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fingood.errors import ConfigError

if TYPE_CHECKING:
    from fingood.model.report import Report


class Output:
    """One command's output. Made from the options of :func:`fingood.cli.options.output_options`."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.format: str = options.get("format_") or "text"
        self.path: Path | None = options.get("output")
        self.quiet: bool = bool(options.get("quiet"))
        self.verbose: int = int(options.get("verbose") or 0)
        if self.path is not None and not self.path.absolute().parent.is_dir():
            raise ConfigError(
                f"--output: no folder {self.path.absolute().parent}", hint="create it or name another file"
            )

    def report(self, report: Report) -> int:
        """Shows the report in the wanted form and returns its exit code."""
        from fingood.render import render

        colour = self.path is None and self.format == "text" and sys.stdout.isatty()
        self.payload(render(report, self.format, verbose=self.verbose, colour=colour))
        return report.exit_code

    def payload(self, text: str) -> None:
        """Writes the answer itself."""
        if self.path is None:
            click.echo(text, nl=not text.endswith("\n"), color=True if "\x1b" in text else None)
        else:
            self.path.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8")
            self.remark(f"written to {self.path}")

    def remark(self, text: str) -> None:
        """A line for people, on stderr; silent with -q."""
        if not self.quiet:
            click.echo(text, err=True)

    @contextmanager
    def progress(self, what: str, total: int | None = None) -> Iterator[Progress]:
        """Progress of one long step: a bar on a terminal, plain lines at most every two seconds in a pipe."""
        if self.quiet:
            yield Progress()
        elif sys.stderr.isatty():
            with _bar(what, total) as bar:
                yield bar
        else:
            lines = LineProgress(what, total)
            yield lines
            lines.finish()


class Progress:
    """Counts steps and shows nothing."""

    def step(self, label: str = "", *, done: int | None = None, total: int | None = None) -> None:
        """One step further; ``done``/``total`` set the count instead."""


class LineProgress(Progress):
    """Plain lines on stderr for pipes and logs."""

    def __init__(self, what: str, total: int | None) -> None:
        self.what, self.total, self.done = what, total, 0
        self.started = self.shown = time.monotonic()

    def step(self, label: str = "", *, done: int | None = None, total: int | None = None) -> None:
        self.done = self.done + 1 if done is None else done
        self.total = total if total is not None else self.total
        now = time.monotonic()
        if now - self.shown >= 2:
            self.shown = now
            of = f"/{self.total}" if self.total else ""
            rate = self.done / max(now - self.started, 0.001)
            left = f", about {(self.total - self.done) / rate:.0f} s left" if self.total and rate else ""
            click.echo(f"{self.what}: {self.done}{of} {label}{left}".rstrip(), err=True)

    def finish(self) -> None:
        click.echo(f"{self.what}: done in {time.monotonic() - self.started:.1f} s", err=True)


@contextmanager
def _bar(what: str, total: int | None) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[label]}"),
    )
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=total, label="")

        class Bar(Progress):
            def step(self, label: str = "", *, done: int | None = None, total: int | None = None) -> None:
                shown.update(
                    task,
                    label=label,
                    total=total,
                    advance=1 if done is None else None,
                    completed=done,
                )

        yield Bar()
