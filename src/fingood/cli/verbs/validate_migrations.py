"""``fingood validate-migrations``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import output_options, project_options, settings_from
from fingood.cli.output import Output


@click.command("validate-migrations")
@click.argument("files", nargs=-1, type=click.Path())
@project_options
@output_options
def command(files: tuple[str, ...], **options: Any) -> int:
    """Check the history itself: heads, ids, parents, downgrades.

    No database is needed. FILES are taken and not looked at one by one, so that pre-commit can hand them over: the
    history is judged as a whole.
    """
    from fingood.commands.history import validate_migrations

    return Output(options).report(validate_migrations(settings_from(options)))
