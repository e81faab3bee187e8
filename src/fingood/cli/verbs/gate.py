"""``fingood gate``."""

from __future__ import annotations

from typing import Any

import click

from fingood.cli.options import output_options, project_options, settings_from
from fingood.cli.output import Output
from fingood.errors import ExitCode


@click.command("gate")
@click.argument("target", metavar="[MIGRATION_ID]", default="heads")
@project_options
@output_options
def command(target: str, **options: Any) -> int:
    """Show whether alembic upgrade MIGRATION_ID would be let through, condition by condition.

    The conditions are those of policy.require in the settings. Nothing is upgraded; the answer goes into the audit log.
    Exit 4 where a condition is not met.
    """
    from fingood.commands.gate import look_at_gate

    output = Output(options)
    report = look_at_gate(settings_from(options), target)
    output.report(report)
    return int(ExitCode.CLEAN if report.data["allowed"] else ExitCode.BLOCKED)
