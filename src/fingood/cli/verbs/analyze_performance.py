"""``fingood analyze-performance``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import output_options, project_options, settings_from
from fingood.cli.output import Output


@click.command("analyze-performance")
@click.option("--before-after", is_flag=True, help="Compare the time before an upgrade with the time since.")
@click.option("--migration", metavar="MIGRATION_ID", help="With --before-after: its upgrade, not the newest one.")
@project_options
@output_options
def command(before_after: bool, migration: str | None, **options: Any) -> int:
    """Show how long past migrations took, from the audit log; or what an upgrade made slower. Reads only.

    --before-after needs an upgrade that passed the guard: it takes a snapshot of the database's statistics before and
    after, kept in .fingood/performance. Statements are compared where pg_stat_statements is installed. SQLite keeps no
    statistics: there rows, pages, indexes, triggers, the plans of views, and the time of counting each table.
    """
    output = Output(options)
    settings = settings_from(options)
    if migration and not before_after:
        raise click.UsageError("--migration says which upgrade --before-after compares; give both")
    if before_after:
        from fingood.commands.analyze_performance import compare_before_after

        return output.report(compare_before_after(settings, migration or ""))
    from fingood.commands.monitoring import analyze_performance

    return output.report(analyze_performance(settings))
