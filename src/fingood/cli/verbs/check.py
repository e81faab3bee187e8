"""``fingood check``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import (
    check_options,
    output_options,
    project_options,
    scope_from,
    scope_options,
    settings_from,
)
from fingood.cli.output import Output


@click.command("check")
@click.argument("revisions", nargs=-1, metavar="REVISION...")
@scope_options
@check_options
@click.option("--static", is_flag=True, help="Only render the SQL; run nothing.")
@click.option("--explain", metavar="ID", help="Print the page of a check and stop.")
@project_options
@output_options
def command(revisions: tuple[str, ...], static: bool, explain: str | None, **options: Any) -> int:
    """Show what a migration locks, breaks and loses.

    REVISION is what Alembic takes (an id, head, head-1, a range A:B) or a file's name. Each revision is run in a
    sandbox, up and down; the configured database is read for its schema and sizes, and never written to.
    """
    output = Output(options)
    if explain:
        from fingood.checks.pages import explain as page_of

        output.payload(page_of(explain))
        return 0
    scope = scope_from(options, revisions)
    if not scope.given:
        raise click.UsageError("which revision? fingood check head, or --pending", click.get_current_context())
    from fingood.commands.check import check_revisions
    from fingood.model.severity import SafetyLevel

    settings = settings_from(options)
    level = SafetyLevel(options["level"]) if options.get("level") else None
    with output.progress("check") as progress:
        report = check_revisions(
            settings,
            scope=scope,
            level=level,
            select=options["select"],
            ignore=options["ignore"],
            static=static,
            watch=progress.step,
        )
    return output.report(report)
