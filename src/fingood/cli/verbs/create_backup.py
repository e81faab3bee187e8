"""``fingood create-backup``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import output_options, project_options, settings_from
from fingood.cli.output import Output


@click.command("create-backup")
@click.option(
    "--type",
    "kind",
    type=click.Choice(["deployment", "full", "schema"]),
    default="deployment",
    show_default=True,
    help="deployment and full hold schema and data, schema no rows.",
)
@project_options
@output_options
def command(kind: str, **options: Any) -> int:
    """Take a backup point of the database: a dump with a checksum of every file."""
    from fingood.backup import BackupKind
    from fingood.commands.create_backup import create_backup

    output = Output(options)
    settings = settings_from(options)
    with output.progress("backup"):
        report = create_backup(settings, BackupKind(kind))
    return output.report(report)
