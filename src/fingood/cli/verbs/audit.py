"""``fingood audit``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from fingood.cli.options import output_options, project_options, settings_from
from fingood.cli.output import Output
from fingood.model.event import EventKind

if TYPE_CHECKING:
    from fingood.audit import AuditLog


@click.group("audit")
def command() -> None:
    """Read, report and verify the audit log.

    The log is the project's audit_log, by default .fingood/audit.jsonl.
    """


@command.command("generate-report")
@click.option("--start-date", metavar="DATE", help="From this date or ISO time on (UTC).")
@click.option("--end-date", metavar="DATE", help="Up to and with this date (UTC).")
@click.option("--log", "log_file", metavar="FILE", help="Another log than the project's.")
@project_options
@output_options
def generate_report(start_date: str | None, end_date: str | None, log_file: str | None, **options: Any) -> int:
    """Report what happened: migrations, checks, backups, refusals."""
    from fingood.commands.audit import moment_of, report_audit

    output = Output(options)
    since = moment_of(start_date, "--start-date") if start_date is not None else None
    until = moment_of(end_date, "--end-date", end=True) if end_date is not None else None
    return output.report(report_audit(_log(log_file, options), since=since, until=until))


@command.command("verify")
@click.option("--log", "log_file", metavar="FILE", help="Another log than the project's.")
@project_options
@output_options
def verify(log_file: str | None, **options: Any) -> int:
    """Check that no line was changed, removed or put between."""
    from fingood.commands.audit import verify_audit

    return Output(options).report(verify_audit(_log(log_file, options)))


@command.command("show")
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice([kind.value for kind in EventKind]), help="Only these."
)
@click.option("--subject", default="", metavar="TEXT", help="Only events whose subject holds TEXT.")
@click.option("--last", default=50, show_default=True, type=click.IntRange(min=1), help="How many, the newest.")
@click.option("--log", "log_file", metavar="FILE", help="Another log than the project's.")
@project_options
@output_options
def show(kinds: tuple[str, ...], subject: str, last: int, log_file: str | None, **options: Any) -> int:
    """List the newest events."""
    from fingood.commands.audit import show_audit

    return Output(options).report(show_audit(_log(log_file, options), kinds=kinds, subject=subject, last=last))


def _log(log_file: str | None, options: dict[str, Any]) -> AuditLog:
    from fingood.audit import AuditLog

    return AuditLog(log_file or settings_from(options).audit_log)
