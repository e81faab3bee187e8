"""``fingood emergency-rollback``."""

from __future__ import annotations

import sys
from typing import Any

import click

from fingood.cli.options import output_options, project_options, settings_from
from fingood.cli.output import Output, by_phase
from fingood.errors import ConfigError


@click.command("emergency-rollback")
@click.option(
    "--restore-backup", is_flag=True, help="Restore BACKUP (the beginning of its id), or the newest of the database."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--drain",
    type=click.FloatRange(0, 3600),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long sessions at work may go on before they are ended.",
)
@click.option("--jobs", type=click.IntRange(1, 32), default=2, show_default=True, help="Connections of pg_restore.")
@click.argument("backup", required=False)
@project_options
@output_options
def command(*, restore_backup: bool, yes: bool, drain: float, jobs: int, backup: str | None, **options: Any) -> int:
    """Show the ways back: a downgrade, or a backup; with --restore-backup go back.

    The backup is restored beside the database, compared with what it should hold, and put in its place by a rename; the
    replaced database is kept under a dated name. What would be lost is shown first.
    """
    if backup and not restore_backup:
        raise click.UsageError("a BACKUP goes with --restore-backup")
    output, settings = Output(options), settings_from(options)
    if not restore_backup:
        from fingood.commands.emergency_rollback import list_ways_back

        return output.report(list_ways_back(settings))
    from fingood.backup.going_back import Pace
    from fingood.commands import restore_backup as way

    settled = way.settle_earlier(settings)
    for line in settled:
        output.remark(line)
    with output.progress("look") as progress:
        prospect = way.look_ahead(settings, backup or "", watch=by_phase(progress, 5))
    for line in prospect.lines:
        click.echo(line, err=True)
    if not yes:
        _ask(settings.target)
    with output.progress("restore") as progress:
        pace = Pace(drain=drain, jobs=jobs, watch=by_phase(progress, 5))
        report = way.restore_backup(settings, prospect, pace, settled)
    return output.report(report)


def _ask(target: str) -> None:
    """Raises ConfigError where nobody is there to answer, Abort for no."""
    if not sys.stdin.isatty():
        raise ConfigError("nobody is there to ask; nothing was changed", hint="--yes restores without asking")
    click.confirm(f"Replace {target} by it?", abort=True, err=True)
