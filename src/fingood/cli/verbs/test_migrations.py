"""``fingood test-migrations``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import history_options, output_options, pace_from, project_options, scope_from, settings_from
from fingood.cli.output import Output


@click.command("test-migrations")
@click.option("--test-migration", metavar="ID", help="Check one migration and prove that it can be undone.")
@click.option("--test-rollback", metavar="ID", help="Prove that one migration can be undone.")
@click.option("--validate-data", is_flag=True, help="Check that the money in the database adds up.")
@click.option("--test-all", is_flag=True, help="Check every migration, prove that each can be undone, check the data.")
@click.option("--since", metavar="REV", help="With --test-all: what comes after REV.")
@history_options
@project_options
@output_options
def command(
    test_migration: str | None, test_rollback: str | None, validate_data: bool, test_all: bool, **options: Any
) -> int:
    """Run migration, rollback and data tests in a copy. Several options run one after the other, as one report."""
    from fingood.commands.test_migrations import Wanted, run_tests

    if not (test_migration or test_rollback or validate_data or test_all):
        raise click.UsageError(
            "what shall be tested? --test-migration ID, --test-rollback ID, --validate-data or --test-all",
            click.get_current_context(),
        )
    output = Output(options)
    wanted = Wanted(
        migration=test_migration or "", rollback=test_rollback or "", data=validate_data, everything=test_all
    )
    settings = settings_from(options)
    scope = scope_from(options)
    if scope.given and not test_all:
        raise click.UsageError(f"{scope.given[0]} needs --test-all", click.get_current_context())
    with output.progress("test-migrations") as progress:
        report = run_tests(
            settings,
            wanted,
            scope=scope,
            pace=pace_from(options),
            watch=progress.step,
            count=lambda label, done, total: progress.step(label, done=done, total=total),
        )
    return output.report(report)
