"""``fingood monitor-queries``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import output_options, project_options, settings_from
from fingood.cli.output import Output


@click.command("monitor-queries")
@click.option("--migration", required=True, metavar="MIGRATION_ID", help="The migration whose tables count.")
@project_options
@output_options
def command(migration: str, **options: Any) -> int:
    """Show the statements that touch a migration's tables, running now or counted by the server. Reads only.

    What the server has counted needs pg_stat_statements; without it only what runs at this moment is seen, and said to
    be all. SQLite counts nothing and shows nobody's statements: there the views, triggers and foreign keys that touch
    the tables, each with its plan, and who has the file open.
    """
    from fingood.commands.monitoring import monitor_queries

    output = Output(options)
    return output.report(monitor_queries(settings_from(options), migration))
