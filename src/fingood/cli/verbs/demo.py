"""``fingood demo``."""

from __future__ import annotations

import signal
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fingood.cli.options import output_options
from fingood.cli.output import Output

if TYPE_CHECKING:
    from fingood.model.finding import Finding
    from fingood.model.report import Report


@click.command("demo")
@click.argument("folder", type=click.Path(path_type=Path), default="fingood-demo")
@click.option("--postings", type=click.IntRange(min=2), default=200_000, show_default=True, help="How much data.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, other data.")
@click.option("--keep-server", is_flag=True, help="Leave the database up until Ctrl-C, and say where it is.")
@output_options
def command(folder: Path, postings: int, seed: int, keep_server: bool, **options: Any) -> int:
    """Run the whole way through on a reference ledger, in FOLDER.

    Lays a project, builds a bank's ledger in a private PostgreSQL and fills it; then checks the pending migrations,
    proves their rollback, takes a backup point, applies them under guard, validates the data, and stops a bad one.
    """
    from fingood.commands.demo import run_demo
    from fingood.render.html import render_html

    output = Output(options)
    output.remark(f"fingood demo: a bank's ledger in {folder}\n")
    report = run_demo(
        folder,
        postings=postings,
        seed=seed,
        teller=_teller(output),
        page=render_html,
        hold=(lambda url: _hold(output, url)) if keep_server else None,
    )
    if output.format != "text":
        return output.report(report)
    output.copy(report)
    output.payload(_ending(report))
    return report.exit_code


def _teller(output: Output) -> Any:
    """Prints each step on stderr: on a terminal as it goes on, in a pipe when it is over."""
    from fingood.commands.demo import Teller

    class Silent(Teller):
        pass

    class Lines(Teller):
        def end(self, what: str, fact: str, seconds: float, *, as_told: bool) -> None:
            mark = "" if as_told else "  OTHERWISE THAN TOLD"
            output.remark(f"  {what:<14} {textwrap.shorten(fact, 84, placeholder='…'):<84} {seconds:>5.1f} s{mark}")

    class Live(Lines):
        def begin(self, what: str) -> None:
            self.what, self.shown = what, 0.0
            _overwrite(f"  {what:<14} …")

        def advance(self, done: int, total: int) -> None:
            self.remark(f"{done:,} of {total:,}")

        def remark(self, label: str) -> None:
            if time.monotonic() - self.shown > 0.1:
                self.shown = time.monotonic()
                _overwrite(f"  {self.what:<14} {label[:90]}")

        def end(self, what: str, fact: str, seconds: float, *, as_told: bool) -> None:
            _overwrite("")
            super().end(what, fact, seconds, as_told=as_told)

    if output.quiet:
        return Silent()
    return Live() if sys.stderr.isatty() else Lines()


def _overwrite(text: str) -> None:
    """Replaces the terminal's current line (ECMA-48: carriage return, erase to its end)."""
    click.echo(f"\r\x1b[K{text}", nl=False, err=True)


def _hold(output: Output, url: str) -> None:
    """Waits for Ctrl-C or SIGTERM, which here are the wanted end."""
    output.remark(f"\n  the database is up until Ctrl-C:\n  export DATABASE_URL='{url}'")
    try:
        signal.pause()
    except KeyboardInterrupt:
        output.remark("")


def _ending(report: Report) -> str:
    """The last screen: what came of it, what was stopped and what to write instead, and what to type next."""
    lines = ["", f"  {report.headline} · {report.duration:.1f} s", f"  {report.data['report']}"]
    for child in report.children:
        if not child.counted:
            lines += ["", f"  {child.subject}: {child.headline}"]
            # One of each kind says it; the page holds them all.
            kinds: dict[str, Finding] = {}
            for finding in child.blocking:
                kinds.setdefault(finding.check, finding)
            for finding in kinds.values():
                lines += ["", *_told(finding)]
    return "\n".join([*lines, "", "  next", *(f"    {line}" for line in report.recommendations)])


def _told(finding: Finding) -> list[str]:
    remedy = finding.remedy.rstrip().splitlines()
    more = [f"  … {len(remedy) - 8} lines more on the page"] if len(remedy) > 8 else []
    place = str(finding.location or finding.subject) or textwrap.shorten(finding.statement, 75, placeholder=" …")
    return [
        f"  {finding.severity.value:<8} {finding.check:<24} {place}",
        *textwrap.wrap(finding.message, 110, initial_indent=" " * 11, subsequent_indent=" " * 11),
        *([" " * 11 + "instead:"] if remedy else []),
        *(" " * 13 + line for line in remedy[:8] + more),
    ]
