"""``fingood config``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import check_options, output_options, project_options, settings_from
from fingood.cli.output import Output


@click.command("config")
@click.option("--explain", is_flag=True, help="Also say where each value came from.")
@project_options
@check_options
@output_options
def command(explain: bool, **options: Any) -> int:
    """Show the settings and where each comes from.

    Passwords are masked. --explain adds the file and line, variable or option of each value.
    """
    from fingood.commands.config import show_config

    return Output(options).report(show_config(settings_from(options), explain=explain))
