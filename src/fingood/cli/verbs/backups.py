"""``fingood backups``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import output_options, project_options, settings_from
from fingood.cli.output import Output, by_phase


@click.group("backups")
def command() -> None:
    """List, verify and prune the backup points.

    They lie in the project's backup_dir, by default .fingood/backups.
    """


@command.command("list")
@project_options
@output_options
def list_(**options: Any) -> int:
    """List them with age, size, revision and state."""
    from fingood.commands.backups import list_backups

    return Output(options).report(list_backups(settings_from(options)))


@command.command("show")
@click.argument("backup", default="")
@project_options
@output_options
def show(backup: str, **options: Any) -> int:
    """Show one with its tables and files: BACKUP (the beginning of its id), or the newest."""
    from fingood.commands.backups import show_backup

    return Output(options).report(show_backup(settings_from(options), backup))


@command.command("verify")
@click.argument("backup", default="")
@click.option("--prove", is_flag=True, help="Restore BACKUP, or the newest, on a private server and compare.")
@project_options
@output_options
def verify(backup: str, *, prove: bool, **options: Any) -> int:
    """Read the files again and compare their checksums: of BACKUP, or of all."""
    from fingood.commands.backups import verify_backups

    output, settings = Output(options), settings_from(options)
    with output.progress("verify") as progress:
        report = verify_backups(settings, backup, prove=prove, watch=by_phase(progress, 5))
    return output.report(report)


@command.command("prune")
@click.option("--keep", type=click.IntRange(min=0), metavar="N", help="Keep the newest N of each database.")
@click.option("--older-than", type=click.FloatRange(min=0), metavar="DAYS", help="Only what is older.")
@click.option("--yes", is_flag=True, help="Remove them; without it they are only listed.")
@project_options
@output_options
def prune(keep: int | None, older_than: float | None, *, yes: bool, **options: Any) -> int:
    """Remove old backups; never the newest proven one of a database."""
    from fingood.commands.backups import prune_backups

    settings = settings_from(options)
    return Output(options).report(prune_backups(settings, keep=keep, older_than=older_than, doit=yes))
