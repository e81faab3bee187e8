"""``fingood test-rollback``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import output_options, project_options, settings_from
from fingood.cli.output import Output


@click.command("test-rollback")
@click.argument("revisions", nargs=-1, required=True, metavar="REVISION...")
@project_options
@output_options
def command(revisions: tuple[str, ...], **options: Any) -> int:
    """Prove in a copy that a migration can be undone, with schema and data as before.

    REVISION is what Alembic takes (an id, head, head-1, a range A:B) or a file's name. Each revision runs up, down and
    up on a copy of the state below it; empty tables are filled with generated rows first. The configured database is
    only read.
    """
    from fingood.commands.test_rollback import test_rollback

    output = Output(options)
    settings = settings_from(options)
    with output.progress("test-rollback") as progress:
        report = test_rollback(settings, revisions, watch=progress.step)
    return output.report(report)
