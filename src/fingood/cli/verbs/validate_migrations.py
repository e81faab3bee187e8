"""``fingood validate-migrations``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import (
    against_baseline,
    baseline_options,
    output_options,
    project_options,
    settings_from,
)
from fingood.cli.output import Output


@click.command("validate-migrations")
@click.argument("files", nargs=-1, type=click.Path())
@click.option("--select", multiple=True, metavar="ID", help="Only these checks.")
@click.option("--ignore", multiple=True, metavar="ID", help="Not these checks.")
@click.option("--offline", is_flag=True, help="Ask no database.")
@baseline_options
@project_options
@output_options
def command(files: tuple[str, ...], offline: bool, **options: Any) -> int:
    """Check the history itself: heads, ids, parents, downgrades.

    Also whether applied revisions were edited or others slipped in below them, by the audit log, and whether models and
    database have parted. No database is needed: what only it could tell is skipped, with the reason. FILES are taken
    and not looked at one by one, so that pre-commit can hand them over: the history is judged as a whole.
    """
    from fingood.commands.history import validate_migrations

    output = Output(options)
    settings = settings_from(options)
    with output.progress("validate-migrations") as progress:
        report = validate_migrations(
            settings, select=options["select"], ignore=options["ignore"], offline=offline, watch=progress.step
        )
    return output.report(against_baseline(report, options))
