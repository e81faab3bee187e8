"""``fingood monitor-performance``."""

from __future__ import annotations

import re
import sys
from typing import Any

import click

from fingood.cli.options import output_options, project_options, settings_from
from fingood.cli.output import Output

_UNITS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


@click.command("monitor-performance")
@click.option("--duration", default="60s", show_default=True, metavar="TIME", help="How long: 30s, 10m, 1h.")
@project_options
@output_options
def command(duration: str, **options: Any) -> int:
    """Sample the database once a second: sessions, lock waits, commits, rows. Reads only.

    A terminal shows who waits for whom. Samples are kept in .fingood/performance; sampling gets slower where it would
    take more than 1 % of the time. Of a SQLite file: commits, sizes, locks, and the time of a small read; no writer
    waits for it.
    """
    seconds = _seconds(duration)
    from fingood.commands.monitor_performance import monitor_performance

    output = Output(options)
    settings = settings_from(options)
    if sys.stderr.isatty() and not output.quiet:
        from fingood.cli.live_view import watch_live

        with watch_live(seconds) as show:
            return output.report(monitor_performance(settings, seconds, show))
    with output.progress("sampling", total=max(1, round(seconds))) as progress:
        report = monitor_performance(settings, seconds, lambda sample, _: progress.step(sample.headline))
    return output.report(report)


def _seconds(text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", text.strip().lower())
    if match is None or match[2] not in _UNITS or float(match[1]) <= 0:
        raise click.UsageError(f"--duration '{text}' is no length of time; write 30s, 10m or 1h")
    return float(match[1]) * _UNITS[match[2]]
