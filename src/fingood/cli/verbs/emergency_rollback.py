"""``fingood emergency-rollback``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import output_options, project_options, settings_from
from fingood.cli.output import Output
from fingood.errors import NotAvailable


@click.command("emergency-rollback")
@click.option("--restore-backup", is_flag=True, help="Restore BACKUP, or the newest one.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("backup", required=False)
@project_options
@output_options
def command(restore_backup: bool, yes: bool, backup: str | None, **options: Any) -> int:
    """Show the ways back: a downgrade, or a backup. Changes nothing."""
    from fingood.commands.emergency_rollback import find_backup, list_ways_back, restore_by_hand

    if backup and not restore_backup:
        raise click.UsageError("a BACKUP goes with --restore-backup")
    output, settings = Output(options), settings_from(options)
    code = output.report(list_ways_back(settings))
    if not restore_backup:
        return code
    point = find_backup(settings, backup or "")
    raise NotAvailable(
        "restoring a backup is not available in this version; nothing was changed",
        hint=f"meanwhile, into a database of its own: {restore_by_hand(point)}",
    )
