"""``fingood create-backup``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import output_options, project_options, settings_from
from fingood.cli.output import Output, by_phase


@click.command("create-backup")
@click.option(
    "--type",
    "kind",
    type=click.Choice(["deployment", "full", "schema"]),
    default="deployment",
    show_default=True,
    help="deployment and full hold schema and data, schema no rows.",
)
@click.option(
    "--prove/--no-prove",
    default=None,
    help="Restore it on a private server and compare (a deployment's is, if not said otherwise).",
)
@click.option(
    "--jobs", type=click.IntRange(1, 32), default=2, show_default=True, help="Connections of pg_dump and pg_restore."
)
@project_options
@output_options
def command(kind: str, *, prove: bool | None, jobs: int, **options: Any) -> int:
    """Take a backup point of the database: a dump with a checksum of every file, proven by a restore.

    Exit 3 where it was taken and could not be proven, 1 where the restored copy differs from the source.
    """
    from fingood.backup import BackupKind
    from fingood.commands.create_backup import create_backup

    output = Output(options)
    settings = settings_from(options)
    with output.progress("backup") as progress:
        report = create_backup(settings, BackupKind(kind), prove=prove, jobs=jobs, watch=by_phase(progress, 7))
    return output.report(report)
