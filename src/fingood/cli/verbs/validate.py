"""``fingood validate``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import against_baseline, baseline_options, output_options, project_options, settings_from
from fingood.cli.output import Output

_MODES = ("full", "quick", "incremental", "pre_migration", "post_migration")


@click.command("validate")
@click.option("--mode", type=click.Choice(_MODES), default="full", help="How much is looked at.")
@click.option("--suggest", is_flag=True, help="Print what was recognised as settings to paste, and look no further.")
@baseline_options
@project_options
@output_options
def command(mode: str, *, suggest: bool, **options: Any) -> int:
    """Check that the money adds up and the data is sound.

    Balanced transactions, currencies, digits, orphans, sequences. Reads only. What was taken for a ledger table, and
    how sure that is, stands in the answer; what is not recognised is named in the settings ([[tool.fingood.ledger]]).
    """
    from fingood.commands.suggest_mapping import suggest_mapping
    from fingood.commands.validate import validate_data

    settings = settings_from(options)
    if suggest:
        click.echo(suggest_mapping(settings), nl=False)
        return 0
    output = Output(options)
    with output.progress("validate") as progress:
        report = validate_data(settings, mode, watch=progress.step)
    return output.report(against_baseline(report, options))
