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
    """Show every setting in force, with secrets masked."""
    from fingood.commands.config import show_config

    return Output(options).report(show_config(settings_from(options), explain=explain))
