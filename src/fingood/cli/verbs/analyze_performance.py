"""``fingood analyze-performance``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import output_options, project_options, settings_from
from fingood.cli.output import Output
from fingood.errors import NotAvailable


@click.command("analyze-performance")
@click.option("--before-after", is_flag=True, help="Compare the time before a migration with the time after it.")
@project_options
@output_options
def command(before_after: bool, **options: Any) -> int:
    """Show how long past migrations took, from the audit log."""
    from fingood.commands.monitoring import analyze_performance

    output = Output(options)
    code = output.report(analyze_performance(settings_from(options)))
    if before_after:
        raise NotAvailable(
            "comparing before and after is not available: no measurements are kept around a migration yet",
            hint="meanwhile: fingood monitor-performance --duration 10m before the migration and again after it",
        )
    return code
