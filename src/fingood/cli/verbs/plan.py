"""``fingood plan``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import output_options, project_options, settings_from
from fingood.cli.output import Output


@click.command("plan")
@click.argument("revision", metavar="MIGRATION_ID")
@click.option("--static", is_flag=True, help="By Alembic's offline mode: quick, without a database, incomplete.")
@click.option(
    "--direction",
    type=click.Choice(["upgrade", "downgrade"]),
    default="upgrade",
    show_default=True,
    help="Which way the revision runs.",
)
@project_options
@output_options
def command(revision: str, static: bool, direction: str, **options: Any) -> int:
    """Show the statements of a revision, with file and line.

    The revision is run in a sandbox, never on the project's database; each statement is shown with its transaction,
    the rows it touched and the time it took.
    """
    from fingood.commands.plan import show_plan
    from fingood.model.finding import Direction

    output = Output(options)
    settings = settings_from(options)
    with output.progress("plan"):
        report = show_plan(settings, revision, direction=Direction(direction), static=static)
    return output.report(report)
