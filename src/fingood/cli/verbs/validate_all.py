"""``fingood validate-all``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import (
    against_baseline,
    baseline_options,
    check_options,
    history_options,
    output_options,
    pace_from,
    project_options,
    scope_from,
    scope_options,
    settings_from,
)
from fingood.cli.output import Output


@click.command("validate-all")
@scope_options
@history_options
@check_options
@baseline_options
@project_options
@output_options
def command(**options: Any) -> int:
    """Check every revision of the history and prove that each can be undone.

    The history is replayed from empty in a sandbox; with a scope (--pending, --since, --changed) only its revisions are
    judged on the way. A bad revision does not stop the run: all of them are named. Proofs are kept in .fingood/proofs:
    what has not changed above an unchanged state is not proven again, and a run that was killed goes on where it was.
    """
    from fingood.commands.validate_all import validate_all
    from fingood.model.severity import SafetyLevel

    output = Output(options)
    settings = settings_from(options)
    level = SafetyLevel(options["level"]) if options.get("level") else None
    with output.progress("validate-all") as progress:
        report = validate_all(
            settings,
            level=level,
            select=options["select"],
            ignore=options["ignore"],
            scope=scope_from(options),
            pace=pace_from(options),
            watch=lambda label, done, total: progress.step(label, done=done, total=total),
        )
    return output.report(against_baseline(report, options))
