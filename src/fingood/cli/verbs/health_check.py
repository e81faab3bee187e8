"""``fingood health-check``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import output_options, project_options, settings_from
from fingood.cli.output import Output


@click.command("health-check")
@click.option("--comprehensive", is_flag=True, help="All checks, not the quick ones only.")
@project_options
@output_options
def command(comprehensive: bool, **options: Any) -> int:
    """Look at the health of the database: sessions, locks, settings, rights, vacuum, indexes, replication. Reads only.

    docs/health-checks.md lists every check; health.thresholds in the settings changes what it is held to. A check that
    may not or cannot look is skipped with its reason and never counts as passed; one whose look failed is errored, and
    makes the exit code 3 where nothing worse was found.
    """
    from fingood.commands.health_check import health_check

    output = Output(options)
    return output.report(health_check(settings_from(options), comprehensive=comprehensive))
