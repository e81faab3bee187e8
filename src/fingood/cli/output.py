"""Where output goes: the payload to stdout or a file, progress and remarks to stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fingood.cli.options import project_root
from fingood.errors import ConfigError
from fingood.render import FORMATS

if TYPE_CHECKING:
    from fingood.model.report import Report


class Output:
    """One command's output. Made from the options of :func:`fingood.cli.options.output_options`."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.format: str = options.get("format_") or "text"
        self.path, self.copies = _destinations(options.get("output") or ())
        self.quiet: bool = bool(options.get("quiet"))
        self.verbose: int = int(options.get("verbose") or 0)

    def report(self, report: Report) -> int:
        """Shows the report in the wanted form, writes its copies and returns its exit code."""
        colour = self.path is None and self.format == "text" and sys.stdout.isatty()
        text = self._render(report, self.format, colour=colour)
        self.copy(report)
        self.payload(text)
        return report.exit_code

    def copy(self, report: Report) -> None:
        """Writes the report to the files that were asked for besides the answer."""
        for format_, path in self.copies:
            self._write(path, self._render(report, format_))

    def payload(self, text: str) -> None:
        """Writes the answer itself."""
        if self.path is None:
            text = _encodable(text)
            click.echo(text, nl=not text.endswith("\n"), color=True if "\x1b" in text else None)
        else:
            self._write(self.path, text)

    def _render(self, report: Report, format_: str, *, colour: bool = False) -> str:
        from fingood.render import render

        root = project_root()
        folder = folder_in_repository(root) if root else ""
        return render(report, format_, verbose=self.verbose, colour=colour, folder=folder)

    def _write(self, path: Path, text: str) -> None:
        try:
            path.write_text(_encodable(text if text.endswith("\n") else text + "\n"), encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"--output: cannot write {path}: {error.strerror}", hint="name another file") from None
        self.remark(f"written to {path}")

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


def _destinations(words: Sequence[str]) -> tuple[Path | None, tuple[tuple[str, Path], ...]]:
    """Where the answer goes (None: stdout), and the further files, each with its format.

    Raises ConfigError for two files that want the answer and for a folder that is not there.
    """
    answers: list[Path] = []
    copies: list[tuple[str, Path]] = []
    for word in words:
        format_, equals, name = word.partition("=")
        if equals and name and format_ in FORMATS:
            copies.append((format_, Path(name)))
        else:
            answers.append(Path(word))
    if len(answers) > 1:
        raise ConfigError(
            f"--output: both {answers[0]} and {answers[1]} want the answer",
            hint=f"one FILE, and FORMAT=FILE for each other form ({', '.join(FORMATS)})",
        )
    for path in (*answers, *(path for _, path in copies)):
        if not path.absolute().parent.is_dir():
            raise ConfigError(f"--output: no folder {path.absolute().parent}", hint="create it or name another file")
    return (answers[0] if answers else None), tuple(copies)


def folder_in_repository(root: Path) -> str:
    """Where ``root`` lies in the working copy that holds it, with slashes; '' at its top and outside of any."""
    root = root.resolve()
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    folder = root.relative_to(top).as_posix()
    return "" if folder == "." else folder


def _encodable(text: str) -> str:
    """The text with halves of surrogate pairs (from undecodable file names) spelt out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class Progress:
    """Counts steps and shows nothing."""

    def step(self, label: str = "", *, done: int | None = None, total: int | None = None) -> None:
        """One step further; ``done``/``total`` set the count instead."""


def by_phase(progress: Progress, total: int) -> Callable[[str], None]:
    """For work that tells what it is at, and how far: each new phase is a step. A phase's name ends before ``:`` and
    before `` · ``."""
    seen: list[str] = []

    def watch(label: str) -> None:
        phase = label.partition(":")[0].partition(" · ")[0]
        if phase not in seen:
            seen.append(phase)
        progress.step(label, done=len(seen), total=max(total, len(seen)))

    return watch


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
            left = f", {rate:.1f} a second" if rate >= 1 else f", one in {1 / rate:.1f} s" if rate else ""
            left += f", about {max(self.total - self.done, 0) / rate:.0f} s left" if self.total and rate else ""
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
