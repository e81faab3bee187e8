"""``fingood check``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import (
    against_baseline,
    baseline_options,
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
@click.option("--sql", multiple=True, type=click.Path(), metavar="FILE|DIR", help="Plain SQL files instead.")
@click.option("--dialect", type=click.Choice(["postgresql", "sqlite"]), help="Of --sql files without a database.")
@click.option("--explain", metavar="ID", help="Print the page of a check and stop.")
@baseline_options
@project_options
@output_options
def command(revisions: tuple[str, ...], static: bool, explain: str | None, **options: Any) -> int:
    """Show what a migration locks, breaks and loses.

    REVISION is what Alembic takes (an id, head, head-1, a range A:B) or a file's name. Each revision is run in a
    sandbox, up and down; the configured database is read for its schema and sizes, and never written to.
    With --sql plain SQL files are judged, each on its own; no Alembic project is needed.
    """
    output = Output(options)
    if explain:
        from fingood.checks.pages import explain as page_of

        output.payload(page_of(explain))
        return 0
    if options["sql"]:
        return _check_sql(output, revisions, static=static, options=options)
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
    return output.report(against_baseline(report, options))


def _check_sql(output: Output, revisions: tuple[str, ...], *, static: bool, options: dict[str, Any]) -> int:
    if scope_from(options, revisions).given:
        raise click.UsageError("--sql takes files; revisions are checked without it", click.get_current_context())
    from pathlib import Path

    from fingood.commands.check_sql import check_sql
    from fingood.model.severity import SafetyLevel

    settings = settings_from(options, need_project=False)
    with output.progress("check") as progress:
        report = check_sql(
            settings,
            [Path(path) for path in options["sql"]],
            dialect=options.get("dialect") or "",
            level=SafetyLevel(options["level"]) if options.get("level") else None,
            select=options["select"],
            ignore=options["ignore"],
            static=static,
            watch=progress.step,
        )
    return output.report(against_baseline(report, options))
